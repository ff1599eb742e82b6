"""Erasing a customer: its addresses that read status pages go.

Owns: these. Does not own: the tenant and the contacts (`saas_erasure.py`).
"""

from odoo import api, models


class SaasErasure(models.Model):
    _inherit = "saas.erasure"

    @api.model
    @api.private
    def _found(self, partner):
        found = super()._found(partner)
        return {**found, self.env._("Readers of status pages"): self._readers_of(partner)}

    @api.model
    def _readers_of(self, partner):
        family_sudo = partner.sudo().commercial_partner_id
        people_sudo = family_sudo | family_sudo.child_ids
        addresses = {one.lower() for one in people_sudo.mapped("email") if one}
        addresses |= {one.lower() for one in self._tenants_of(partner).mapped("admin_email") if one}
        return self.env["saas.status.reader"].sudo().search([("email", "in", list(addresses))])

    @api.model
    @api.private
    def _erase(self, partner, reason):
        ids = self._readers_of(partner).ids
        return super(SaasErasure, self.with_context(saas_reader_ids=ids))._erase(partner, reason)

    def _erase_tenants(self, tenants):
        super()._erase_tenants(tenants)
        ids = self.env.context.get("saas_reader_ids", [])
        self.env["saas.status.reader"].sudo().browse(ids).unlink()
