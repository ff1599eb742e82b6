"""On which day a cluster is full, if its use grows on as it did.

Owns: the line with the least squares through what was measured, how much history it needs. Does
not own: the samples, the limits.

It says nothing where a line would be a guess: too few days, no growth, or more than a year ahead.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

LEAST_DAYS = 7
FARTHEST = 366
DAY = 86_400.0
# A day counts with its highest figure: it is the peak that fills a limit.


def slope(points: Iterable[tuple[float, float]]) -> tuple[float, float] | None:
    """Return growth by x and the line at 0; None when all points have one x."""
    found = list(points)
    if len(found) < 2:
        return None
    mean_x = sum(x for x, _y in found) / len(found)
    mean_y = sum(y for _x, y in found) / len(found)
    spread = sum((x - mean_x) ** 2 for x, _y in found)
    if not spread:
        return None
    grows = sum((x - mean_x) * (y - mean_y) for x, y in found) / spread
    return grows, mean_y - grows * mean_x


def by_day(samples: Iterable[tuple[datetime, float]]) -> dict[date, float]:
    """Return the highest sample of each day."""
    days: dict[date, float] = {}
    for at, value in samples:
        days[at.date()] = max(value, days.get(at.date(), value))
    return days


def full_on(
    samples: Iterable[tuple[datetime, float]], limit: float | None, today: date
) -> date | None:
    """Return the day on which the limit is reached; today when it is reached already; None when
    that cannot be said or lies more than a year ahead.
    """
    days = by_day(samples)
    if limit is None or limit <= 0 or not days:
        return None
    newest = days[max(days)]
    if newest >= limit:
        return today
    line = slope(((day - today).days, value) for day, value in days.items())
    if len(days) < LEAST_DAYS or line is None or line[0] <= 0:
        return None
    ahead = max(0.0, (limit - max(line[1], newest)) / line[0])
    if ahead > FARTHEST:
        return None
    return today + timedelta(days=-int(-ahead // 1))
