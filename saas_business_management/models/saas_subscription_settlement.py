"""Where the value of unused days goes when a subscription is cancelled at once.

Owns: the choice, what is paid back, setting off against open invoices. Does not own: how much
(`kernel/billing/cancel.py`), the credit note itself (`saas_subscription_document.py`), moving money
to the customer: a person registers the payment.

What is still open of the credited invoice is taken off it first, by Odoo, when the credit note is
posted. Nobody is paid back more than he paid for what he did not use.
"""

from odoo import fields, models

from ..kernel.billing.cancel import CREDIT, NONE, OFFSET, REFUND, give_back

SETTLEMENTS = [
    (CREDIT, "Are Credited to the Next Invoices"),
    (REFUND, "Are Paid Back"),
    (OFFSET, "Are Set Off Against Open Invoices"),
    (NONE, "Are Not Given Back"),
]
TODO = "mail.mail_activity_data_todo"


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    settlement = fields.Selection(
        SETTLEMENTS,
        string="Unused Days",
        readonly=True,
        copy=False,
        help="What became of the days after an immediate cancellation.",
    )


class AccountMove(models.Model):
    _inherit = "account.move"

    saas_settlement = fields.Selection(SETTLEMENTS, string="Unused Days", readonly=True, copy=False)
    saas_to_pay_back = fields.Monetary(
        string="To Pay Back",
        readonly=True,
        copy=False,
        help="What the customer had paid for days that are not served. It pays no other invoice.",
    )

    def _saas_settle_cancels(self):
        """Let posted credit notes of cancellations go where it was chosen."""
        for refund in self.filtered(lambda one: one.saas_settlement and one.reversed_entry_id):
            if refund.saas_settlement == REFUND:
                refund._saas_ask_to_pay_back()
            elif refund.saas_settlement == OFFSET:
                refund._saas_open_invoices()._saas_use_credits()

    def _saas_ask_to_pay_back(self):
        """Note what has to be paid back, and ask whoever cancelled to pay it."""
        exactly, invoice = self.currency_id._exactly, self.reversed_entry_id
        others = invoice.reversal_move_ids.filtered(lambda one: one.state == "posted") - self
        charged = exactly(invoice.amount_total) - exactly(sum(others.mapped("amount_total")))
        kept = max(charged - exactly(self.amount_total), exactly(0))
        unit = self.currency_id._to_unit()
        found = give_back(charged, kept, exactly(invoice._saas_paid_in_money()), unit, REFUND)
        amount = min(found.refund, exactly(self.amount_residual))
        if not amount:
            return
        self.saas_to_pay_back = float(amount)
        one = self.saas_subscription_ids[:1]
        ended = one.event_ids.filtered(lambda row: row.event == "cancelled").sorted("id")[-1:]
        self.activity_schedule(
            TODO,
            user_id=(ended.user_id or self.env.user).id,
            summary=self.env._(
                "Pay back %(amount)s", amount=self.currency_id.format(float(amount))
            ),
            note=self.env._(
                "%(customer)s cancelled %(subscription)s and is to get back what was paid for the "
                "days after it. Press Pay on this credit note.",
                customer=self.commercial_partner_id.name,
                subscription=one.name,
            ),
        )

    def _saas_paid_in_money(self):
        """Return what payments and bank statements paid of this, no credit and no wallet."""
        return sum(
            partial["amount"]
            for partial in self._get_all_reconciled_invoice_partials()
            if partial["aml"].move_id.move_type == "entry"
            and not partial["aml"].move_id.saas_wallet_id
        )

    def _saas_open_invoices(self):
        """Return the unpaid invoices of this customer in this currency."""
        return self.search(
            [
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("currency_id", "in", self.currency_id.ids),
            ]
        )

    def _invoice_paid_hook(self):
        done = super()._invoice_paid_hook()
        self.filtered("saas_to_pay_back").activity_feedback([TODO])
        return done
