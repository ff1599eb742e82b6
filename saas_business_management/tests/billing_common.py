"""The stage of the billing tests: a company with books, a plan with prices, people of billing.

People besides those of `common.py`: ines bills, max sets prices, olga approves.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from unittest import SkipTest
from unittest.mock import patch

from freezegun import freeze_time
from odoo import SUPERUSER_ID, api
from odoo.addons.base.models.ir_actions_report import IrActionsReport
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name

from ..jobs.base import Runner
from ..jobs.registry import JOBS
from ..models.saas_job_journal import LinkedRecords
from .common import SaasCommon

KINDS = (
    *("bill_subscription", "post_invoices", "mail_invoices"),
    *("charge_invoice", "dun_subscription", "tend_wallets", "recognize_revenue"),
)


@dataclass(frozen=True)
class NoPorts:
    """Billing touches records alone."""


class Course:
    """A journal in memory: steps run in this transaction, one after the other."""

    def __init__(self, job: Any) -> None:
        self.job, self.done, self.known = job, {}, {}

    def states(self):
        return self.done

    def facts(self):
        return dict(self.known)

    def undoing(self):
        return False

    def cancel_wanted(self):
        return False

    def restart(self, names):
        pass

    def advance(self, done, facts, skipped, then, progress):
        if done:
            self.done[done] = "done"
        self.known |= facts
        if not then:
            self.job.sudo().state = "done"

    def failed(self, step, error, trace):
        raise AssertionError(f"{step}: {error} {trace}")

    stuck = failed

    def rollback(self):
        pass

    def line(self, text, level="info"):
        pass


@cache
def keep_books(database: str) -> None:
    """Give the company a chart of accounts, once for all tests: it takes Odoo seconds."""
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if not env.company.chart_template:
            env["account.chart.template"].try_loading("generic_coa", company=env.company)
            env.cr.commit()


class BillingCommon(SaasCommon):
    """Records to bill; operations run at once instead of in a worker."""

    @classmethod
    def setUpClass(cls) -> None:
        # Before the class has its transaction, so that it sees them.
        keep_books(get_db_name())
        super().setUpClass()
        # Making the PDF of each mail would take most of the time of these tests.
        cls.startClassPatcher(
            patch.object(IrActionsReport, "get_wkhtmltopdf_state", lambda _self: "install")
        )
        cls.company = cls.env.company
        cls.usd = cls.company.currency_id
        cls.tax = cls.env["account.tax"].create(
            {"name": "VAT 20 %", "amount": 20, "type_tax_use": "sale", "company_id": cls.company.id}
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Fee", "type": "service", "taxes_id": [(6, 0, cls.tax.ids)]}
        )
        cls.partner = cls.env["res.partner"].create({"name": "Acme Ltd", "email": "a@acme.example"})
        cls.meter = cls.env["saas.meter"].create(
            {
                "name": "Calls of Tests",
                "code": "test_calls",
                "unit_label": "calls",
                "product_id": cls.product.id,
            }
        )
        cls.standard = cls.make_plan("Standard", 89)

    @classmethod
    def make_plan(cls, name: str, price: float, charges: tuple = (), **values: Any) -> Any:
        """Return the published version of a monthly plan."""
        plan = cls.env["saas.plan"].create(
            {
                "name": name,
                "code": f"test-{name.lower().replace(' ', '-')}",
                "price": price,
                "is_free": not price and not charges,
                "trial_days": 0,
                "product_id": cls.product.id,
                "currency_id": cls.usd.id,
                "charge_ids": [(0, 0, {"meter_id": cls.meter.id, **one}) for one in charges],
                **values,
            }
        )
        return plan._publish_version()

    def make_subscription(self, **values: Any) -> Any:
        return self.env["saas.subscription"].create(
            {
                "partner_id": self.partner.id,
                "version_id": self.standard.id,
                "currency_id": self.usd.id,
                "timezone": "UTC",
                **values,
            }
        )

    @contextmanager
    def on(self, day: str):
        """Let it be an instant; a day alone is its midnight in UTC."""
        with freeze_time(day):
            yield

    def work(self) -> int:
        """Run every operation of billing that waits; return how many."""
        count = 0
        while True:
            waiting = [
                ("state", "=", "waiting"),
                ("kind", "in", KINDS),
            ]
            job = self.env["saas.job"].search(waiting, order="priority, id", limit=1)
            if not job:
                return count
            count += 1
            self.carry(job)

    def carry(self, job: Any) -> None:
        job.sudo().state = "running"
        ports, spec = NoPorts(), job.sudo().spec
        Runner(JOBS[job.kind], Course(job), LinkedRecords(job.sudo()), ports, spec, 1).run()
        self.env.invalidate_all()

    def bill(self) -> Any:
        """Let the cron look and do what it orders; return the newest run."""
        runs = self.env["saas.billing.run"]
        for company in runs._companies_due():
            run = runs._run_for(company)
            if run.state == "draft":
                run._begin()
        self.work()
        return runs.search([], limit=1)

    def use(self, one: Any, quantity: str, start: str, end: str, meter: Any = None) -> Any:
        values = {
            "subscription_id": one.id,
            "meter_id": (meter or self.meter).id,
            "start_at": start,
            "end_at": end,
            "quantity": quantity,
        }
        with self.on(end):
            return self.env["saas.usage.bucket"].create(values)


class PaymentCommon(BillingCommon):
    """Customers who pay with what Odoo's provider for demonstrations saved for them."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        providers = cls.env["payment.provider"].search(
            [("code", "=", "demo"), ("company_id", "=", cls.company.id)], limit=1
        )
        if not providers:
            raise SkipTest("payment_demo is not installed")
        providers.state = "test"
        cls.provider = providers

    @classmethod
    def save_token(cls, answer: str = "done", partner: Any = None, **values: Any) -> Any:
        """Return a payment method whose charges all end in the same way."""
        return cls.env["payment.token"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": cls.provider.payment_method_ids[:1].id,
                "payment_details": "4242",
                "partner_id": (partner or cls.partner).id,
                "provider_ref": "saved for tests",
                "demo_simulated_state": answer,
                **values,
            }
        )

    def make_billed(self, day: str = "2026-03-01", **values: Any) -> Any:
        """Return a subscription whose first invoice was posted on a day, and charged."""
        one = self.make_subscription(**values)
        with self.on(f"{day} 08:00:00"):
            one.action_activate()
            self.work()
        return one

    def look(self, day: str) -> None:
        """Let the cron look at noon of a day, and do what it orders."""
        with self.on(f"{day} 12:00:00"):
            ladders = self.env["saas.dunning"]
            for collect in (ladders._charge_due, ladders._begin_overdue, ladders._look_due):
                collect()
            self.work()

    def pay(self, invoice: Any) -> None:
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()

    def told(self, move: Any) -> list:
        """Return the outcomes of the attempts of an invoice, the oldest first."""
        return move.saas_attempt_ids.sorted("number").mapped("outcome")
