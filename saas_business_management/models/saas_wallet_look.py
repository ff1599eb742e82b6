"""Wallets seen from a subscription and from a customer.

Owns: what only screens need. Does not own: anything that is decided.
"""

from odoo import fields, models

USER = "saas_business_management.group_saas_billing_user"


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    wallet_balance = fields.Monetary(
        string="Wallet Balance", compute="_compute_wallet", help="What can be used today."
    )
    wallet_id = fields.Many2one("saas.wallet", compute="_compute_wallet")
    wallet_grant_ids = fields.Many2many(
        "saas.wallet.grant", string="Grants", compute="_compute_wallet"
    )

    def _compute_wallet(self):
        wallets = self.env["saas.wallet"]
        readable = wallets.has_access("read")
        for one in self:
            found = wallets._of(one.company_id, one.partner_id, one.currency_id) if readable else ()
            one.wallet_id = found or False
            one.wallet_balance = found.balance if found else 0
            one.wallet_grant_ids = found.grant_ids if found else False

    def action_view_wallet(self) -> dict:
        """Open the wallet of this customer, or the dialog that fills it for the first time."""
        self.ensure_one()
        if self.wallet_id:
            return {
                "type": "ir.actions.act_window",
                "res_model": "saas.wallet",
                "res_id": self.wallet_id.id,
                "views": [(False, "form")],
            }
        self.check_access("write")
        return self.env["saas.wallet.add"]._open_for(
            self.company_id, self.partner_id, self.currency_id, "paid"
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    saas_wallet_ids = fields.One2many(
        "saas.wallet", "partner_id", string="SaaS Wallets", groups=USER
    )
    saas_wallet_count = fields.Integer(
        string="Wallets", compute="_compute_saas_wallets", groups=USER
    )
    saas_wallet_label = fields.Char(string="Wallet", compute="_compute_saas_wallets", groups=USER)

    def _compute_saas_wallets(self) -> None:
        """Tell what can be used today in each currency."""
        for partner in self:
            found = self.env["saas.wallet"].search(
                [("partner_id", "=", partner.commercial_partner_id.id)]
            )
            partner.saas_wallet_count = len(found)
            partner.saas_wallet_label = " · ".join(
                one.currency_id.format(one.balance) for one in found
            )

    def action_view_saas_wallets(self) -> dict:
        """Open the wallets of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_wallet"
        )
        whole = self.commercial_partner_id
        return dict(
            action,
            domain=[("partner_id", "=", whole.id)],
            context={"default_partner_id": whole.id},
            path=False,
        )
