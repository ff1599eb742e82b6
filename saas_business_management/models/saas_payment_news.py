"""News of payment providers: the answer to a charge, and what webhooks tell later, in any order.

Owns: taking over what a transaction became into its attempt, what was paid twice. Does not own:
which news is let in (`kernel/billing/charging.py`), transactions and webhooks (Odoo's `payment`).

The result of a call is never read right after it: whatever the provider says comes through here.
"""

from datetime import timezone

from odoo import fields, models
from odoo.exceptions import ValidationError

from ..kernel.billing.charging import TIMEOUT, after_call, after_notice
from ..kernel.billing.decline import answer_unclear, decline_kind
from ..kernel.billing.payment import REFUND_TASK, allocate

NO_ANSWER = {"ConnectionError", "Timeout"}


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    saas_attempt_ids = fields.One2many("saas.payment.attempt", "transaction_id", readonly=True)

    def _update_state(self, allowed_states, target_state, state_message):
        """Let in what Odoo would refuse of our charges: news after an end that was none."""
        done = self.browse()
        for tx in self:
            allowed = tuple(allowed_states) + tx.sudo()._saas_also_allowed(target_state)
            done |= super(PaymentTransaction, tx)._update_state(
                allowed, target_state, state_message
            )
        for tx_sudo in self.sudo().filtered("saas_attempt_ids"):
            tx_sudo._saas_heard(target_state, state_message or "")
        if target_state == "done":
            done.sudo()._saas_book_soon()
        return done

    def _saas_book_soon(self):
        """Have what customers paid themselves booked in a minute, should they leave the page that
        books it: what was closed for an unpaid invoice is waiting for that.
        """
        if self.filtered(
            lambda tx: tx.invoice_ids.filtered("saas_made") and not tx.saas_attempt_ids
        ):
            at = fields.Datetime.add(fields.Datetime.now(), minutes=1)
            self.env.ref("payment.cron_post_process_payment_tx").sudo()._trigger(at)

    def _saas_also_allowed(self, target):
        """Return the states that our rule lets this one follow, besides Odoo's own."""
        attempt = self.saas_attempt_ids
        if not attempt:
            return ()
        if target == "done":
            return ("cancel",)
        return () if attempt.known or self.state not in ("error", "cancel") else (self.state,)

    def _saas_heard(self, state, message):
        """Write down what became of an attempt, and have happen what follows."""
        attempt = self.saas_attempt_ids
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        before = attempt._to_attempt()
        found = after_notice(before, state, now)
        if found == before:
            return
        if state == "error":
            kind = TIMEOUT if attempt.unclear else decline_kind(message)
            found = after_call(before, kind, now)
            # What comes next is an answer again.
            attempt._put({"unclear": False})
        if attempt._apply(found):
            attempt._put({"message": message[:500] or False})
            self._saas_follow(attempt)

    def _saas_follow(self, attempt):
        """Order what follows from news that came by itself; an operation does it on its own."""
        if self.env.context.get("saas_job_id"):
            return
        if attempt.state == "done":
            move = attempt.move_id
            self.env["saas.job"]._enqueue(
                "charge_invoice",
                spec={"attempt": attempt.id},
                dedupe_key=f"settle:{attempt.id}",
                serial_key=f"charge:{move.id}",
                priority=5,
                move_id=move.id,
            )
        elif attempt.known:
            attempt.subscription_id._order_dunning()

    def _send_api_request(self, method, endpoint, **kwargs):
        """Note when no clear answer came: the charge may have been made all the same."""
        try:
            return super()._send_api_request(method, endpoint, **kwargs)
        except ValidationError as error:
            if self.sudo().saas_attempt_ids and _is_unclear(error):
                self.sudo().saas_attempt_ids._put({"unclear": True})
            raise

    def _validate_amount(self, payment_data):
        """An answer about another amount says that money moved, not that it did not."""
        before = self.state
        attempt_sudo = self.sudo().saas_attempt_ids
        done = super()._validate_amount(payment_data)
        if attempt_sudo and self.state == "error" != before:
            attempt_sudo._put({"known": False, "hard": False})
        return done

    def _post_process(self):
        """Ask a person to give back what was paid twice."""
        done = super()._post_process()
        for tx_sudo in self.sudo():
            if tx_sudo.state == "done" and tx_sudo.invoice_ids.filtered("saas_made"):
                tx_sudo._saas_ask_refund()
        return done

    def _saas_ask_refund(self):
        payment, move = self.payment_id, self.invoice_ids.filtered("saas_made")[:1]
        if not payment or len(self.invoice_ids) != 1:
            return
        currency = move.currency_id
        paid = [move.amount_total - move.amount_residual, payment._saas_unused()]
        found = allocate(
            currency._exactly(move.amount_total),
            [currency._exactly(one) for one in paid],
            currency._to_unit(),
        )
        if found.action == REFUND_TASK:
            move._saas_ask_refund(found.unallocated, self.reference)


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    def _parse_response_error(self, response):
        """Keep the provider's code of a decline beside its words: it says whether to try again."""
        told = super()._parse_response_error(response)
        if self.code != "stripe":
            return told
        error = response.json().get("error", {})
        code = error.get("decline_code") or error.get("code")
        return f"{told} ({code})" if code else told


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _saas_unused(self):
        """Return what of this payment pays nothing yet, in its currency."""
        lines = self.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        return abs(sum(lines.mapped("amount_residual_currency")))


class AccountMove(models.Model):
    _inherit = "account.move"

    def _saas_ask_refund(self, amount, reference):
        """Make a task of what was paid twice, once for each payment."""
        summary = self.env._("Give back what %(reference)s paid twice", reference=reference)
        if self.activity_ids.filtered(lambda one: one.summary == summary):
            return
        money = self.currency_id.format(float(amount))
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=self._saas_responsible().id,
            summary=summary,
            note=self.env._(
                "%(amount)s came in beyond %(invoice)s. Refund it to the customer, or leave it as "
                "credit and say so.",
                amount=money,
                invoice=self.name,
            ),
        )

    def _saas_responsible(self):
        """Return who looks after the money of these documents: a billing user of the company."""
        people = self.env.ref("saas_business_management.group_saas_billing_user").sudo()
        ours = people.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        mine = self.invoice_user_id & ours
        return mine or ours.sorted("id")[:1] or self.env.user

    def _invoice_paid_hook(self):
        """Let subscriptions go on at once that were held by an unpaid invoice."""
        done = super()._invoice_paid_hook()
        self.sudo().saas_subscription_ids.filtered("dunning_id")._order_dunning(priority=3)
        return done


def _is_unclear(error):
    """Tell whether the cause of an error leaves open what the provider did."""
    cause = error.__cause__ or error.__context__
    while cause is not None:
        kinds = {kind.__name__ for kind in type(cause).__mro__}
        if kinds & NO_ANSWER:
            return True
        if "HTTPError" in kinds:
            return answer_unclear(cause.response.status_code)
        cause = cause.__cause__ or cause.__context__
    return False
