"""What is usual for a tenant at this hour of the week, and whether a figure is far from it.

Owns: the median of the same hour of the week over four weeks, the borders of "far". Does not own:
the samples (`models/saas_metric*.py`), what is done about it.

Hours of the week are counted in UTC. With too little history nothing is usual and nothing is far.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

WEEKS = 4
# Fewer weeks than these say nothing about a week.
LEAST_WEEKS = 2
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)

USUAL = "usual"
HIGH = "high"
LOW = "low"
UNKNOWN = "unknown"
# What doubled is far; half is far the other way.
FAR = 2.0


def hours(at: datetime) -> list[tuple[datetime, datetime]]:
    """Return the same hour of the week in the four weeks before, newest first, half-open."""
    start = at.replace(minute=0, second=0, microsecond=0)
    return [(start - week * WEEK, start - week * WEEK + HOUR) for week in range(1, WEEKS + 1)]


def usual(samples: Iterable[tuple[datetime, float]], at: datetime) -> float | None:
    """Return the median over the weeks of what each had at this hour; None with too little.

    A week counts with the median of its own samples, so that one with many says no more.
    """
    found: dict[datetime, list[float]] = {start: [] for start, _end in hours(at)}
    for when, value in samples:
        hour = when.replace(minute=0, second=0, microsecond=0)
        if hour in found:
            found[hour].append(value)
    weeks = [median(values) for values in found.values() if values]
    return median(weeks) if len(weeks) >= LEAST_WEEKS else None


def deviation(
    value: float | None, before: float | None, *, least: float = 0.0, far: float = FAR
) -> str:
    """Return how a figure stands to what is usual; `least` is a difference nobody minds."""
    if value is None or before is None:
        return UNKNOWN
    if abs(value - before) <= least:
        return USUAL
    if value >= far * before:
        return HIGH
    return LOW if value * far <= before else USUAL


def times(value: float | None, before: float | None) -> float | None:
    """Return how many times the usual a figure is; None where that cannot be said."""
    if value is None or not before:
        return None
    return value / before
