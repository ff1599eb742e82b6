"""Whether an event counts: the one order in which an event is looked at.

Owns: the verdict over one event. Does not own: reading it (`event.py`), batches (`batch.py`), the
clock, finding what is known of it (the caller asks the database).

Identity comes before everything that time changes: what was taken once stays known, however old
it has become.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import status
from .event import Event

FUTURE = timedelta(minutes=5)
AGE = timedelta(days=35)


@dataclass(frozen=True)
class Subscription:
    """Where use may fall: half-open `[start_at, end_at)`, without an end while it runs.

    `closed_before` is the start of the oldest period that may still change: what falls before it
    waits for a person.
    """

    start_at: datetime
    end_at: datetime | None = None
    closed_before: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Tell whether an instant lies inside."""
        return self.start_at <= at and (self.end_at is None or at < self.end_at)


@dataclass(frozen=True)
class Rules:
    """What is known when a batch comes in.

    `subscriptions` by the reference that sources use, `meters` the codes in use (None: any),
    `allowed` the references this source may write for (None: any). `backfill`: a person approved
    that use older than 35 days comes in now.
    """

    now: datetime
    subscriptions: Mapping[str, Subscription]
    meters: frozenset[str] | None = None
    allowed: frozenset[str] | None = None
    backfill: bool = False


def judge(event: Event, known_digest: str | None, rules: Rules) -> str:
    """Return the status of an event; `known_digest` is that of the event of its identity."""
    if event.at > rules.now + FUTURE:
        return status.REJECTED_FUTURE
    if rules.allowed is not None and event.subscription_ref not in rules.allowed:
        return status.REJECTED_FORBIDDEN
    if known_digest is not None:
        return status.DUPLICATE if known_digest == event.digest else status.CONFLICT
    return next(
        (word for word, waits in _QUARANTINE.items() if waits(event, rules)), status.ACCEPTED
    )


def _unknown_subscription(event: Event, rules: Rules) -> bool:
    return event.subscription_ref not in rules.subscriptions


def _unknown_meter(event: Event, rules: Rules) -> bool:
    return rules.meters is not None and event.meter not in rules.meters


def _outside(event: Event, rules: Rules) -> bool:
    return not rules.subscriptions[event.subscription_ref].covers(event.at)


def _too_old(event: Event, rules: Rules) -> bool:
    return not rules.backfill and event.at < rules.now - AGE


def _closed(event: Event, rules: Rules) -> bool:
    border = rules.subscriptions[event.subscription_ref].closed_before
    return border is not None and event.at < border


# In this order: the first that holds is the reason.
_QUARANTINE: dict[str, Callable[[Event, Rules], bool]] = {
    status.QUARANTINED_UNKNOWN_SUBSCRIPTION: _unknown_subscription,
    status.QUARANTINED_UNKNOWN_METER: _unknown_meter,
    status.QUARANTINED_OUT_OF_SUBSCRIPTION: _outside,
    status.QUARANTINED_TOO_OLD: _too_old,
    status.QUARANTINED_PERIOD_CLOSED: _closed,
}
