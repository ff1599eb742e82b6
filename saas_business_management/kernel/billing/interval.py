"""How long a cycle is: weeks, months, quarters, half-years or years, times a count.

Owns: adding intervals to a day, where the calendar begins one, what fits into what. Does not own:
the anchor (`cycle.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from ..errors import Refused
from ..period import MONTHS, add_months

WEEK, MONTH, QUARTER, HALF_YEAR, YEAR = "week", "month", "quarter", "half_year", "year"
_MONTHS = {MONTH: 1, QUARTER: 3, HALF_YEAR: 6, YEAR: MONTHS}
UNITS = (WEEK, *_MONTHS)
WEEKS_A_YEAR = 52
DAYS_A_WEEK = 7
MOST_YEARS = 10


@dataclass(frozen=True)
class Interval:
    """So many of a unit, together ten years at most."""

    unit: str
    count: int = 1

    def __post_init__(self) -> None:
        """Refuse units that nobody knows, and counts out of range.

        Raises: Refused (`interval_unknown`, `interval_count`).
        """
        if self.unit not in UNITS:
            raise Refused("interval_unknown", unit=self.unit)
        most = int(MOST_YEARS * Interval._a_year(self.unit))
        whole = isinstance(self.count, int) and not isinstance(self.count, bool)
        if not whole or not 1 <= self.count <= most:
            raise Refused("interval_count", count=self.count, most=most)

    @property
    def per_year(self) -> Fraction:
        """How many of them a year is counted as: a year has 12 months or 52 weeks."""
        return Interval._a_year(self.unit) / self.count

    def after(self, anchor: date, number: int) -> date:
        """Return the day so many intervals after the anchor; clipped to the month, never chained.

        Raises: Refused (`date_range`) where the calendar ends.
        """
        try:
            if self.unit == WEEK:
                return anchor + timedelta(days=DAYS_A_WEEK * self.count * number)
            return add_months(anchor, _MONTHS[self.unit] * self.count * number)
        except (ValueError, OverflowError) as error:
            raise Refused("date_range", start=anchor) from error

    def count_until(self, anchor: date, day: date) -> int:
        """Return how many whole intervals lie between the anchor and a later day."""
        if self.unit == WEEK:
            return (day - anchor).days // (DAYS_A_WEEK * self.count)
        months = (day.year - anchor.year) * MONTHS + day.month - anchor.month
        number = months // (_MONTHS[self.unit] * self.count)
        return number if self.after(anchor, number) <= day else number - 1

    def next_calendar_start(self, day: date) -> date:
        """Return the first Monday, 1st, or begin of a quarter, half-year, year from a day on."""
        if self.unit == WEEK:
            return day + timedelta(days=-day.weekday() % DAYS_A_WEEK)
        span = _MONTHS[self.unit]
        begin = date(day.year, (day.month - 1) // span * span + 1, 1)
        return begin if begin == day else add_months(begin, span)

    def divides(self, other: Interval) -> bool:
        """Tell whether a whole number of these makes one of the other."""
        if (self.unit == WEEK) != (other.unit == WEEK):
            return False
        return (self.per_year / other.per_year).denominator == 1

    @staticmethod
    def _a_year(unit: str) -> Fraction:
        return Fraction(WEEKS_A_YEAR if unit == WEEK else MONTHS // _MONTHS[unit])
