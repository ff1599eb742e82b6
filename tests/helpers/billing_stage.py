"""Books, plans, customers and an injected clock inside Odoo, for everything that plays billing.

Owns: making them with the product's own records, working operations off in this transaction,
reading amounts exactly. Does not own: what is played (`tests/vectors/records`, `tests/simulation`,
`tests/bench`), workers and crashes of the real runner (`tests/crash`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from freezegun import freeze_time
from odoo import fields
from odoo.addons.saas_business_management.jobs.base import Context
from odoo.addons.saas_business_management.jobs.registry import JOBS
from odoo.addons.saas_business_management.models.saas_job_journal import LinkedRecords
from odoo.api import Environment
from odoo.fields import Command
from odoo.models import Model

KINDS = ("bill_subscription", "post_invoices")
INVOICE, REFUND = "out_invoice", "out_refund"
NUMBERS = itertools.count(1)
# Rows of currencies are made with the digits that they have.
RATE_ON = "2000-01-01"


class BillingStage:
    """A company with books whose day it is to say; use it in a `with`."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.company = env.company
        if not self.company.chart_template:
            env["account.chart.template"].try_loading("generic_coa", company=self.company)
        self.company.saas_billing_approval = "never"
        self.company.saas_billing_mail = False
        self._freezer = freeze_time("2020-01-01")
        self._products: dict[str, Model] = {}
        self._kinds = [*KINDS]

    def __enter__(self) -> BillingStage:
        self._clock = self._freezer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._freezer.stop()

    # Time

    day_before = staticmethod(lambda day: day - timedelta(days=1))
    day_after = staticmethod(lambda day: day + timedelta(days=1))
    month_before = staticmethod(lambda day: fields.Date.subtract(day, months=1))
    month_after = staticmethod(lambda day: fields.Date.add(day, months=1, days=1))

    def go_to(self, when: date | datetime | str) -> None:
        """Let it be this instant; a day alone is its midnight in UTC, an aware instant is turned
        into UTC.
        """
        if isinstance(when, datetime) and when.tzinfo:
            when = when.astimezone(timezone.utc).replace(tzinfo=None)
        self._clock.move_to(str(when))

    # What there is

    def currency(self, code: str) -> Model:
        """Return a currency that is used, with a rate."""
        found = self.env["res.currency"].with_context(active_test=False)
        found = found.search([("name", "=", code)])
        found.active = True
        if found != self.company.currency_id and not found.rate_ids:
            self.env["res.currency.rate"].create(
                {"currency_id": found.id, "name": RATE_ON, "rate": 1.0}
            )
        return found

    def product(self, tax_percent: str = "0") -> Model:
        """Return a service taxed at so many percent."""
        if tax_percent not in self._products:
            tax = self.env["account.tax"].create(
                {
                    "name": f"Tax {tax_percent} % {next(NUMBERS)}",
                    "amount": tax_percent,
                    "type_tax_use": "sale",
                    "company_id": self.company.id,
                }
            )
            lines = tax.invoice_repartition_line_ids | tax.refund_repartition_line_ids
            lines.filtered(lambda line: line.repartition_type == "tax").account_id = self._owed()
            self._products[tax_percent] = self.env["product.product"].create(
                {
                    "name": f"Service {tax_percent}",
                    "type": "service",
                    "taxes_id": [Command.set(tax.ids)],
                }
            )
        return self._products[tax_percent]

    def _owed(self) -> Model:
        """Return the account of taxes that are owed."""
        ours = self.env["account.account"]._check_company_domain(self.company)
        liabilities = [*ours, ("account_type", "=", "liability_current")]
        return self.env["account.account"].search(liabilities, limit=1)

    def meter(self, aggregation: str = "sum", **values: Any) -> Model:
        """Return a new meter."""
        number = next(NUMBERS)
        return self.env["saas.meter"].create(
            {
                "name": f"Calls {number}",
                "code": f"calls_{number}",
                "unit_label": "calls",
                "product_id": self.product().id,
                "aggregation": aggregation,
                **values,
            }
        )

    def offer(
        self,
        price: str,
        currency: str = "USD",
        charges: Sequence[Mapping[str, Any]] = (),
        tax_percent: str = "0",
        **terms: Any,
    ) -> Model:
        """Return the published version of a new plan, a monthly one in advance without trial.

        Charges are values of `saas.plan.charge`.
        """
        number, unit = next(NUMBERS), self.currency(currency)
        lines = [
            Command.create({"currency_id": unit.id, "meter_id": self.meter().id, **one})
            for one in charges
        ]
        plan = self.env["saas.plan"].create(
            {
                "name": f"Plan {number}",
                "code": f"plan-{number}",
                "price": price,
                "is_free": not Decimal(price) and not lines,
                "currency_id": unit.id,
                "product_id": self.product(tax_percent).id,
                "trial_days": 0,
                "charge_ids": lines,
                **terms,
            }
        )
        return plan._publish_version()

    def publish(self, plan: Model, price: str) -> Model:
        """Publish a plan anew, at another price."""
        plan.price = price
        return plan._publish_version()

    def customer(self, **values: Any) -> Model:
        """Return a new customer."""
        return self.env["res.partner"].create({"name": f"Customer {next(NUMBERS)}", **values})

    def subscription(self, version: Model, **values: Any) -> Model:
        """Return a new subscription of a new customer, not begun."""
        return self.env["saas.subscription"].create(
            {
                "partner_id": values.pop("partner_id", None) or self.customer().id,
                "version_id": version.id,
                "currency_id": version.currency_id.id,
                "timezone": "UTC",
                **values,
            }
        )

    def use(self, one: Model, quantity: str, start: Any, end: Any, meter: Model = None) -> Model:
        """Note usage of a stretch of time, of the plan's only meter where none is named."""
        return self.env["saas.usage.bucket"].create(
            {
                "subscription_id": one.id,
                "meter_id": (meter or one.version_id.charge_ids.meter_id[:1]).id,
                "start_at": str(start),
                "end_at": str(end),
                "quantity": str(quantity),
            }
        )

    # Work

    def work_also(self, *kinds: str) -> None:
        """Let operations of further kinds be done as well."""
        self._kinds += kinds

    def work(self) -> None:
        """Do every operation of billing that waits, and what they order."""
        while job := self._waiting():
            self.carry(job)

    def carry(self, job: Model) -> None:
        """Do the steps of one operation in this transaction."""
        self.play(job.kind, job.sudo().spec, job)
        job.sudo().state = "done"

    def job_of(self, one: Model) -> Model:
        """Return the latest operation of a subscription."""
        found = [("subscription_id", "=", one.id)]
        return self.env["saas.job"].search(found, order="id desc", limit=1)

    def play(self, kind: str, spec: Mapping[str, Any], job: Model, last: str = "") -> None:
        """Do the steps of an operation, to the one of that name when one is named."""
        records = LinkedRecords(job.sudo())
        context = Context(spec, {}, None, records, 1, lambda *_words, **_more: None)
        for step in JOBS[kind].steps:
            if step.when is None or step.when(context):
                context.facts.update(step.act(context) or {})
            self.env.flush_all()
            self.env.invalidate_all()
            if step.name == last:
                return

    def bill(self, when: Any = None) -> None:
        """Do what the cron of billing does, and everything that it orders."""
        if when is not None:
            self.go_to(when)
        runs = self.env["saas.billing.run"]
        for company in runs._companies_due():
            run = runs._run_for(company)
            if run.state == "draft":
                run._begin()
        self.work()

    def begin(self, version: Model, on: Any, **values: Any) -> Model:
        """Begin a new subscription on a day and bill what is due at once."""
        self.go_to(on)
        one = self.subscription(version, **values)
        one.action_activate()
        self.work()
        return one

    def bill_next(self, one: Model) -> None:
        """Go to when something of a subscription is due next, and bill it."""
        self.bill(one.next_bill_at)

    def bill_until(self, one: Model, day: date) -> None:
        """Bill each time when something is due, as long as that is no later than a day."""
        while one.next_bill_at and one.next_bill_at.date() <= day:
            self.bill_next(one)

    def bill_fees(self, one: Model, count: int) -> list[Model]:
        """Bill until so many fee periods are there; return them."""
        while len(self.fee_rows(one)) < count:
            self.bill_next(one)
        return self.fee_rows(one)[:count]

    def fee_rows(self, one: Model) -> list[Model]:
        """Return the fee periods of a subscription in their order."""
        found = one.period_ids.filtered(lambda row: row.kind == "recurring")
        return list(found.sorted("start_on"))

    # What came of it

    def papers(self, *subscriptions: Model) -> list[Model]:
        """Return the documents of subscriptions in the order of their making."""
        found = self.env["saas.subscription"].union(*subscriptions)._moves().sorted("id")
        return list(found)

    @contextmanager
    def new_papers(self, one: Model) -> Iterator[list[Model]]:
        """Give a list that holds the documents which are made inside when it is over."""
        before, found = self.papers(one), []
        yield found
        found += [move for move in self.papers(one) if move not in before]

    def pay(self, *moves: Model) -> None:
        """Register payments of posted invoices, in whole."""
        for move in moves:
            wizard = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=move.ids
            )
            wizard.create({})._create_payments()

    def credit(self, one: Model, amount: str) -> Model:
        """Return an open credit note of billing for a subscription's customer."""
        move = self.env["account.move"].create(
            {
                "move_type": REFUND,
                "partner_id": one.partner_id.id,
                "currency_id": one.currency_id.id,
                "saas_made": True,
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self.product().id, "quantity": 1, "price_unit": amount}
                    )
                ],
            }
        )
        move.action_post()
        return move

    # Reading

    def amount(self, value: float, currency: str = "USD") -> Decimal:
        """Return an amount of Odoo with the digits of its currency."""
        return exact(value, self.currency(currency))

    def untaxed(self, moves: Sequence[Model], currency: str = "USD") -> Decimal:
        """Return the sum of documents before tax; credit notes are less than zero."""
        return self._sum(moves, "amount_untaxed", currency)

    def residual(self, moves: Sequence[Model], currency: str = "USD") -> Decimal:
        """Return what is left to pay of documents."""
        return self._sum(moves, "amount_residual", currency)

    def lines(self, moves: Sequence[Model], currency: str = "USD") -> Decimal:
        """Return the sum of lines of usage."""
        found = [line for move in moves for line in move.invoice_line_ids if line.saas_rating_id]
        return self.of_lines(found, currency)

    def of_lines(self, lines: Sequence[Model], currency: str = "USD") -> Decimal:
        """Return the sum of invoice lines before tax."""
        return self.amount(sum(line.price_subtotal for line in lines), currency)

    def instant(self, stored: datetime) -> datetime:
        """Return a stored instant as an aware one."""
        return stored.replace(tzinfo=timezone.utc)

    def overage(self, rating: Model) -> int:
        """Return the whole units that a rating counts beyond the included ones."""
        return int(max(Decimal(0), Decimal(rating.quantity) - Decimal(rating.included)))

    def _sum(self, moves: Sequence[Model], name: str, currency: str) -> Decimal:
        signs = {REFUND: -1}
        total = sum(signs.get(move.move_type, 1) * self.amount(move[name]) for move in moves)
        return self.amount(float(total), currency)

    def _waiting(self) -> Model:
        waits = [("state", "=", "waiting"), ("kind", "in", self._kinds)]
        return self.env["saas.job"].search(waits, order="priority, id", limit=1)


def exact(value: float, currency: Model) -> Decimal:
    """Return an amount of Odoo with the digits of its currency."""
    return Decimal(f"{value + 0:.{currency.decimal_places}f}")


@contextmanager
def stage(env: Environment) -> Iterator[BillingStage]:
    """Give a stage; what was played on it is rolled back at the end."""
    try:
        with BillingStage(env) as found:
            yield found
    finally:
        env.cr.rollback()
        env.invalidate_all(flush=False)
