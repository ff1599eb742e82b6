"""What exactly a usage line was computed from.

Owns: which events belong to a run, its hash. Does not own: aggregating by other rules than the sum
(`metering`), the stored run (records).

A run names the end of its service and the instant before which its events had arrived. With both,
the same events are found again, and the line can be computed again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from ..money import Currency
from ..period import in_utc
from .arithmetic import plus
from .charge import Charge, rate
from .step import Rated


@dataclass(frozen=True)
class Arrival:
    """An event as it counts for billing: its name, value, when it happened (None where only the
    period is known) and when it was ingested."""

    event_id: str
    value: Decimal
    ingested_at: datetime
    happened_at: datetime | None = None


@dataclass(frozen=True)
class Snapshot:
    """The events of a run and what they cost; `left` are those that come too late for it."""

    events: tuple[str, ...]
    left: tuple[str, ...]
    rated: Rated
    digest: str


def snapshot(
    arrivals: Iterable[Arrival],
    service_to: datetime,
    ingested_before: datetime,
    charge: Charge,
    unit: Currency,
) -> Snapshot:
    """Return what a run is computed from. The digest does not depend on the order of events.

    Raises: Refused (`instant_naive`, and as `rate`).
    """
    end, limit = in_utc(service_to), in_utc(ingested_before)
    taken, left = [], []
    for one in arrivals:
        served = one.happened_at is None or in_utc(one.happened_at) < end
        (taken if served and in_utc(one.ingested_at) < limit else left).append(one)
    return Snapshot(
        events=tuple(one.event_id for one in taken),
        left=tuple(one.event_id for one in left),
        rated=rate(charge, plus(one.value for one in taken), unit),
        digest=_digest(taken, end, limit),
    )


def _digest(taken: Iterable[Arrival], end: datetime, limit: datetime) -> str:
    lines = sorted(f"{one.event_id!r} {one.value}" for one in taken)
    text = "\n".join([end.isoformat(), limit.isoformat(), *lines])
    return sha256(text.encode()).hexdigest()
