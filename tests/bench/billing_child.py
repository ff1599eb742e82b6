"""The work that `billing.py` measures, inside Odoo; every function commits what it makes.

Owns: making the same customers, prices and taxes for everybody, timing each. Does not own: goals.
"""

import time
from typing import Any

from odoo import fields
from odoo.api import Environment
from odoo.fields import Command
from odoo.models import Model
from odoo.tools import SQL

BATCH = 50
FEE, USAGE, UNIT_PRICE, USED = 89.0, 5.0, "0.01", "500"
WARM = 5
LINES = 2
SERVICE = "Measured Service"
WORK_SECONDS = 3600
BEGUN, OVER = "bench.begun", "bench.over"


def _books(env: Environment) -> Model:
    """Return a service taxed at 20 %, in a company with accounts."""
    if not env.company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company=env.company)
    known = env["product.product"].search([("name", "=", SERVICE)], limit=1)
    if known:
        return known
    tax = env["account.tax"].create({"name": "VAT 20 %", "amount": 20, "type_tax_use": "sale"})
    income = env["account.account"].search([("account_type", "=", "income")], limit=1)
    return env["product.product"].create(
        {
            "name": SERVICE,
            "type": "service",
            "taxes_id": [Command.set(tax.ids)],
            "property_account_income_id": income.id,
        }
    )


def _customers(env: Environment, count: int) -> Model:
    names = [{"name": f"Customer {number}"} for number in range(count)]
    return env["res.partner"].create(names)


def _lines(product: Model) -> list[tuple[str, float]]:
    return [(f"{product.name}: fee", FEE), (f"{product.name}: 500 calls", USAGE)]


# Plain documents


def plain(env: Environment, count: int) -> dict[str, Any]:
    """Create and post documents, some at a time."""
    product = _books(env)
    _post_plain(env, product, _customers(env, WARM))
    customers = _customers(env, count)
    env.cr.commit()
    began = time.perf_counter()
    posted = _post_plain(env, product, customers)
    return {"posted": posted, "seconds": time.perf_counter() - began}


def _post_plain(env: Environment, product: Model, customers: Model) -> int:
    posted = 0
    for place in range(0, len(customers), BATCH):
        moves = env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": one.id,
                    "invoice_date": fields.Date.today(),
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "name": name,
                                "quantity": 1,
                                "price_unit": price,
                            }
                        )
                        for name, price in _lines(product)
                    ],
                }
                for one in customers[place : place + BATCH]
            ]
        )
        posted += _post(moves)
    return posted


def _post(moves: Model) -> int:
    """Post drafts, some at a time; return how many are posted."""
    posted = 0
    for place in range(0, len(moves), BATCH):
        chunk = moves[place : place + BATCH]
        chunk.action_post()
        moves.env.cr.commit()
        posted += len(chunk.filtered(lambda move: move.state == "posted"))
        moves.env.invalidate_all()
    return posted


# The product


def ours(env: Environment, count: int, beside: bool = False) -> dict[str, Any]:
    """Let a run bill what is due of running subscriptions, by a worker with all its commits; with
    `beside` another one in a process of its own (`help_out`) works, too.
    """
    env.company.saas_billing_mail = False
    version = _version(env, _books(env), meters=1)
    _bill(env, _running(env, version, WARM))
    found = _running(env, version, count)
    if beside:
        _raise_flag(env, BEGUN)
    began = time.perf_counter()
    run = _bill(env, found)
    seconds = time.perf_counter() - began
    if beside:
        _raise_flag(env, OVER)
    assert run.state == "done", run.state
    steps = env["saas.job.step"].search([("job_id.run_id", "=", run.id)])
    took = {
        name: sum(steps.filtered(lambda step, name=name: step.name == name).mapped("seconds"))
        for name in ("close", "draft", "post")
    }
    posted = run.move_ids.filtered(
        lambda move: move.state == "posted" and len(move.invoice_line_ids) == LINES
    )
    return {"posted": len(posted), "seconds": seconds, **took}


def _bill(env: Environment, subscriptions: Model) -> Model:
    run = env["saas.billing.run"].create({})
    run.action_rate()
    env.cr.commit()
    ours = [("run_id", "=", run.id), ("state", "in", ("waiting", "running"))]
    # Nothing may wait while another worker is at it.
    while env["saas.job"].search_count(ours):
        env["saas.job"]._work(WORK_SECONDS, until_idle=True)
        env.cr.commit()
        env.invalidate_all()
    return run


def help_out(env: Environment) -> dict[str, int]:
    """Be a second worker from one flag to the other; return how many operations were run."""
    ran = 0
    while not _is_up(env, BEGUN):
        time.sleep(0.05)
    while not _is_up(env, OVER):
        ran += env["saas.job"]._work(WORK_SECONDS, until_idle=True)
        env.cr.commit()
        time.sleep(0.01)
    return {"ran": ran}


def _raise_flag(env: Environment, name: str) -> None:
    env["ir.config_parameter"].set_param(name, "1")
    env.cr.commit()


def _is_up(env: Environment, name: str) -> bool:
    env.cr.commit()
    return bool(env.execute_query(SQL("SELECT id FROM ir_config_parameter WHERE key = %s", name)))


def _version(env: Environment, product: Model, meters: int, **terms: Any) -> Model:
    """Return a version that is sold, with charges for as many meters."""
    number = env["saas.plan"].search_count([])
    rows = env["saas.meter"].create(
        [
            {
                "name": f"Calls {number}.{one}",
                "code": f"calls_{number}_{one}",
                "unit_label": "calls",
                "product_id": product.id,
            }
            for one in range(meters)
        ]
    )
    charges = [Command.create({"meter_id": one.id, "unit_price": UNIT_PRICE}) for one in rows]
    plan = env["saas.plan"].create(
        {
            "name": f"Plan {number}",
            "code": f"plan-{number}",
            "price": FEE,
            "trial_days": 0,
            "grace_hours": 0,
            "product_id": product.id,
            "charge_ids": charges,
            **terms,
        }
    )
    return plan._publish_version()


def _running(
    env: Environment, version: Model, count: int, billed: bool = True, **ago: int
) -> Model:
    """Return subscriptions that began a month ago, or as told, their first fee invoiced, with usage
    since.
    """
    from tests.helpers.billing_stage import BillingStage

    begun = fields.Date.subtract(fields.Date.today(), **(ago or {"months": 1}))
    with BillingStage(env) as stage:
        stage.go_to(begun)
        found = env["saas.subscription"].create(
            [
                {"partner_id": one.id, "version_id": version.id, "timezone": "UTC"}
                for one in _customers(env, count)
            ]
        )
        found.action_activate()
        env["saas.job"].search([("state", "=", "waiting")]).sudo().state = "done"
        if billed:
            found._order_billing()
            stage.work()
        else:
            found._set({"next_bill_at": fields.Datetime.now()})
        env["saas.usage.bucket"].create(
            [
                {
                    "subscription_id": one.id,
                    "meter_id": meter.id,
                    "start_at": fields.Date.add(begun, days=3),
                    "end_at": fields.Date.add(begun, days=4),
                    "quantity": USED,
                }
                for one in found
                for meter in version.charge_ids.meter_id
            ]
        )
    env.cr.commit()
    env.invalidate_all()
    return found


def rating(env: Environment, count: int, meters: int) -> dict[str, Any]:
    """Close the periods of subscriptions and rate their meters, in chunks as operations do."""
    version = _version(env, _books(env), meters)
    found = _running(env, version, count, billed=False)
    none = env["saas.billing.run"]
    began = time.perf_counter()
    for place in range(0, count, BATCH):
        found._step_bill_close(found[place : place + BATCH].ids, none.id)
        env.cr.commit()
        env.invalidate_all()
    seconds = time.perf_counter() - began
    ratings = env["saas.billing.rating"].search_count([("subscription_id", "in", found.ids)])
    assert ratings == count * meters, f"{ratings} ratings"
    return {"seconds": seconds}


def previews(env: Environment, count: int) -> list[float]:
    """Preview a change to a dearer plan for one subscription after the other; return seconds."""
    product = _books(env)
    # In the middle of a period, so that something is given back and something charged.
    running = _running(env, _version(env, product, meters=1), count + 1, days=10)
    dearer = _version(env, product, meters=1, price=2 * FEE)
    found = []
    for one in running:
        env.invalidate_all()
        began = time.perf_counter()
        told = one._documents_of(lambda one: one._change_plan(dearer, 1))
        found.append(time.perf_counter() - began)
        assert {paper["move_type"] for paper in told} == {"out_refund", "out_invoice"}
    return found[1:]


# The peers


def contract(env: Environment, count: int) -> dict[str, Any]:
    """Bill contracts as their cron does, then post."""
    product = _books(env)
    _bill_contracts(env, product, WARM)
    return _bill_contracts(env, product, count)


def _bill_contracts(env: Environment, product: Model, count: int) -> dict[str, Any]:
    today = fields.Date.today()
    rows = [
        Command.create(
            {
                "product_id": product.id,
                "name": name,
                "quantity": 1,
                "price_unit": price,
                "recurring_rule_type": "monthly",
                "recurring_interval": 1,
                "date_start": today,
                "recurring_next_date": today,
            }
        )
        for name, price in _lines(product)
    ]
    found = env["contract.contract"].create(
        [
            {
                "name": one.name,
                "partner_id": one.id,
                "line_recurrence": True,
                "contract_line_ids": rows,
            }
            for one in _customers(env, count)
        ]
    )
    env.cr.commit()
    env.invalidate_all()
    began = time.perf_counter()
    env["contract.contract"].cron_recurring_create_invoice()
    env.cr.commit()
    lines = env["account.move.line"].search(
        [("contract_line_id", "in", found.contract_line_ids.ids)]
    )
    posted = _post(lines.move_id)
    return {"posted": posted, "seconds": time.perf_counter() - began}


def subscription_oca(env: Environment, count: int) -> dict[str, Any]:
    """Bill subscriptions as their cron does, then post."""
    product = _books(env)
    _bill_subscriptions(env, product, WARM)
    return _bill_subscriptions(env, product, count)


def _bill_subscriptions(env: Environment, product: Model, count: int) -> dict[str, Any]:
    today = fields.Date.today()
    template = env["sale.subscription.template"].create(
        {"name": "Monthly", "code": "M", "invoicing_mode": "draft"}
    )
    prices = env["product.pricelist"].create({"name": f"Prices {count}"})
    rows = [
        Command.create({"product_id": product.id, "name": name, "price_unit": price})
        for name, price in _lines(product)
    ]
    started = env["sale.subscription.stage"].search([("type", "=", "in_progress")], limit=1)
    found = env["sale.subscription"].create(
        [
            {
                "partner_id": one.id,
                "template_id": template.id,
                "pricelist_id": prices.id,
                "date_start": today,
                "recurring_next_date": today,
                "in_progress": True,
                "stage_id": started.id,
                "sale_subscription_line_ids": rows,
            }
            for one in _customers(env, count)
        ]
    )
    found.write({"in_progress": True, "recurring_next_date": today})
    env.cr.commit()
    env.invalidate_all()
    began = time.perf_counter()
    env["sale.subscription"].cron_subscription_management()
    env.cr.commit()
    posted = _post(found.invoice_ids)
    return {"posted": posted, "seconds": time.perf_counter() - began}
