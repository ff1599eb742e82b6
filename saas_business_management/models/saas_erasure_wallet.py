"""Erasing a customer: prepaid money first, words that people wrote about a wallet.

Owns: these two. Does not own: grants and their rows, which the books have to keep, and the contact
itself (`saas_erasure.py`).
"""

from odoo import api, models


class SaasErasure(models.Model):
    _inherit = "saas.erasure"

    @api.model
    @api.private
    def _hindrance(self, partner):
        told = super()._hindrance(partner)
        owed = self._wallets_of(partner).filtered("balance_paid")
        if not told and owed:
            told = self.env._(
                "Prepaid money of this customer is left: %(wallets)s. Give it back by a credit "
                "note on its top-up first.",
                wallets=", ".join(
                    f"{one.display_name} {one.currency_id.format(one.balance_paid)}" for one in owed
                ),
            )
        return told

    @api.model
    def _wallets_of(self, partner):
        family = partner.commercial_partner_id or partner
        return self.env["saas.wallet"].sudo().search([("partner_id", "in", family.ids)])

    @api.model
    @api.private
    def _erase(self, partner, reason):
        made = super()._erase(partner, reason)
        wallets_sudo = self._wallets_of(partner)
        wallets_sudo.message_ids.unlink()
        wallets_sudo.write({"note": False, "topup_kind": "hand"})
        return made
