"""Boundaries of periods, their instants, and which of them are due."""

from saas_business_management.kernel.billing.cycle import Cycle, assign_period, due
from saas_business_management.kernel.billing.proration import fee_for
from saas_business_management.kernel.period import bounds, in_utc, midnight

from .reading import clock, day, days, instant, interval, number, pair, unit
from .registry import op

CALENDAR = "calendar"


def cycle_of(asked):
    anchor = day(asked.get("anchor_date") or asked["start_date"])
    return Cycle(anchor, interval(asked), asked.get("billing_time") == CALENDAR)


@op("period_bounds")
def period_bounds(asked):
    cycle = cycle_of(asked)
    return {
        "boundaries": cycle.boundaries(asked["count"]),
        "first_period_is_stub": cycle.has_stub,
    }


@op("period_instants")
def period_instants(asked):
    period = days((asked["period_start"], asked["period_end"]))
    found = bounds(period, clock(asked))
    return {"start_utc": found.start, "end_utc": found.end, "days": period.length}


@op("assign_period")
def assigned(asked):
    marks = [midnight(day(one), clock(asked)) for one in asked["boundaries"]]
    times = [in_utc(instant(one)) for one in asked["event_times"]]
    return {"period_index": [assign_period(marks, one) for one in times]}


@op("catch_up")
def catch_up(asked):
    cycle = cycle_of(asked)
    found = due(
        cycle,
        day(asked["run_date"]),
        asked["billing_timing"],
        day(asked.get("last_invoiced_period_start")),
    )
    price = number(asked["price"])
    fees = [
        fee_for(price, cycle.period(one), cycle.whole(one), unit(asked)) for one in found.numbers
    ]
    return {
        "invoices": [
            {"period": pair(fee.service), "amount": fee.charged, "invoice_date": asked["run_date"]}
            for fee in fees
        ],
        "next_invoice_date": found.next_on,
    }
