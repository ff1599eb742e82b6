"""Trials: their end, early conversion, usage in them."""

from saas_business_management.kernel.billing.charge import Charge, rate
from saas_business_management.kernel.billing.per_unit import UnitPrice
from saas_business_management.kernel.billing.trial import (
    PAUSE,
    Offer,
    Trial,
    billable_units,
    convert_trial,
    end_trial,
)
from saas_business_management.kernel.period import local_day

from .period import CALENDAR
from .reading import clock, day, days, each, instant, interval, number, pair, unit
from .registry import op


def offer_of(asked):
    calendar = asked.get("billing_time") == CALENDAR
    return Offer(number(asked["price"]), interval(asked), unit(asked), calendar)


def told(outcome):
    fee = outcome.fee
    return {
        "trial_end": outcome.ends_on,
        "state": outcome.state,
        "invoices": len(outcome.invoices),
        "amount": fee.charged if fee else None,
        "anchor_date": outcome.cycle.anchor if fee else None,
        "anchor_day": outcome.cycle.anchor.day if fee else None,
        "invoice": fee
        and {"date": outcome.ends_on, "period": pair(fee.service), "amount": fee.charged},
    }


@op("trial")
def trial(asked):
    span = Trial(day(asked["start_date"]), asked["trial_days"])
    policies = each(asked, "missing_token_policy", PAUSE)
    found = {
        one: told(end_trial(span, offer_of(asked), asked.get("has_payment_token", True), one))
        for one in policies
    }
    return {**found[policies[0]], "by_policy": found}


@op("trial_convert_now")
def trial_convert_now(asked):
    span = Trial(day(asked["start_date"]), asked["trial_days"])
    return told(convert_trial(span, offer_of(asked), day(asked["convert_on"])))


@op("trial_usage")
def trial_usage(asked):
    period = days(asked["trial"])
    span = Trial(period.start, period.length)
    events = [
        (local_day(instant(one["ts"]), clock(asked)), number(one["value"]))
        for one in asked["events"]
    ]
    charge = Charge(UnitPrice(number(asked["unit_price"])))
    found = {}
    for policy in each(asked, "policy"):
        rated = rate(charge, billable_units(span, events, policy), unit(asked))
        found[policy] = {"billable_units": int(rated.quantity), "amount": rated.amount}
    return {**found[policy], **found}
