"""One-time links that confirm the address of a sign-up: 7 days, only their hash kept.

Owns: this purpose. Does not own: what all links have in common (`saas_link.py`), the pages
(`controllers/signup_confirm.py`). The only link without a tenant: there is none yet.
"""

import secrets
from datetime import timedelta

from odoo import api, fields, models

from ..const import WELCOME_LINK_DAYS
from ..kernel.provisioning import link

PURPOSE = "signup"


class SaasLink(models.Model):
    _inherit = "saas.link"

    purpose = fields.Selection(
        selection_add=[(PURPOSE, "Confirmation of a Sign-Up")], ondelete={PURPOSE: "cascade"}
    )
    tenant_id = fields.Many2one(required=False)
    signup_id = fields.Many2one("saas.signup", readonly=True, index=True, ondelete="cascade")

    _belongs = models.Constraint(
        "CHECK ((purpose = 'signup') = (signup_id IS NOT NULL) "
        "AND (purpose = 'signup' OR tenant_id IS NOT NULL))",
        "A link belongs to a tenant or to a sign-up.",
    )

    @api.model
    @api.private
    def _make_for_signup(self, signup):
        """Keep a new link of a sign-up and return its path; the former ones stop working."""
        former = [("purpose", "=", PURPOSE), ("signup_id", "=", signup.id)]
        self.search([*former, ("used_at", "=", False)]).write({"replaced": True})
        token = link.make_token(secrets.token_bytes(link.TOKEN_BYTES))
        made = link.make_link(token, self._now(), timedelta(days=WELCOME_LINK_DAYS))
        self.create(
            {
                "purpose": PURPOSE,
                "signup_id": signup.id,
                "token_hash": made.token_hash,
                "expires_at": made.expires_at.replace(tzinfo=None),
            }
        )
        return f"/saas/signup/confirm/{token.reveal()}"

    def _leads_to(self):
        return self.signup_id or super()._leads_to()
