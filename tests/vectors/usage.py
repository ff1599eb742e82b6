"""Operations on usage events: taking them in, adding them up, correcting and reconciling them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from tests import bare

bare.install()

from saas_business_management.kernel.metering import batch, correction, quantity  # noqa: E402
from saas_business_management.kernel.metering.aggregate import (  # noqa: E402
    Meter,
    measure,
    summary,
)
from saas_business_management.kernel.metering.event import Event  # noqa: E402
from saas_business_management.kernel.metering.judgement import Rules, Subscription  # noqa: E402
from saas_business_management.kernel.metering.ledger import Ledger  # noqa: E402
from saas_business_management.kernel.metering.reconciliation import Reconciliation  # noqa: E402
from saas_business_management.kernel.period import bounds, midnight, zone  # noqa: E402
from saas_business_management.kernel.quota.thresholds import course  # noqa: E402

from .reading import day, days, instant, number, numbers  # noqa: E402
from .registry import op  # noqa: E402

Asked = Mapping[str, Any]
NOW = "2025-03-10T12:00:00Z"
LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)
UTC = zone("UTC")
KNOWN = "SUB-1"
# Words of other products for kinds of meters.
KINDS = {"latest": "last", "avg": "average", "time_weighted_average": "time_weighted"}
FILLED = {"subscription_ref": KNOWN, "meter": "calls"}


def rules_of(asked: Asked, now: str, *known: str) -> Rules:
    """Read what is known at an instant."""
    span = asked.get("subscription")
    begin, end = [midnight(day(one), UTC) if one else None for one in span or (None, None)]
    there = {name: Subscription(begin or LONG_AGO, end) for name in (KNOWN, *known)}
    return Rules(instant(now), there, backfill=bool(asked.get("backfill")))


def receive(ledger: Ledger, asked: Asked) -> list[str]:
    """Take each event at the instant at which it came."""
    statuses: list[str] = []
    for one in asked["events"]:
        now = one.get("received", asked.get("now", NOW))
        sent = [{**FILLED, "ts": now, **one}]
        source = one.get("source", "app")
        statuses.extend(ledger.receive(sent, source, rules_of(asked, now)).statuses)
    return statuses


@op("ingest")
def ingested(asked: Asked) -> Any:
    """Take events in."""
    ledger = Ledger()
    return {
        "statuses": receive(ledger, asked),
        "stored": len(ledger.stored),
        "quarantined": len(ledger.quarantine),
        "sum": ledger.total,
    }


@op("ingest_then_fix")
def mended(asked: Asked) -> Any:
    """Take events in, map what was unknown, replay what waited."""
    ledger = Ledger()
    first = receive(ledger, asked)
    sent, meant = asked["fix"]["map"].split("->")
    rules = rules_of(asked, asked.get("now", NOW), meant)
    again = ledger.replay({sent: meant}, rules) if asked.get("replay") else None
    return {"first": first, "after_replay": again and again.statuses, "sum": ledger.total}


@op("ingest_count")
def counted(asked: Asked) -> Any:
    """Answer batches by their size."""
    return {"http_status": [batch.http_status(count) for count in asked["counts"]]}


def events_of(asked: Asked) -> list[Event]:
    """Read events that were taken, in their order."""
    return [
        Event(
            source=one.get("source", "app"),
            event_id=one.get("event_id", f"{place:06}"),
            subscription_ref=KNOWN,
            meter="calls",
            at=instant(one["ts"]) if "ts" in one else LONG_AGO,
            value=number(one.get("value", 1)),
            properties={name: str(value) for name, value in one.items()},
        )
        for place, one in enumerate(asked["events"])
    ]


@op("aggregate")
def aggregated(asked: Asked) -> Any:
    """Make one quantity of events, or of each kind where none is named."""
    events, told = events_of(asked), asked.get("unique_property", "")
    if "kind" not in asked:
        return summary(events, told)
    carry = asked.get("carry_forward", False)
    carries = carry if isinstance(carry, list) else [carry]
    where = zone(asked.get("timezone", "UTC"))
    within = bounds(days(asked["period"]), where) if "period" in asked else None
    previous = number(asked.get("previous_value", 0))
    kind = KINDS.get(asked["kind"], asked["kind"])
    found = [measure(Meter(kind, told, one), events, previous, within) for one in carries]
    quantities = [one.billable for one in found]
    return {
        "raw": found[0].raw,
        "billable": found[0].billable,
        "carried_to_next_period": found[0].carried,
        "quantity": quantities if isinstance(carry, list) else quantities[0],
    }


@op("correct_repeat")
def corrected_often(asked: Asked) -> Any:
    """Amend an event with the same correction several times."""
    history = correction.record(events_of({"events": [asked["event"]]})[0])
    for _time in range(asked["times"]):
        history = correction.amend(history, asked["correction_id"], number(asked["new_value"]))
    return {"active_value": history.active, "versions": history.versions}


def amended(asked: Asked) -> dict[str, Any]:
    """Amend an event."""
    known = correction.record(events_of({"events": [asked["event"]]})[0])
    history = correction.amend(known, "c1", number(asked["new_value"]))
    return {
        "active_value": history.active,
        "versions": history.versions,
        "sum_change": history.change,
    }


@op("reconcile")
def reconciled(asked: Asked) -> Any:
    """Compare what came in with what became of it."""
    names = ("accepted", "billed", "included", "late_pending", "voided", "unbilled_by_policy")
    found = Reconciliation(*[number(asked.get(f"{name}_units", 0)) for name in names])
    return {"variance_units": whole(found.variance), "ok": found.ok}


def whole(found: Decimal) -> int | Decimal:
    """Return a whole number as one."""
    return int(found) if quantity.written(found).lstrip("-").isdigit() else found


@op("alerts")
def alerted(asked: Asked) -> Any:
    """Tell what a growing use fires."""
    used = numbers(asked["cumulative_usage"])
    quota = None if asked["quota"] is None else number(asked["quota"])
    return {"fired": course(used, quota, asked["thresholds_percent"])}
