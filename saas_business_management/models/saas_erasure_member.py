"""Erasing a customer: the people of its team, and its own people in other teams.

Owns: this. Does not own: their logins and the contact itself (`saas_erasure.py`).
"""

from odoo import api, models


class SaasErasure(models.Model):
    _inherit = "saas.erasure"

    @api.model
    @api.private
    def _erase(self, partner, reason):
        family = partner.commercial_partner_id or partner
        members_sudo = self.env["saas.customer.member"].sudo()
        found_sudo = members_sudo.search(
            [
                "|",
                ("account_id", "=", family.id),
                ("user_id.partner_id.commercial_partner_id", "=", family.id),
            ]
        )
        made = super()._erase(partner, reason)
        found_sudo.unlink()
        return made
