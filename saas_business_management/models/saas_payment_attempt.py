"""Attempts to charge an invoice: a row and a transaction of Odoo for each, written beforehand.

Owns: the ledger of attempts, what is known of each, what a person says of an unknown one. Does not
own: when one may be made (`kernel/billing/charging.py`), making it (`saas_payment_charge.py`), news
of the provider (`saas_payment_news.py`), money and books (Odoo's `payment` and `account`).
"""

from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.billing import charging
from ..kernel.billing.charging import Attempt

STATES = [
    ("draft", "No Answer Yet"),
    ("pending", "Pending"),
    ("authorized", "Authorized"),
    ("done", "Paid"),
    ("cancel", "Cancelled"),
    ("error", "Declined"),
]
WHY = [
    ("due", "Invoice due"),
    ("retry", "Retry of the ladder"),
    ("new_token", "New payment method"),
    ("person", "Asked for by a person"),
]
OUTCOMES = [
    ("unknown", "Unknown"),
    ("running", "Under Way"),
    ("paid", "Paid"),
    ("declined", "Declined"),
    ("hard", "Declined for Good"),
    ("cancelled", "Cancelled"),
]
USER = "saas_business_management.group_saas_billing_user"


class SaasPaymentAttempt(models.Model):
    _name = "saas.payment.attempt"
    _description = "Payment Attempt"
    _inherit = "saas.ledger"
    _order = "id desc"
    _rec_name = "reference"

    reference = fields.Char(required=True, readonly=True, help="What the provider knows it by.")
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    number = fields.Integer(required=True, readonly=True, string="Attempt")
    subscription_id = fields.Many2one(
        "saas.subscription", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    partner_id = fields.Many2one(
        related="move_id.partner_id", string="Customer", store=True, index=True
    )
    company_id = fields.Many2one(
        related="move_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True, ondelete="restrict")
    amount = fields.Monetary(required=True, readonly=True)
    transaction_id = fields.Many2one(
        "payment.transaction", required=True, readonly=True, ondelete="restrict"
    )
    token_id = fields.Many2one(
        "payment.token", string="Payment Method", readonly=True, ondelete="restrict"
    )
    provider_id = fields.Many2one(related="token_id.provider_id", store=True)
    why = fields.Selection(WHY, required=True, readonly=True, string="Made For")
    state = fields.Selection(STATES, required=True, readonly=True, default="draft", index=True)
    known = fields.Boolean(readonly=True, help="It is known how it ended.")
    hard = fields.Boolean(readonly=True, help="The same payment method is not tried again.")
    unclear = fields.Boolean(readonly=True, help="No clear answer came: money may have moved.")
    outcome = fields.Selection(
        OUTCOMES, compute="_compute_outcome", store=True, index=True, readonly=True
    )
    at = fields.Datetime(
        string="When", required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )
    asked_at = fields.Datetime(string="Provider Asked", readonly=True)
    changed_at = fields.Datetime(string="Last News", readonly=True)
    fence = fields.Integer(readonly=True)
    message = fields.Char(readonly=True, string="What the Provider Said")
    blocked_until = fields.Datetime(
        compute="_compute_blocked_until",
        string="No Other Before",
        help="While nobody knows how it ended, no other attempt is made.",
    )

    _once = models.Constraint(
        "UNIQUE (move_id, number)", "This attempt was written down already. Nothing was charged."
    )
    _one_transaction = models.Constraint(
        "UNIQUE (transaction_id)", "An attempt has a transaction of its own. Nothing was charged."
    )
    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "Only an amount above zero can be charged. Nothing was charged."
    )

    @api.depends("state", "known", "hard")
    def _compute_outcome(self):
        for one in self:
            if not one.known:
                one.outcome = "unknown"
            elif one.state == "error":
                one.outcome = "hard" if one.hard else "declined"
            else:
                told = {"pending": "running", "authorized": "running", "done": "paid"}
                one.outcome = told.get(one.state, "cancelled")

    @api.depends("known", "at")
    def _compute_blocked_until(self):
        for one in self:
            until = False if one.known else one.at + charging.UNKNOWN_BLOCKS
            one.blocked_until = until

    @api.private
    def _to_attempt(self):
        """Return what the kernel decides about."""
        self.ensure_one()
        changed = self.changed_at and self.changed_at.replace(tzinfo=timezone.utc)
        return Attempt(
            number=self.number,
            at=self.at.replace(tzinfo=timezone.utc),
            state=self.state,
            known=self.known,
            hard=self.hard,
            changed_at=changed or None,
        )

    @api.private
    def _apply(self, found):
        """Write what the kernel says an attempt is now; tell whether that is news."""
        self.ensure_one()
        if found == self._to_attempt():
            return False
        self._put(
            {
                "state": found.state,
                "known": found.known,
                "hard": found.hard,
                "changed_at": found.changed_at.replace(tzinfo=None) if found.changed_at else False,
            }
        )
        return True

    def _blocks(self):
        """Return those that speak against another attempt.

        Money that was booked on its invoice, or taken back, speaks for none: what is open now is
        something else.
        """
        return self.filtered(lambda one: not (one.state == "done" and one._is_settled()))

    def _is_settled(self):
        payment_sudo = self.sudo().transaction_id.payment_id
        gone = payment_sudo.state in ("canceled", "rejected")
        return bool(payment_sudo) and (gone or payment_sudo.is_reconciled)

    # Buttons

    def action_not_charged(self) -> bool:
        """Say of attempts without an answer that no money moved: another one may be made then."""
        if not self.env.user.has_group(USER):
            raise UserError(self.env._("Only a billing user can say this. Ask one."))
        self.check_access("read")
        for one in self:
            if one.known:
                raise UserError(
                    self.env._(
                        "It is known how %(attempt)s ended. Nothing was changed.",
                        attempt=one.reference,
                    )
                )
            one._put({"state": "cancel", "known": True, "changed_at": fields.Datetime.now()})
            self.env["saas.audit.entry"]._note("payment_not_charged", one, one.reference)
            one.move_id.sudo().message_post(
                body=self.env._(
                    "%(person)s looked at %(attempt)s at the provider: nothing was charged.",
                    person=self.env.user.name,
                    attempt=one.reference,
                )
            )
            one.subscription_id.sudo()._order_dunning()
        return True

    def action_view_invoice(self) -> dict:
        """Open the invoice of this attempt."""
        self.ensure_one()
        return self.move_id._saas_open()

    def _by_hand_text(self):
        return self.env._("Attempts are written by operations, never by hand.")

    def _stays_text(self):
        return self.env._("Attempts cannot be deleted: they say what was asked of the provider.")
