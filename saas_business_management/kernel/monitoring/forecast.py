"""When free space will be used up: a straight line through what was free.

Owns: the line, what may be told of it. Does not own: readings.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

# A line through less time says nothing about days to come.
LEAST = timedelta(hours=6)
LEAST_POINTS = 6
MOST_DAYS = 3650.0
DAY_SECONDS = 86400.0


def days_until_full(free: Sequence[tuple[datetime, float]], now: datetime) -> float | None:
    """Return in how many days nothing is free any more, by the readings `(at, bytes)`.

    None when there are too few of them; `MOST_DAYS` when space does not shrink; 0 when nothing is
    free by the line already.
    """
    if len(free) < LEAST_POINTS or free[-1][0] - free[0][0] < LEAST:
        return None
    times = [(at - now).total_seconds() / DAY_SECONDS for at, _bytes in free]
    values = [float(one) for _at, one in free]
    middle, level = sum(times) / len(times), sum(values) / len(values)
    spread = sum((one - middle) ** 2 for one in times)
    slope = (
        sum((one - middle) * (value - level) for one, value in zip(times, values, strict=True))
        / spread
    )
    if slope >= 0:
        return MOST_DAYS
    here = level - slope * middle
    return min(max(here / -slope, 0.0), MOST_DAYS)
