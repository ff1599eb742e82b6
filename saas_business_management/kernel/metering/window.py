"""The days of usage: which local day an instant of use belongs to.

Owns: the day of a bucket in the billing zone. Does not own: periods of a subscription
(`kernel/period.py`, `kernel/billing`), the bucket's row.

A period of billing begins at a local midnight, so buckets of local days never lie in two periods.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from ..period import local_day
from .event import Event


@dataclass(frozen=True, order=True)
class Window:
    """One day of one meter of one subscription: the key of a bucket."""

    subscription_ref: str
    meter: str
    day: date


def window_of(event: Event, where: ZoneInfo) -> Window:
    """Return the bucket that an event falls into, by the calendar of the billing zone."""
    return Window(event.subscription_ref, event.meter, local_day(event.at, where))


def by_window(events: Iterable[Event], where: ZoneInfo) -> Mapping[Window, tuple[Event, ...]]:
    """Return the events of each bucket, in the order in which they came."""
    found: dict[Window, list[Event]] = defaultdict(list)
    for event in events:
        found[window_of(event, where)].append(event)
    return {window: tuple(inside) for window, inside in sorted(found.items())}
