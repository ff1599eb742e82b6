"""A welcome link beside the mailed one, for whoever creates a tenant at the command line.

Owns: that link.
Does not own: mail and page (`saas_tenant_provision.py`, `controllers/welcome.py`).
"""

import secrets

from odoo import api, models

from ..kernel.provisioning import link


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.private
    def _make_welcome_url(self) -> str:
        """Return the address of one more one-time link; empty when one was used before.

        The mailed link stays valid: whoever is quicker chooses the password.
        """
        self.ensure_one()
        links_sudo = self.env["saas.link"].sudo()
        own = [("tenant_id", "=", self.id), ("purpose", "=", "welcome")]
        if links_sudo.search_count([*own, ("used_at", "!=", False)], limit=1):
            return ""
        token = link.make_token(secrets.token_bytes(link.TOKEN_BYTES))
        made = link.make_link(token, links_sudo._now(), links_sudo._welcome_time(self))
        links_sudo.create(
            {
                "purpose": "welcome",
                "tenant_id": self.id,
                "token_hash": made.token_hash,
                "expires_at": made.expires_at.replace(tzinfo=None),
            }
        )
        return f"{self.get_base_url()}/saas/welcome/{token.reveal()}"
