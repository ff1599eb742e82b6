"""How long it took: until an incident was found, taken up and over; and whether it came back.

Owns: these figures. Does not own: the moments (`models/saas_incident.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

RECURS_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Times:
    """Seconds from the beginning until it was found, from there until somebody took it up, and
    from the beginning until it was over; None for what did not happen.
    """

    detect: int | None
    acknowledge: int | None
    recover: int | None


def times(
    started: datetime,
    detected: datetime | None,
    acknowledged: datetime | None,
    resolved: datetime | None,
) -> Times:
    """Return the times of one incident; instants are aware. A moment before another is no time."""
    return Times(
        _seconds(started, detected),
        _seconds(detected, acknowledged),
        _seconds(started, resolved),
    )


def mean(seconds: Iterable[int | None]) -> int | None:
    """Return the mean of what is known, in whole seconds; None when nothing is."""
    known = [one for one in seconds if one is not None]
    return sum(known) // len(known) if known else None


@dataclass(frozen=True)
class Past:
    """An incident that was: its rules, the words of its cause, when it began."""

    number: int
    rules: frozenset[int]
    cause: str
    started: datetime


def recurrences(one: Past, others: Iterable[Past]) -> tuple[int, ...]:
    """Return the earlier incidents that this one repeats, the newest first.

    Same rule or same cause, begun at most 30 days before. An empty cause is like no other.
    """
    found = [
        other
        for other in others
        if other.number != one.number
        and timedelta(0) <= one.started - other.started <= RECURS_WITHIN
        and (one.rules & other.rules or _same_cause(one.cause, other.cause))
    ]
    return tuple(other.number for other in sorted(found, key=_newest_first))


def _newest_first(one: Past) -> tuple[float, int]:
    return -one.started.timestamp(), -one.number


def _same_cause(one: str, other: str) -> bool:
    words = " ".join(one.split()).casefold()
    return bool(words) and words == " ".join(other.split()).casefold()


def _seconds(begin: datetime | None, end: datetime | None) -> int | None:
    if begin is None or end is None:
        return None
    return max(0, int((end - begin).total_seconds()))
