"""Changes of plan and of quantity: the credit note and the invoice that they make."""

from saas_business_management.kernel.billing.proration import DAY
from tests.vectors.change import moment
from tests.vectors.reading import day

from .reading import (
    borders,
    code,
    cycle,
    cycle_of,
    days_asked,
    invoices,
    refunds,
    words,
)
from .registry import plays

WHEN = {"immediate": "now", "period_end": "period_end", None: None}
# What is about a fee that was charged or discounted in another way than as a whole.
OTHERWISE = ("service", "service_start", "credited", "discount_percent")


def terms(asked):
    by = asked.get("granularity", DAY)
    papers = "net" if asked.get("documents") == "net" else "credit_note"
    return {"proration_upgrade": by, "proration_downgrade": by, "documents": papers}


def on(asked):
    at = moment(asked)
    return at.date() if "change_at" in asked else at


def begun(stage, asked, price):
    """Begin with the old price on the first day of the period, and pay for it."""
    period = days_asked(asked)
    own = cycle(asked, "old_interval") if "old_interval" in asked else cycle_of(period)
    one = stage.begin(stage.offer(price, code(asked), **own, **terms(asked)), period.start)
    stage.pay(*stage.papers(one))
    return one, period, own


def change(stage, asked, one, version, quantity=1, at=None):
    """Change on the day; return the documents that were made."""
    with stage.new_papers(one) as made:
        stage.go_to(at or on(asked))
        one._change_plan(version, quantity, WHEN[asked.get("effective")])
        stage.work()
    return made


def told(stage, asked, made):
    return {
        "credit": stage.untaxed(refunds(made), code(asked)),
        "charge": stage.untaxed(invoices(made), code(asked)),
        "net": stage.untaxed(made, code(asked)),
        "documents": words(made, stage, code(asked)),
    }


@plays("plan_change")
def plan_change(stage, asked):
    if any(name in asked for name in OTHERWISE):
        return None
    if asked.get("old_charged", asked["old_price"]) != asked["old_price"]:
        return None
    one, period, own = begun(stage, asked, asked["old_price"])
    new = cycle(asked, "new_interval") if "new_interval" in asked else own
    version = stage.offer(asked["new_price"], code(asked), **new, **terms(asked))
    made = change(stage, asked, one, version)
    answer = told(stage, asked, made)
    if "new_interval" in asked:
        row = stage.fee_rows(one)[-1]
        return answer | {"new_anchor": row.start_on, "new_period": borders(row)}
    with stage.new_papers(one) as renewed:
        stage.bill(period.end)
    return answer | {
        "next_renewal_amount": stage.untaxed(renewed, code(asked)),
        "next_renewal_due": stage.residual(renewed, code(asked)),
        "next_renewal_date": stage.fee_rows(one)[-1].start_on,
    }


@plays("plan_changes")
def plan_changes(stage, asked):
    always = {"effective": "immediate", **asked}
    one, _period, own = begun(stage, always, asked["initial_price"])
    steps = []
    for step in asked["changes"]:
        version = stage.offer(step["price"], code(asked), **own, **terms(asked))
        made = change(stage, always, one, version, at=day(step["date"]))
        steps.append(told(stage, asked, made))
    return {"steps": steps, "total_paid_for_period": stage.untaxed(stage.papers(one), code(asked))}


@plays("quantity_change")
def quantity_change(stage, asked):
    period = days_asked(asked)
    version = stage.offer(asked["unit_price"], code(asked), **cycle_of(period), **terms(asked))
    one = stage.begin(version, period.start, quantity=asked["old_quantity"])
    stage.pay(*stage.papers(one))
    made = change(stage, asked, one, version, asked["new_quantity"])
    with stage.new_papers(one) as renewed:
        stage.bill(period.end)
    return {
        "amount": stage.untaxed(made, code(asked)),
        "documents": words(made, stage, code(asked)),
        "next_renewal_amount": stage.untaxed(renewed, code(asked)),
    }


@plays("plan_change_with_usage")
def plan_change_with_usage(stage, asked):
    period, at = days_asked(asked), on(asked)
    meter = stage.meter()
    old, new = [
        stage.offer(
            plan["price"],
            code(asked),
            [
                {
                    "meter_id": meter.id,
                    "unit_price": plan["overage_unit_price"],
                    "included": str(plan["included"]),
                }
            ],
            grace_hours=0,
            **cycle_of(period),
            **terms(asked),
        )
        for plan in (asked["old"], asked["new"])
    ]
    one = stage.begin(old, period.start)
    stage.pay(*stage.papers(one))
    stage.use(one, asked["usage_before"], period.start, stage.day_after(period.start), meter)
    made = change(stage, {"effective": "immediate", **asked}, one, new)
    stage.use(one, asked["usage_after"], at, stage.day_after(at), meter)
    with stage.new_papers(one) as billed:
        stage.bill(period.end)
    ratings = one.period_ids.rating_ids.sorted("start_on")
    return {
        "base_credit": stage.untaxed(refunds(made), code(asked)),
        "base_charge": stage.untaxed(invoices(made), code(asked)),
        "segments": [
            {
                "included": int(one.included),
                "overage_units": stage.overage(one),
                "amount": stage.amount(one.amount, code(asked)),
            }
            for one in ratings
        ],
        "usage_total": stage.lines(billed, code(asked)),
    }
