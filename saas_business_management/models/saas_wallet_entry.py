"""What was put into a wallet and what was taken of it: one row for each move, for ever.

Owns: these rows. Does not own: what is left (`saas_wallet_grant.py`); the sum of the rows of a
grant is that figure.
"""

from odoo import fields, models

MOVES = [
    ("granted", "Granted"),
    ("burned", "Used"),
    ("returned", "Given Back"),
    ("expired", "Expired"),
    ("withdrawn", "Withdrawn"),
]


class SaasWalletEntry(models.Model):
    _name = "saas.wallet.entry"
    _description = "Wallet Entry"
    _inherit = ["saas.ledger"]
    _order = "id desc"
    _rec_name = "kind"

    grant_id = fields.Many2one(
        "saas.wallet.grant", required=True, readonly=True, index=True, ondelete="restrict"
    )
    wallet_id = fields.Many2one(
        related="grant_id.wallet_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(
        related="grant_id.partner_id", store=True, precompute=True, string="Customer"
    )
    company_id = fields.Many2one(
        related="grant_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="grant_id.currency_id", store=True, precompute=True)
    grant_kind = fields.Selection(
        related="grant_id.kind", store=True, precompute=True, string="Money"
    )
    kind = fields.Selection(MOVES, string="What", required=True, readonly=True)
    amount = fields.Monetary(
        required=True, readonly=True, help="Less than zero is taken from the wallet."
    )
    amount_left = fields.Monetary(string="Left of the Grant", readonly=True, help="Of the grant.")
    moved_on = fields.Date(string="Day", required=True, readonly=True)
    at = fields.Datetime(
        string="Written", required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )
    subscription_id = fields.Many2one(
        "saas.subscription", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The invoice that was lowered or paid. Empty when its draft was removed.",
    )
    settlement_id = fields.Many2one(
        "account.move",
        string="Journal Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    returns_id = fields.Many2one(
        "saas.wallet.entry", string="Gives Back", readonly=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users", string="By", readonly=True, default=lambda self: self.env.user
    )

    _returned_once = models.UniqueIndex(
        "(returns_id) WHERE returns_id IS NOT NULL", "This was given back already."
    )

    def _by_hand_text(self):
        return self.env._("Rows of a wallet are written when its money moves, never by hand.")

    def _stays_text(self):
        return self.env._("Rows of a wallet stay: together they are its balance.")

    def action_view_document(self) -> dict:
        """Open the invoice that was lowered or paid."""
        self.ensure_one()
        return (self.move_id or self.settlement_id)._saas_open()
