"""Erasing a customer: what was read in a database that was adopted for the customer goes, too."""

from odoo import api, models


class SaasErasure(models.Model):
    _inherit = "saas.erasure"

    def _erase_tenants(self, tenants):
        blank = {
            "name": "erased",
            "owner": False,
            "look": False,
            "here": False,
            "error_text": False,
        }
        self._adoptions_of(tenants)._put(blank)
        return super()._erase_tenants(tenants)

    @api.model
    @api.private
    def _found(self, partner):
        found = super()._found(partner)
        adoptions = self._adoptions_of(self._tenants_of(partner))
        return {**found, self.env._("Adoptions"): adoptions} if adoptions else found

    def _adoptions_of(self, tenants):
        return self.env["saas.adoption"].sudo().search([("tenant_id", "in", tenants.ids)])
