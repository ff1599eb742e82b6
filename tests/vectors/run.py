"""Runs over periods: repeated, interrupted, consolidated, traced, foreseen."""

from saas_business_management.kernel.billing import forecast as foreseen
from saas_business_management.kernel.billing import run as rules
from saas_business_management.kernel.billing.charge import Charge
from saas_business_management.kernel.billing.cycle import Cycle
from saas_business_management.kernel.billing.interval import Interval
from saas_business_management.kernel.billing.per_unit import UnitPrice
from saas_business_management.kernel.billing.snapshot import Arrival, snapshot
from saas_business_management.kernel.money import currency

from .reading import DOLLAR, day, days, instant, interval, number, numbers, pair, unit
from .registry import op

# A period and an amount for vectors that are about the run alone.
SOME_PERIOD = ("2001-01-01", "2001-02-01")
SOME_AMOUNT = "1.23"
STATES = {
    "before_create": rules.RATING,
    "after_rating": rules.RATING,
    "after_create": rules.DRAFT,
    "before_post": rules.DRAFT,
    "after_post": rules.POSTED,
}


def key_of(asked):
    period = days(asked.get("period", SOME_PERIOD))
    return rules.Key(asked.get("subscription", ""), asked.get("kind", ""), period)


def sheet_of(asked):
    amounts = [amount_of(one) for one in asked.get("lines", [SOME_AMOUNT])]
    return rules.Sheet(tuple(amounts), unit(asked), asked.get("emit_zero_invoices", False))


def amount_of(line):
    """A line is an amount, a pair of text and amount, or has an amount."""
    if isinstance(line, dict):
        return number(line["amount"])
    return number(line[-1] if isinstance(line, list) else line)


def told(rows, key):
    row = rows[key]
    return {
        "invoices": rules.invoices(rows),
        "state": row.state,
        "period_state": row.state,
        "document": row.document and row.document.kind,
        "amount": row.amount,
    }


@op("run")
def run(asked):
    key = key_of(asked)
    return told(rules.finish({}, key, sheet_of(asked)), key)


@op("run_twice")
def run_twice(asked):
    key, sheet = key_of(asked), sheet_of(asked)
    once = rules.finish({}, key, sheet)
    return {**told(rules.finish(once, key, sheet), key), "second_run": rules.decide(once, key)}


@op("run_crash")
def run_crash(asked):
    key, sheet = key_of(asked), sheet_of(asked)
    left = rules.stop_at({}, key, sheet, STATES[asked["crash_at"]])
    again = rules.finish(left, key, sheet) if asked["rerun"] else left
    return {**told(again, key), "second_run": rules.decide(left, key)}


@op("consolidate")
def consolidate(asked):
    shares = [
        rules.Share(
            one.get("customer", ""),
            currency(one.get("currency", DOLLAR)),
            number(one["amount"]),
        )
        for one in asked["subscriptions"]
    ]
    found = rules.consolidate(shares, asked.get("consolidate", True))
    return {"invoices": [{"currency": one.currency.code, "total": one.total} for one in found]}


@op("trace")
def trace(asked):
    arrivals = [
        Arrival(
            one["event_id"],
            number(one["value"]),
            instant(one["ingested"]),
            instant(one["ts"]) if "ts" in one else None,
        )
        for one in asked["events"]
    ]
    found = snapshot(
        arrivals,
        instant(asked["service_period_to"]),
        instant(asked["ingested_before"]),
        Charge(UnitPrice(number(asked["unit_price"]))),
        unit(asked),
    )
    return {
        "snapshot_events": found.events,
        "quantity": found.rated.quantity,
        "amount": found.rated.amount,
        "not_in_snapshot": found.left,
    }


@op("simulate")
def simulate(asked):
    plan = asked["plan"]
    usage = Charge(
        UnitPrice(number(plan["overage_unit_price"])), number(plan.get("included_per_month", 0))
    )
    own = foreseen.Plan(
        number(plan["price"]),
        unit(plan),
        plan["billing"],
        Interval(plan["usage_interval"]),
        usage,
    )
    cycle = Cycle(day(asked["start_date"]), interval(plan))
    found = foreseen.forecast(own, cycle, numbers(asked["usage_by_period"]))
    return {
        "invoices": [
            {
                "date": one.on,
                "lines": [[text(line), line.amount] for line in one.lines],
                "total": one.total,
                "document": one.document and one.document.kind,
            }
            for one in found
        ]
    }


def text(line):
    """How the vectors name a line."""
    start, end = pair(line.service)
    return f"{line.kind} {start}..{end}" if line.units is None else f"{line.kind} {line.units}"
