"""A grant: money in a wallet, paid or promotional, with its own rank, end and purpose.

Owns: what is left of it, which is never below zero, its course waiting → open → used, expired or
withdrawn. Does not own: the order in which grants are used (`kernel/billing/wallet.py`), the rows
that say what took of it (`saas_wallet_entry.py`).
"""

from odoo import fields, models

from ..kernel.billing.wallet import PAID, PRIORITY_MOST, PROMO, Grant

KINDS = [(PROMO, "Promotional"), (PAID, "Paid")]
STATES = [
    ("waiting", "Waiting for Payment"),
    ("open", "Open"),
    ("used", "Used Up"),
    ("expired", "Expired"),
    ("withdrawn", "Withdrawn"),
]
SCOPES = [("recurring", "Fees"), ("usage", "Usage")]
ENDED_BY = {"burned": "used", "expired": "expired", "withdrawn": "withdrawn"}
# A purpose that no invoice line has.
NOTHING = frozenset({"nothing"})


class SaasWalletGrant(models.Model):
    _name = "saas.wallet.grant"
    _description = "Wallet Grant"
    _inherit = ["saas.ledger"]
    _order = "wallet_id, priority, expires_on, id"

    name = fields.Char(string="What For", required=True, readonly=True)
    wallet_id = fields.Many2one(
        "saas.wallet", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        related="wallet_id.partner_id", store=True, precompute=True, string="Customer", index=True
    )
    company_id = fields.Many2one(
        related="wallet_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="wallet_id.currency_id", store=True, precompute=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    amount_left = fields.Monetary(string="Left", readonly=True, default=0)
    state = fields.Selection(STATES, required=True, readonly=True, default="waiting", index=True)
    priority = fields.Integer(
        required=True,
        readonly=True,
        default=PRIORITY_MOST // 2,
        help="0 is used first, 100 last.",
    )
    granted_on = fields.Date(string="From", readonly=True)
    expires_on = fields.Date(
        string="Last Day", readonly=True, index="btree_not_null", help="Empty: it never expires."
    )
    months = fields.Integer(
        readonly=True, help="A top-up is valid so many months after its payment; 0: for ever."
    )
    scope = fields.Selection(SCOPES, string="Only For", readonly=True, help="Empty: everything.")
    plan_ids = fields.Many2many(
        "saas.plan", string="Only Plans", readonly=True, help="Empty: every plan."
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The top-up that the customer pays for it.",
    )
    user_id = fields.Many2one(
        "res.users", string="By", readonly=True, default=lambda self: self.env.user
    )
    entry_ids = fields.One2many("saas.wallet.entry", "grant_id", readonly=True)

    _never_negative = models.Constraint(
        "CHECK (amount > 0 AND amount_left >= 0 AND amount_left <= amount)",
        "More was to be taken from a grant than is left of it. Nothing was taken.",
    )
    _priority_border = models.Constraint(
        "CHECK (priority BETWEEN 0 AND 100)", "A priority counts from 0 to 100."
    )
    _one_invoice = models.UniqueIndex(
        "(move_id) WHERE move_id IS NOT NULL", "This invoice has paid for a grant already."
    )

    def _by_hand_text(self):
        return self.env._(
            "Grants are made by Give Promotion… and Top Up… of a wallet, and never changed by hand."
        )

    def _stays_text(self):
        return self.env._(
            "A grant stays: it says what a customer could spend. Withdraw it instead."
        )

    def _is_usable(self, on):
        """Tell whether something can be taken of it on a day."""
        began = self.granted_on and self.granted_on <= on
        return self.state == "open" and began and (not self.expires_on or self.expires_on >= on)

    def _to_spec(self, purposes):
        """Return it as the kernel takes it; `purposes` are those that are about to be paid."""
        scope = frozenset()
        if self.scope or self.plan_ids:
            scope = frozenset(one for one in purposes if self._is_for(one)) or NOTHING
        return Grant(
            grant_id=str(self.id),
            kind=self.kind,
            amount=self.currency_id._exactly(self.amount_left),
            currency=self.currency_id.name,
            created_on=self.granted_on,
            priority=self.priority,
            expires_on=self.expires_on or None,
            scope=scope,
        )

    def _is_for(self, purpose):
        """Tell whether it may pay lines of a kind and plan, written `kind:plan`."""
        kind, _colon, plan = purpose.partition(":")
        right_plan = not self.plan_ids or (plan and int(plan) in self.plan_ids.ids)
        return right_plan and self.scope in (False, kind)

    def _book(self, kind, amount, **values):
        """Move money of this grant and write the row that says so; return the row.

        `amount` is a Decimal, below zero for what is taken. The wallet's turn was taken before.
        """
        self.ensure_one()
        left = self.currency_id._exactly(self.amount_left) + amount
        state = ENDED_BY.get(kind, "open") if not left else "open"
        self._put({"amount_left": float(left), "state": state})
        rows = self.env["saas.wallet.entry"]._at_work()
        facts = {"grant_id": self.id, "kind": kind, "amount": float(amount), **values}
        return rows.create(facts | {"amount_left": float(left)})._hands_off()

    def action_withdraw(self) -> bool:
        """Take back what is left of promotional grants."""
        self.env["saas.wallet"]._check_giver()
        for grant in self.filtered(lambda one: one.kind == PROMO and one.state == "open"):
            grant.wallet_id._take_turn()
            left = grant.currency_id._exactly(grant.amount_left)
            grant._book("withdrawn", -left, moved_on=fields.Date.context_today(self))
            self.env["saas.audit.entry"]._note(
                "wallet_grant_withdrawn", grant.wallet_id, grant.name, amount=str(left)
            )
        return True

    def action_view_entries(self) -> dict:
        """Open what was taken of this grant, and by which document."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_wallet_entry"
        )
        return dict(action, domain=[("grant_id", "=", self.id)], context={}, path=False)
