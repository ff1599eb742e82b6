"""Erasing a customer: its sign-ups go, with the names and addresses in them.

Owns: these. Does not own: the tenant and the contacts (`saas_erasure.py`).
"""

from odoo import api, models


class SaasErasure(models.Model):
    _inherit = "saas.erasure"

    @api.model
    @api.private
    def _found(self, partner):
        found = super()._found(partner)
        return {**found, self.env._("Sign-ups"): self._signups_of(partner)}

    @api.model
    def _signups_of(self, partner):
        """Return the sign-ups that led to tenants of the customer, or came from its addresses."""
        family_sudo = partner.sudo().commercial_partner_id
        people_sudo = family_sudo | family_sudo.child_ids
        addresses = [one.lower() for one in people_sudo.mapped("email") if one]
        tenants = self._tenants_of(partner)
        return (
            self.env["saas.signup"]
            .sudo()
            .search(
                [
                    *("|", "|"),
                    ("tenant_id", "in", tenants.ids),
                    ("partner_id", "in", people_sudo.ids),
                    ("email", "in", addresses),
                ]
            )
        )

    @api.model
    @api.private
    def _erase(self, partner, reason):
        ids = self._signups_of(partner).ids
        return super(SaasErasure, self.with_context(saas_signup_ids=ids))._erase(partner, reason)

    def _erase_tenants(self, tenants):
        super()._erase_tenants(tenants)
        ids = self.env.context.get("saas_signup_ids", [])
        signups_sudo = self.env["saas.signup"].sudo().browse(ids)
        signups_sudo.tenant_id = False
        self.env["mail.mail"].sudo().search([("saas_signup_id", "in", ids)]).unlink()
        signups_sudo.message_ids.unlink()
        signups_sudo.unlink()
