"""On which day a use reaches its limit, if it goes on like this.

Owns: a straight line through what was used by day. Does not own: the days, the limit.

It says nothing where a line would be a guess: with too few days, with use that does not grow, or
when the day lies more than a year ahead or beyond the period.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from ..money import Number, exact

LEAST_DAYS = 5
LOOKED_DAYS = 30
FARTHEST = 366


def level_reaches(by_day: Mapping[date, Number], limit: Decimal | None, today: date) -> date | None:
    """Return the day on which a level reaches its limit; None when that cannot be said.

    `by_day` maps days to the level of each; days without a reading are left out.
    """
    days = _recent(by_day, today)
    if limit is None or len(days) < LEAST_DAYS:
        return None
    slope = _slope([((day - today).days, exact(by_day[day])) for day in days])
    room = exact(limit) - exact(by_day[days[-1]])
    return _day_ahead(room, slope, today)


def count_reaches(
    by_day: Mapping[date, Number], used: Number, limit: Decimal | None, today: date, end: date
) -> date | None:
    """Return the day before `end`, the first of the next period, on which a count of the period
    reaches its limit; None when it does not, or that cannot be said.

    `by_day` maps days to what was counted on each, today's not among the ones that are looked at:
    it is not over.
    """
    days = [day for day in _recent(by_day, today) if day < today]
    if limit is None or len(days) < LEAST_DAYS:
        return None
    a_day = sum(exact(by_day[day]) for day in days) / len(days)
    found = _day_ahead(exact(limit) - exact(used), a_day, today)
    return found if found and found < end else None


def _recent(by_day: Mapping[date, Number], today: date) -> list[date]:
    oldest = today - timedelta(days=LOOKED_DAYS)
    return sorted(day for day in by_day if oldest <= day <= today)


def _slope(points: list[tuple[int, Fraction]]) -> Fraction:
    """Return the growth a day of the line with the least squares through the points."""
    count = len(points)
    mean_x = Fraction(sum(x for x, _y in points), count)
    mean_y = sum(y for _x, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _y in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread


def _day_ahead(room: Fraction, a_day: Fraction, today: date) -> date | None:
    """Return the day on which so much room is gone; None where it is gone already, or hardly ever
    will be.
    """
    if room <= 0 or a_day <= 0 or room / a_day > FARTHEST:
        return None
    return today + timedelta(days=(room / a_day).__ceil__())
