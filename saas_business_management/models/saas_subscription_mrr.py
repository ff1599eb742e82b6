"""What a subscription counts a month, and the rows that its changes add to the ledger.

Owns: the history of a subscription as the kernel reads it, comparing it with the ledger, in the
operation that bills and in the one that looks at everything. Does not own: figures
(`kernel/billing/mrr_course.py`), rows (`mrr_ledger.py` there), the ledger (`saas_mrr_movement.py`).

What the ledger misses of the history is written, each row with the day of its
change: looking twice changes nothing, and a ledger that stood still catches up.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from odoo import api, fields, models

from ..kernel.billing.agreement import RECURRING
from ..kernel.billing.mrr_course import (
    History,
    Mark,
    Offer,
    Reduction,
    Standing,
    course,
    monthly_on,
)
from ..kernel.billing.mrr_ledger import Balance, Books, rows_for
from ..kernel.billing.states import SUSPENDED, TRIAL
from ..kernel.billing.subscription import RUNNING, TRIAL_END
from ..kernel.errors import Refused
from ..kernel.period import add_months

# How many subscriptions one operation compares with the ledger.
CHUNK = 200
NOTHING = Balance(Decimal(0), Decimal(0))


@dataclass
class Kept:
    """What the ledger says of one subscription: of its customer, of former ones, its last row."""

    mine: Balance = NOTHING
    strangers: dict = field(default_factory=dict)
    last: date | None = None
    sequence: int = 0


@dataclass
class Tally:
    """The ledger as it grows while rows are prepared, so that one sees what another one added.

    `worth` holds what a customer pays a company; `rates` what a currency is worth in a month.
    """

    worth: dict
    rates: dict
    rows: list


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    mrr_movement_ids = fields.One2many("saas.mrr.movement", "subscription_id", readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Our Currency")
    mrr = fields.Monetary(
        string="MRR",
        readonly=True,
        copy=False,
        help="Recurring fees a month after discounts, without tax, usage and trials.",
    )
    mrr_company = fields.Monetary(
        string="MRR in Our Currency",
        readonly=True,
        copy=False,
        currency_field="company_currency_id",
        help="At the rate of the first day of the month of its last movement.",
    )
    renews_on = fields.Date(
        string="Renews",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The first day of its next fee period; empty when it ends with this one.",
    )

    # When

    @api.private
    def _step_bill_draft(self, subscriptions, run):
        """Draft documents, and write down what changed of recurring revenue."""
        done = super()._step_bill_draft(subscriptions, run)
        if not self.env["saas.billing.run"].sudo().browse(run).dry_run:
            self.sudo().browse(subscriptions).exists()._note_mrr()
        return done

    @api.private
    def _step_mrr_note(self, subscriptions):
        """Compare subscriptions with the ledger and write what is missing; return how many rows."""
        found_sudo = self.sudo().browse(subscriptions).exists()
        found_sudo._take_turn()
        for one_sudo in found_sudo:
            one_sudo._look_at_renewal()
        return {"rows": len(found_sudo._note_mrr())}

    @api.model
    def _cron_mrr(self):
        """Order that everything that ever ran is compared with the ledger, once a day."""
        self._order_mrr()

    @api.model
    def _order_mrr(self):
        """Order the comparison of every subscription with the ledger; twice is harmless."""
        everyone = self.sudo().search([("state", "!=", "draft")], order="id")
        jobs = self.env["saas.job"]
        for place in range(0, len(everyone), CHUNK):
            chunk = everyone[place : place + CHUNK]
            jobs |= jobs._enqueue(
                "note_revenue",
                spec={"subscriptions": chunk.ids},
                dedupe_key=f"revenue:{chunk[0].id}:{len(chunk)}",
                priority=40,
            )
        return jobs

    # What

    @api.private
    def _note_mrr(self):
        """Write the rows that the ledger misses of these subscriptions; return them."""
        beside = self.sudo()._never_noted_beside()
        beside._take_turn()
        everyone = self.sudo() | beside
        ledger = self.env["saas.mrr.movement"].sudo()
        balances = ledger._balances(everyone)
        customers = everyone._customers()
        for rows in balances.values():
            customers |= customers.browse(rows)
        tally = Tally(ledger._worth_of(customers), {}, [])
        kept = {one: one._to_balances(balances.get(one.id, {})) for one in everyone}
        pending = [
            (mark.on, one.id, one, mark.amount)
            for one in everyone
            for mark in one._mrr_pending(kept[one])
        ]
        for on, _number, one, amount in sorted(pending, key=lambda row: row[:2]):
            one._add_rows(tally, kept[one], on, amount)
        for one in everyone:
            one._keep_mrr(kept[one])
        return ledger._append(tally.rows)

    def _never_noted_beside(self):
        """Return further subscriptions of these customers that the ledger does not know: who is
        new follows from all of them, in the order of time.
        """
        domain = [
            ("id", "not in", self.ids),
            ("state", "!=", "draft"),
            ("partner_id.commercial_partner_id", "in", self._customers().ids),
            ("company_id", "in", self.company_id.ids),
            ("mrr_movement_ids", "=", False),
        ]
        return self.search(domain)

    def _customers(self):
        return self.partner_id.commercial_partner_id

    def _mrr_pending(self, kept):
        """Return the marks that the ledger does not show, in the order of time."""
        if not self._has_rate():
            return []
        history, unit, today = self._mrr_history(), self._unit(), self._today()
        marks = list(course(history, today, unit))
        now = marks[-1].amount if marks else unit.zero
        marks += self._month_marks(history, marks, kept.last)
        later = [one for one in marks if kept.last is None or one.on > kept.last]
        if not later and (now != kept.mine.fee or kept.strangers):
            later = [Mark(today, now)]
        return sorted(later, key=lambda one: one.on)

    def _month_marks(self, history, marks, last):
        """Return the first days of months, on which another currency has another rate."""
        if self.currency_id == self.company_id.currency_id or not marks:
            return []
        found, day = [], max(marks[0].on, last or marks[0].on).replace(day=1)
        while (day := add_months(day, 1)) <= self._today():
            found.append(Mark(day, monthly_on(history, day, self._unit())))
        return found

    def _has_rate(self):
        """Tell whether its currency can be told in that of the company; billing says it if not."""
        try:
            self._check_currency()
        except Refused:
            return False
        return True

    def _mrr_history(self):
        """Return what the figure of every day follows from."""
        return History(
            offers=tuple(self._to_offers(self.phase_ids) + self._to_offers(self.addon_ids)),
            standings=tuple(self._to_standings()),
            reductions=tuple(self._to_reductions()),
        )

    def _to_offers(self, rows):
        return [
            Offer(
                row.start_on,
                row.end_on or None,
                _exactly(row.version_id._price_in(self.currency_id).amount) * row.quantity,
                row.version_id._interval(),
            )
            for row in rows
        ]

    def _to_standings(self):
        """Return the states of its timeline; who was suspended after a trial never paid."""
        found = [
            Standing(
                self._day_of(row.at),
                TRIAL if row.event == "trial_ended" and row.to_state == SUSPENDED else row.to_state,
            )
            for row in self.sudo().event_ids.sorted("id")
            if row.to_state != row.from_state
        ]
        now = TRIAL if self.suspended_for == TRIAL_END else self.state
        if not found or found[-1].state != now:
            found.append(Standing(self._today(), now))
        return found

    def _to_reductions(self):
        """Return what coupons take off; one for a single invoice changes no recurring revenue."""
        found = []
        for row in self.coupon_ids:
            spec = row.coupon_id._to_spec()
            other = spec.amount_off is not None and spec.currency != self.currency_id.name
            if spec.most_invoices == 1 or other:
                continue
            start, end = self._coupon_days(row, spec.most_invoices)
            found.append(Reduction(start, end, spec.percent_off, spec.amount_off))
        return found

    def _coupon_days(self, row, most):
        periods = (
            self.sudo()
            .period_ids.filtered(
                lambda one: (
                    one.kind == RECURRING
                    and one.state != "skipped"
                    and one.start_on >= row.start_on
                )
            )
            .sorted("start_on")
        )
        start = periods[:1].start_on or row.start_on
        if most is None or len(periods) < most:
            return start, None
        return start, periods[most - 1].end_on

    # Rows

    def _add_rows(self, tally, kept, on, amount):
        """Prepare the rows that make the ledger say `amount` from a day on."""
        me = self._customers().id
        for customer, balance in list(kept.strangers.items()):
            # It belongs to somebody else now: with the former customer it ends.
            self._prepare_rows(tally, kept, on, Decimal(0), customer, balance)
            del kept.strangers[customer]
        kept.mine = self._prepare_rows(tally, kept, on, amount, me, kept.mine)

    def _prepare_rows(self, tally, kept, on, amount, customer, balance):
        books, key = self._books_on(tally, on), (self.company_id.id, customer)
        worth = tally.worth.get(key)
        others = books.unit.round(_exactly(worth or 0.0) - balance.worth)
        known = Balance(balance.fee, balance.worth, others, worth is not None)
        for row in rows_for(known, amount, books):
            kept.sequence += 1
            tally.rows.append(
                {
                    "subscription_id": self.id,
                    "sequence": kept.sequence,
                    "company_id": self.company_id.id,
                    "customer_id": customer,
                    "plan_id": self._plan_on(on).id,
                    "kind": row.kind,
                    "date": on,
                    "month": on.replace(day=1),
                    "amount": float(row.worth),
                    "contract_currency_id": self.currency_id.id,
                    "amount_contract": float(row.fee),
                    "rate": float(books.rate),
                }
            )
            total = _exactly(tally.worth.get(key) or 0.0) + row.worth
            tally.worth[key] = float(total)
            known = Balance(known.fee + row.fee, known.worth + row.worth, others, True)
        return known

    def _plan_on(self, day):
        return self._phase_on(day).version_id.plan_id or self.plan_id

    def _books_on(self, tally, on):
        """Return both currencies and the rate of the month that a day lies in."""
        mine, ours = self.currency_id, self.company_id.currency_id
        key = (mine, self.company_id, on.replace(day=1))
        if key not in tally.rates:
            rate = 1.0
            if mine != ours:
                rate = mine._get_conversion_rate(mine, ours, self.company_id, key[2])
            tally.rates[key] = _exactly(rate)
        return Books(mine._to_unit(), ours._to_unit(), tally.rates[key])

    def _to_balances(self, rows):
        """Return what the ledger says of this subscription, by customer."""
        me, found = self._customers().id, Kept()
        contract, unit = self._unit(), self.company_id.currency_id._to_unit()
        for customer, (fee, worth, last, sequence) in rows.items():
            balance = Balance(contract.round(_exactly(fee)), unit.round(_exactly(worth)))
            found.last = max(found.last or last, last)
            found.sequence = max(found.sequence, sequence)
            if customer == me:
                found.mine = balance
            elif balance.fee or balance.worth:
                found.strangers[customer] = balance
        return found

    def _keep_mrr(self, kept):
        """Keep the figures of today beside the subscription, for lists."""
        fee, worth = float(kept.mine.fee), float(kept.mine.worth)
        if (self.mrr, self.mrr_company) != (fee, worth):
            self._set({"mrr": fee, "mrr_company": worth})

    # Renewals

    def _look_ahead(self):
        super()._look_ahead()
        self._look_at_renewal()

    def _look_at_renewal(self):
        """Note the first day of the next fee period, when there will be one."""
        day = False
        if self.state in RUNNING and self.anchor_on and self.suspended_for != TRIAL_END:
            day = self._period_end()
            if self.ends_on and self.ends_on <= day:
                day = False
        if self.renews_on != day:
            self._set({"renews_on": day})

    def action_view_mrr(self) -> dict:
        """Open the movements of these subscriptions."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_mrr_movement"
        )
        domain = [("subscription_id", "in", self.ids)]
        return dict(action, domain=domain, context={}, path=False, views=[(False, "list")])


def _exactly(amount):
    """Return a number of Odoo as the decimal number that it prints as."""
    return Decimal(repr(float(amount)))
