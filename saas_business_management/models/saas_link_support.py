"""One-time links of support access: bound to one access, its purpose and who may use it.

Owns: these purposes. Does not own: what all links have in common (`saas_link.py`).
"""

from odoo import api, fields, models

from ..kernel.provisioning import link


class SaasLink(models.Model):
    _inherit = "saas.link"

    purpose = fields.Selection(
        selection_add=[
            ("support_consent", "Consent to Support Access"),
            ("support_entry", "Support Login"),
        ],
        ondelete={"support_consent": "cascade", "support_entry": "cascade"},
    )
    support_id = fields.Many2one(
        "saas.support.access", readonly=True, index=True, ondelete="cascade"
    )

    @api.model
    @api.private
    def _make_for(self, access, purpose, token, lifetime):
        """Keep a new link of an access; the former unused ones of this purpose stop working."""
        former = [("purpose", "=", purpose), ("support_id", "=", access.id)]
        self.search([*former, ("used_at", "=", False)]).write({"replaced": True})
        made = link.make_link(token, self._now(), lifetime)
        return self.create(
            {
                "purpose": purpose,
                "tenant_id": access.tenant_id.id,
                "support_id": access.id,
                "token_hash": made.token_hash,
                "expires_at": made.expires_at.replace(tzinfo=None),
            }
        )

    @api.private
    def _shows(self):
        """Say whether the page behind a consent link may still be seen.

        A used one shows how the visit goes until it is over, and until it would have expired.
        """
        self.ensure_one()
        if self._state() == link.FRESH:
            return True
        open_still = self.support_id.state in ("allowed", "inside", "leaving")
        in_time = self._now() < self._aware(self.expires_at)
        return bool(self.used_at) and (open_still or in_time)
