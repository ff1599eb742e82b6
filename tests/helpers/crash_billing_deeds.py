"""Orders that bill: a customer of its own for each, with subscriptions that began two months ago.

Owns: how each is asked for, what has to stand before. Does not own: what is right afterwards
(`audit_billing.py`).
"""

from datetime import datetime, time
from typing import Any

from freezegun import freeze_time
from odoo import fields
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.models import Model
from odoo.service.model import retrying

from .audit_billing import FEE, MONTHS, UNIT_PRICE, USED, documents_of, subscriptions_of

SUBSCRIPTIONS = 3
WORK_SECONDS = 60


def billing_ready(env: Environment, _say: Any, order: str) -> int:
    """Make a customer for whom this can be ordered, alone with what is due; return its id."""
    books(env)
    left = env["saas.subscription"].search([("next_bill_at", "!=", False)])
    left._set({"next_bill_at": False})
    customer = env["res.partner"].create({"name": "Alice Moreau", "email": "alice@crash.example"})
    READY[order](customer)
    env.cr.commit()
    return customer.id


def books(env: Environment) -> None:
    """Give the company accounts, once, and nobody who has to approve."""
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company=company)
    company.saas_billing_approval = "never"


def _began(customer: Model, count: int = SUBSCRIPTIONS) -> Model:
    """Let subscriptions have begun `MONTHS - 1` months ago, with usage since; none was billed."""
    env = customer.env
    version, meter = _offer(env)
    first = fields.Date.add(fields.Date.today().replace(day=1), months=1 - MONTHS)
    values = {"partner_id": customer.id, "version_id": version.id, "timezone": "UTC"}
    found = env["saas.subscription"].create([dict(values) for _number in range(count)])
    with freeze_time(datetime.combine(first, time())):
        found.action_activate()
    months = [fields.Date.add(first, months=place) for place in range(MONTHS - 1)]
    env["saas.usage.bucket"].create(
        [
            {
                "subscription_id": one.id,
                "meter_id": meter.id,
                "start_at": fields.Date.add(month, days=3),
                "end_at": fields.Date.add(month, days=4),
                "quantity": USED,
            }
            for one in found
            for month in months
        ]
    )
    _forget_orders(env)
    return found


def _forget_orders(env: Environment) -> None:
    """Cancel what began to bill by itself: the order under test is another one."""
    env["saas.job"].search([("kind", "in", KINDS), ("state", "=", "waiting")]).action_cancel()
    env.cr.commit()
    env["saas.job"]._work(WORK_SECONDS, until_idle=True)
    env.cr.commit()
    env.invalidate_all()


def _drafted(customer: Model) -> None:
    """Have everything drafted."""
    found = _began(customer)
    run = customer.env["saas.billing.run"]
    found._step_bill_close(found.ids, run.id)
    found._step_bill_draft(found.ids, run.id)


def _billed(customer: Model) -> None:
    """Have everything billed."""
    found = _began(customer, count=1)
    found._order_billing()
    customer.env.cr.commit()
    customer.env["saas.job"]._work(WORK_SECONDS, until_idle=True)


def _offer(env: Environment) -> tuple[Model, Model]:
    """Return the version that is sold and the meter that it charges by."""
    return _version(env, "crash", FEE), env["saas.meter"].search([("code", "=", "crash_calls")])


def _version(env: Environment, code: str, price: float) -> Model:
    found = env["saas.plan"].search([("code", "=", code)])
    if found:
        return found.version_id
    tax = env["account.tax"].search(
        [("type_tax_use", "=", "sale"), ("company_id", "=", env.company.id)], limit=1
    )
    product = env["product.product"].create(
        {"name": f"Fee {code}", "type": "service", "taxes_id": [(6, 0, tax.ids)]}
    )
    meter = env["saas.meter"].search([("code", "=", "crash_calls")]) or env["saas.meter"].create(
        {"name": "Calls", "code": "crash_calls", "unit_label": "calls", "product_id": product.id}
    )
    charge = {"meter_id": meter.id, "unit_price": UNIT_PRICE}
    plan = env["saas.plan"].create(
        {
            "name": code.title(),
            "code": code,
            "price": price,
            "trial_days": 0,
            "grace_hours": 0,
            "product_id": product.id,
            "charge_ids": [(0, 0, charge)],
        }
    )
    return plan._publish_version()


READY = {
    "bill": _began,
    "post": _drafted,
    "settle": _billed,
    "bill_run": _began,
}
KINDS = ("bill_subscription", "post_invoices")


# Orders


def bill(env: Environment, customer: int) -> Model:
    """Have what is due billed, outside of a run."""
    return subscriptions_of(env["res.partner"].browse(customer))._order_billing()


def post(env: Environment, customer: int) -> Model:
    """Have drafts posted."""
    documents_of(env["res.partner"].browse(customer))._saas_order_posting()
    return _newest(env, "post_invoices")


def settle(env: Environment, customer: int) -> Model:
    """Have the documents of an upgrade made."""
    one = subscriptions_of(env["res.partner"].browse(customer))
    one._change_plan(_version(env, "crash-more", 2 * FEE), 1)
    return _newest(env, "bill_subscription")


def bill_run(env: Environment, customer: int) -> Model:
    """Have a run bill what is due."""
    run = env["saas.billing.run"].create({})
    run.action_rate()
    return _newest(env, "bill_subscription")


def _newest(env: Environment, kind: str) -> Model:
    return env["saas.job"].search([("kind", "=", kind)], order="id desc", limit=1)


ORDERS = {"bill": bill, "post": post, "settle": settle, "bill_run": bill_run}


# What people do at the same moment


def draft_run(env: Environment, _say: Any) -> int:
    """Write a run down without beginning it."""
    run = env["saas.billing.run"].create({})
    env.cr.commit()
    return run.id


def press_rate(env: Environment, _say: Any, run: int, barrier: str) -> dict[str, Any]:
    """Press the button of a run as a request does, at the same moment as everybody else."""
    from .crash_deeds import wait_at

    wait_at(barrier)
    try:
        retrying(lambda: env["saas.billing.run"].browse(run).action_rate(), env)
    except UserError as error:
        return {"refused": str(error)}
    return {"state": env["saas.billing.run"].browse(run).state}


def order_billing(env: Environment, _say: Any, customer: int, times: int) -> list[int]:
    """Have the same subscriptions billed several times over; return the operations."""
    jobs = [bill(env, customer).id for _time in range(times)]
    env.cr.commit()
    return jobs
