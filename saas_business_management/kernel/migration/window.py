"""When tenants may be changed: hours of the week by the clock of the tenant, less days of freeze.

Owns: the next open time, days on which the clocks change. Does not own: which windows hold for a
tenant (records), the clock.

Where an hour does not exist or comes twice, an open time is never longer than the wall clock says:
it opens at the later, closes at the earlier of both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from ..errors import Refused
from ..period import local_day, midnight

DAY_MINUTES = 24 * 60
# Nobody waits longer: what opens later is told as never.
HORIZON_DAYS = 400
NEAR_DAYS = 31
_DAY = timedelta(days=1)

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Window:
    """Open on these weekdays (0 = Monday) from `opens` to `closes`, minutes of the day.

    A closing that is not after the opening is on the next day.
    """

    weekdays: frozenset[int]
    opens: int
    closes: int

    def __post_init__(self) -> None:
        """Refuse hours that no day has.

        Raises: Refused (`window_hours`, `window_weekdays`).
        """
        if not 0 <= self.opens < DAY_MINUTES or not 0 <= self.closes <= DAY_MINUTES:
            raise Refused("window_hours")
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            raise Refused("window_weekdays")


@dataclass(frozen=True)
class Freeze:
    """Nothing is changed from `first` to `last`, both included; `yearly` = again each year."""

    first: date
    last: date
    yearly: bool = False

    def __post_init__(self) -> None:
        """Refuse days that run backwards, or a freeze that never ends.

        Raises: Refused (`freeze_days`).
        """
        if self.last < self.first or (self.yearly and (self.last - self.first).days > 360):
            raise Refused("freeze_days")


def next_open(
    windows: Iterable[Window], freezes: Iterable[Freeze], where: tzinfo, at: datetime
) -> tuple[datetime, datetime | None] | None:
    """Return the open time that `at` lies in, from `at`, or else the first one after it, in UTC.

    Without windows it is open whenever there is no freeze; then the end is None when no freeze is
    near. None when nothing opens within 400 days.
    """
    windows, freezes = list(windows), list(freezes)
    now = at.astimezone(timezone.utc)
    for days in (NEAR_DAYS, HORIZON_DAYS):
        until = now + timedelta(days=days)
        closed = list(_frozen(freezes, where, now, until))
        spans = _spans(windows, where, now, until) if windows else [(now, until)]
        for start, end in _without(_joined(spans), _joined(closed)):
            if end > now and (end < until or days == HORIZON_DAYS):
                return max(start, now), None if not windows and end >= until else end
    return None


def _spans(
    windows: Iterable[Window], where: tzinfo, since: datetime, until: datetime
) -> Iterator[Span]:
    day, last = local_day(since, where) - _DAY, local_day(until, where)
    while day <= last:
        for window in windows:
            if day.weekday() in window.weekdays:
                yield from _span(window, day, where, until)
        day += _DAY


def _span(window: Window, day: date, where: tzinfo, until: datetime) -> Iterator[Span]:
    start = _instants(day, window.opens, where)[-1]
    over = day if window.closes > window.opens else day + _DAY
    ends = [one for one in _instants(over, window.closes, where) if one > start]
    if ends and start < until:
        yield start, min(ends[0], until)


def _instants(day: date, minute: int, where: tzinfo) -> list[datetime]:
    """Return the instants at which the clock shows this, in order; where the clock passes over
    it, the one at which it does.
    """
    if minute == DAY_MINUTES:
        day, minute = day + _DAY, 0
    wall = datetime.combine(day, time(minute // 60, minute % 60))
    found = sorted(
        {wall.replace(tzinfo=where, fold=fold).astimezone(timezone.utc) for fold in (0, 1)}
    )
    shown = [one for one in found if one.astimezone(where).replace(tzinfo=None) == wall]
    return shown or [_jump(found[0], found[-1], where)]


def _jump(before: datetime, after: datetime, where: tzinfo) -> datetime:
    """Return the second between two instants at which the clock jumps."""
    old = before.astimezone(where).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(where).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _frozen(
    freezes: Iterable[Freeze], where: tzinfo, since: datetime, until: datetime
) -> Iterator[Span]:
    for freeze in freezes:
        length = freeze.last - freeze.first
        years = (
            range(since.year - 2, until.year + 2)
            if freeze.yearly
            else range(freeze.first.year, freeze.first.year + 1)
        )
        for year in years:
            first = _in_year(freeze.first, year)
            start, end = midnight(first, where), midnight(first + length + _DAY, where)
            if end > since and start < until:
                yield start.astimezone(timezone.utc), end.astimezone(timezone.utc)


def _in_year(day: date, year: int) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return date(year, 2, 28) if leap_day and not _is_leap(year) else day.replace(year=year)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as spans in order that do not touch."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _without(spans: Iterable[Span], holes: list[Span]) -> Iterator[Span]:
    for start, end in spans:
        for hole_start, hole_end in holes:
            if hole_end <= start or hole_start >= end:
                continue
            if hole_start > start:
                yield start, hole_start
            start = hole_end
        if start < end:
            yield start, end
