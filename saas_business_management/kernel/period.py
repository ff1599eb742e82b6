"""Days, periods of days, and the instants at which they begin and end in a zone.

Owns: half-open periods, months added to a day, local midnight. Does not own: how long a cycle is
and where it begins (`billing/`), the clock.

A period counts calendar days: a month with a change of the clocks has as many as any other.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import Refused

MONTHS = 12
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, order=True)
class Period:
    """Days from `start` to the day before `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse a period without a day.

        Raises: Refused (`period_reversed`).
        """
        if self.start >= self.end:
            raise Refused("period_reversed", start=self.start, end=self.end)

    @property
    def length(self) -> int:
        """How many days."""
        return (self.end - self.start).days

    def until(self, day: date) -> int:
        """Return how many of the days come before a day; it may be the end.

        Raises: Refused (`outside_period`).
        """
        _inside(self, day)
        return (day - self.start).days

    def holds(self, day: date) -> bool:
        """Tell whether a day is one of them."""
        return self.start <= day < self.end

    def covers(self, other: Period) -> bool:
        """Tell whether every day of the other is one of them."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, order=True)
class Bounds:
    """Time from the instant `start` to just before the instant `end`; both aware, kept in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse naive instants and time that runs backwards.

        Raises: Refused (`instant_naive`, `period_reversed`).
        """
        object.__setattr__(self, "start", in_utc(self.start))
        object.__setattr__(self, "end", in_utc(self.end))
        if self.start >= self.end:
            raise Refused("period_reversed", start=self.start, end=self.end)

    @property
    def length(self) -> int:
        """How many microseconds."""
        return (self.end - self.start) // _MICROSECOND

    def until(self, instant: datetime) -> int:
        """Return how many of the microseconds come before an instant; it may be the end.

        Raises: Refused (`instant_naive`, `outside_period`).
        """
        at = in_utc(instant)
        _inside(self, at)
        return (at - self.start) // _MICROSECOND

    def holds(self, instant: datetime) -> bool:
        """Tell whether an instant lies inside.

        Raises: Refused (`instant_naive`).
        """
        return self.start <= in_utc(instant) < self.end

    def covers(self, other: Bounds) -> bool:
        """Tell whether the other lies inside."""
        return self.start <= other.start and other.end <= self.end


def zone(name: str) -> ZoneInfo:
    """Return a time zone by its name in the IANA database.

    Raises: Refused (`timezone_unknown`).
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused("timezone_unknown", name=name) from error


def in_utc(instant: datetime) -> datetime:
    """Return an aware instant in UTC.

    Raises: Refused (`instant_naive`).
    """
    if instant.tzinfo is None:
        raise Refused("instant_naive", instant=instant.isoformat())
    return instant.astimezone(timezone.utc)


def midnight(day: date, where: tzinfo) -> datetime:
    """Return the instant at which a day begins in a zone, in UTC.

    Where the clocks skip midnight the day begins when they jump; where they show it twice, at the
    first.
    """
    return datetime.combine(day, time(), where).astimezone(timezone.utc)


def local_day(instant: datetime, where: tzinfo) -> date:
    """Return the day that the calendar of a zone shows at an instant.

    Raises: Refused (`instant_naive`).
    """
    return in_utc(instant).astimezone(where).date()


def bounds(period: Period, where: tzinfo, follows: datetime | None = None) -> Bounds:
    """Return the instants of a period of days in a zone.

    `follows` is the end of the period before it: after a change of the zone the next one begins
    there, so that nothing lies between them and nothing in both.

    Raises: Refused (`instant_naive`, `period_reversed`).
    """
    start = midnight(period.start, where) if follows is None else follows
    return Bounds(start, midnight(period.end, where))


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later, the last of the month where it has no such day."""
    count = day.year * MONTHS + day.month - 1 + months
    year, month = divmod(count, MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _inside(span: Period | Bounds, at: date) -> None:
    if not span.start <= at <= span.end:
        raise Refused("outside_period", at=at, start=span.start, end=span.end)
