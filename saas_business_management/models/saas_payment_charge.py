"""Charging an invoice to a saved payment method: the steps of the operation.

Owns: whether a charge is asked for, the transaction of an attempt, asking the provider once, what
follows. Does not own: the order of the steps (`jobs/charge_invoice.py`), the rule
(`kernel/billing/charging.py`), news of the provider (`saas_payment_news.py`).

The runner commits after each step: an attempt and its transaction are there before the provider is
asked, and what it said is there before anything is booked.
"""

from datetime import timezone
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

from .. import messages
from ..kernel.billing.charging import PAID, PENDING, UNKNOWN, may_charge
from ..kernel.errors import Refused

OPEN_STATES = ("not_paid", "partial")


class AccountMove(models.Model):
    _inherit = "account.move"

    saas_attempt_ids = fields.One2many(
        "saas.payment.attempt", "move_id", string="Payment Attempts", readonly=True
    )
    saas_attempt_count = fields.Integer(compute="_compute_saas_attempt_count")

    @api.depends("saas_attempt_ids")
    def _compute_saas_attempt_count(self):
        for move in self:
            move.saas_attempt_count = len(move.saas_attempt_ids)

    def action_view_saas_attempts(self) -> dict:
        """Open the attempts to charge this invoice."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_payment_attempt"
        )
        return dict(action, domain=[("move_id", "=", self.id)], context={}, path=False)

    # What is known before

    def _saas_is_open(self):
        """Tell whether something of a posted invoice is still to be paid."""
        self.ensure_one()
        posted = self.move_type == "out_invoice" and self.state == "posted"
        return posted and self.payment_state in OPEN_STATES and self.amount_residual > 0

    @api.private
    def _saas_verdict(self, token=None):
        """Return whether one more attempt may be made now (`kernel.billing.charging.Verdict`)."""
        self.ensure_one()
        blocking = self.sudo().saas_attempt_ids._blocks()
        rows = [one._to_attempt() for one in blocking]
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        # Another one than those that were declined for good is new, whenever it was saved.
        since = now if token and token not in blocking.filtered("hard").token_id else None
        return may_charge(sorted(rows, key=lambda one: one.number), now, since)

    def _saas_is_chased(self):
        """Tell whether the customer is the one who has to act: no charge of it is under way."""
        return self._saas_verdict().why not in (PAID, PENDING, UNKNOWN)

    def _saas_has_failed(self):
        """Tell whether a charge of it is known to have failed."""
        return any(
            one.known and one.state in ("error", "cancel") for one in self.sudo().saas_attempt_ids
        )

    @api.model
    def _saas_due_domain(self):
        """Return which invoices of subscriptions may be due, somewhere on earth, and not paid."""
        return Domain(
            [
                ("saas_made", "=", True),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", OPEN_STATES),
                ("invoice_date_due", "<=", fields.Date.add(fields.Date.today(), days=1)),
            ]
        )

    @api.private
    def _saas_order_charge(self, why):
        """Have what is open charged; asking again while that is under way is harmless.

        Nothing is ordered without a usable payment method, or when it may not be charged now.
        """
        jobs = self.env["saas.job"]
        for move_sudo in self.sudo():
            one_sudo = move_sudo.saas_subscription_ids[:1]
            token = one_sudo._payment_token() if one_sudo else None
            if token and move_sudo._saas_is_open() and move_sudo._saas_verdict(token).allowed:
                jobs |= jobs._enqueue(
                    "charge_invoice",
                    spec={"why": why},
                    dedupe_key=f"charge:{move_sudo.id}",
                    serial_key=f"charge:{move_sudo.id}",
                    priority=16,
                    move_id=move_sudo.id,
                )
        return jobs

    def _saas_charge_due(self):
        """Have those charged whose day has come; the cron has the others charged on theirs."""
        for move in self.filtered("saas_made"):
            one = move.saas_subscription_ids[:1]
            if one and (move.invoice_date_due or move.invoice_date) <= one._today():
                move._saas_order_charge("due")

    # Steps of the operation

    @api.private
    def _step_charge_prepare(self, why):
        """Write the attempt and its transaction down; the step is committed before any call."""
        move_sudo = self.sudo()
        self.env.cr.execute(
            SQL("SELECT id FROM account_move WHERE id = %s FOR NO KEY UPDATE", self.id)
        )
        one_sudo = move_sudo.saas_subscription_ids[:1]
        token = one_sudo._payment_token()
        if not token or not move_sudo._saas_is_open():
            return {"attempt": 0, "why": "no_method" if not token else PAID}
        verdict = move_sudo._saas_verdict(token)
        if not verdict.allowed:
            return {"attempt": 0, "why": verdict.why}
        try:
            token._check_saas_usable(move_sudo)
        except Refused as error:
            one_sudo._ask_to_mend(messages.text(self.env, error))
            return {"attempt": 0, "why": error.code}
        return {"attempt": move_sudo._saas_begin_attempt(one_sudo, token, why).id}

    def _saas_begin_attempt(self, subscription, token, why):
        number = max(self.saas_attempt_ids.mapped("number"), default=0) + 1
        reference = self._saas_reference(number)
        transaction_sudo = (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": token.sudo().provider_id.id,
                    "payment_method_id": token.sudo().payment_method_id.id,
                    "token_id": token.id,
                    "operation": "offline",
                    "amount": self.amount_residual,
                    "currency_id": self.currency_id.id,
                    "partner_id": self.partner_id.id,
                    "invoice_ids": [Command.set(self.ids)],
                    "reference": reference,
                }
            )
        )
        attempts = self.env["saas.payment.attempt"]._at_work()
        return attempts.create(
            {
                "reference": reference,
                "move_id": self.id,
                "number": number,
                "subscription_id": subscription.id,
                "currency_id": self.currency_id.id,
                "amount": self.amount_residual,
                "transaction_id": transaction_sudo.id,
                "token_id": token.id,
                "why": why,
            }
        )._hands_off()

    def _saas_reference(self, number):
        """Return the name of an attempt; companies may have invoices of the same number."""
        reference = f"{self.name}-A{number}"
        taken = [("reference", "=", reference)]
        if self.env["payment.transaction"].sudo().search_count(taken, limit=1):
            return f"{self.name}-{self.id}-A{number}"
        return reference

    @api.private
    def _step_charge_announce(self, attempt, fence):
        """Note which claim is about to ask."""
        attempt_sudo = self._saas_attempt(attempt)
        attempt_sudo._put({"fence": fence, "asked_at": fields.Datetime.now()})

    @api.private
    def _step_charge_ask(self, attempt, fence):
        """Ask the provider, unless somebody may have asked already."""
        attempt_sudo = self._saas_attempt(attempt)
        transaction_sudo = attempt_sudo.transaction_id
        if attempt_sudo.fence != fence or attempt_sudo.state != "draft":
            return {"asked": False}
        if self._saas_changed_meanwhile(attempt_sudo):
            transaction_sudo._set_canceled(
                state_message=self.env._("Not asked: the invoice or the provider changed.")
            )
            return {"asked": False}
        transaction_sudo._charge_with_token()
        return {"asked": True}

    def _saas_changed_meanwhile(self, attempt):
        provider_off = attempt.transaction_id.provider_id.state == "disabled"
        same = self.currency_id.compare_amounts(self.amount_residual, attempt.amount) == 0
        return provider_off or not same or not self._saas_is_open()

    @api.private
    def _step_charge_settle(self, attempt):
        """Book what came in; a transaction at a time."""
        transaction_sudo = self._saas_attempt(attempt).transaction_id
        if transaction_sudo.state != "draft" and not transaction_sudo.is_post_processed:
            transaction_sudo._post_process()

    @api.private
    def _step_charge_told(self, attempt):
        """Let the ladder look at what a charge came to."""
        attempt_sudo = self._saas_attempt(attempt)
        one_sudo = attempt_sudo.subscription_id
        if attempt_sudo.known and attempt_sudo.state in ("error", "cancel"):
            one_sudo._order_dunning()
        elif attempt_sudo.state == "done" and one_sudo.dunning_id:
            one_sudo._order_dunning(priority=3)

    def _saas_attempt(self, attempt):
        return self.env["saas.payment.attempt"].sudo().browse(attempt)

    def _saas_open_amount(self):
        """Return what is open of these, exactly, in their one currency."""
        exactly = self.currency_id._exactly
        return sum((exactly(one.amount_residual) for one in self), Decimal(0))
