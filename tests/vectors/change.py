"""Changes of plan and of quantity."""

from saas_business_management.kernel.billing.change import (
    ChangePolicy,
    Terms,
    change_plan,
    change_plans,
)
from saas_business_management.kernel.billing.charge import Charge
from saas_business_management.kernel.billing.papers import SEPARATE
from saas_business_management.kernel.billing.per_unit import UnitPrice
from saas_business_management.kernel.billing.proration import DAY, Fee, fee_for
from saas_business_management.kernel.billing.quantity import change_quantity, seats_fee
from saas_business_management.kernel.billing.segment import rate_segment
from saas_business_management.kernel.money import total

from .reading import day, instant, interval, number, pair, span, unit
from .registry import op


def fee_of(asked, price, charged=None):
    """The fee that runs when something changes; charged as given, else as its days cost."""
    whole = span(asked)
    service = span(asked, "service") if "service" in asked else whole
    percent = number(asked.get("discount_percent", 0))
    if charged is None:
        return fee_for(number(price), service, whole, unit(asked), percent)
    credited = number(asked.get("credited", 0))
    return Fee(number(price), whole, service, number(charged), unit(asked), credited, percent)


def policy_of(asked):
    """What the vector says of both directions; what it leaves out is the product's default."""
    by = asked.get("granularity", DAY)
    own = ChangePolicy(upgrade_by=by, downgrade_by=by, papers=asked.get("documents", SEPARATE))
    if "effective" not in asked:
        return own
    return ChangePolicy(asked["effective"], asked["effective"], by, by, own.papers)


def terms_of(asked, which, price):
    name = f"{which}_interval"
    own = interval(asked, name) if name in asked else None
    return Terms(number(price), own, number(asked.get("discount_percent", 0)))


def moment(asked):
    return instant(asked["change_at"]) if "change_at" in asked else day(asked["change_date"])


def told(change):
    return {
        "kept_old": change.kept,
        "credit": change.credit,
        "charge": change.charge,
        "net": change.net,
        "documents": [str(one) for one in change.documents],
        "next_renewal_amount": change.renewal_amount,
        "next_renewal_due": change.renewal_due,
        "next_renewal_date": change.renewal_on,
        "effective_date": change.effective_on,
        "new_anchor": change.anchor_on,
        "new_period": pair(change.period) if change.period else None,
    }


@op("plan_change")
def plan_change(asked):
    fee = fee_of(asked, asked["old_price"], asked.get("old_charged"))
    old, new = (
        terms_of(asked, "old", asked["old_price"]),
        terms_of(asked, "new", asked["new_price"]),
    )
    return told(change_plan(fee, old, new, moment(asked), policy_of(asked)))


@op("plan_changes")
def plan_changes(asked):
    price = asked["initial_price"]
    steps = [(day(one["date"]), Terms(number(one["price"]))) for one in asked["changes"]]
    always = {"effective": "immediate", **asked}
    found = change_plans(fee_of(asked, price), Terms(number(price)), steps, policy_of(always))
    return {
        "steps": [told(one) for one in found.steps],
        "total_paid_for_period": found.paid,
    }


@op("plan_change_with_usage")
def plan_change_with_usage(asked):
    old, new = asked["old"], asked["new"]
    fee = fee_of(asked, old["price"], old.get("charged"))
    terms = Terms(number(old["price"])), Terms(number(new["price"]))
    change = change_plan(fee, *terms, moment(asked), policy_of(asked))
    parts = fee.whole.until(moment(asked)), change.fee.service.length
    segments = [
        rate_segment(
            Charge(UnitPrice(number(plan["overage_unit_price"])), number(plan["included"])),
            number(units),
            unit(asked),
            part,
            fee.whole.length,
        )
        for plan, units, part in zip(
            (old, new), (asked["usage_before"], asked["usage_after"]), parts, strict=True
        )
    ]
    return {
        "base_credit": change.credit,
        "base_charge": change.charge,
        "segments": [
            {"included": int(one.included), "overage_units": int(one.overage), "amount": one.amount}
            for one in segments
        ],
        "usage_total": total([one.amount for one in segments], unit(asked)),
    }


@op("quantity_change")
def quantity_change(asked):
    old, new = asked["old_quantity"], asked["new_quantity"]
    price = number(asked["unit_price"])
    fee = seats_fee(price, old, span(asked), unit(asked))
    found = change_quantity(fee, price, old, new, moment(asked), policy_of(asked))
    return {
        "delta_quantity": found.delta,
        "days": found.days,
        "period_days": found.period_days,
        "amount": found.amount,
        "documents": [str(one) for one in found.documents],
        "next_renewal_amount": found.renewal_amount,
    }
