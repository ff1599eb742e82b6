"""When a tenant is backed up.

Owns: the instants of a schedule, what is due, what is a gap. Does not own: the clock, limits of a
cluster (operations), what is kept (`retention.py`).

Each tenant has a turn of its own inside the window, told by a hash of its uuid, so that a fleet is
spread and a tenant stays where it is. Daily and weekly turns follow the calendar of a zone: one for
each of its days, also when a clock is put forward or back, always inside the window. Every n hours
means n hours, whatever the clocks of a zone do.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from itertools import takewhile

from ..errors import Refused

HOURS, DAILY, WEEKLY = "hours", "daily", "weekly"
UNITS = (HOURS, DAILY, WEEKLY)
DAY_MINUTES = 24 * 60
GAP_FACTOR = 1.5
_EPOCH = datetime(2020, 1, 6, tzinfo=timezone.utc)
_PERIODS = {HOURS: timedelta(hours=1), DAILY: timedelta(days=1), WEEKLY: timedelta(weeks=1)}
_STEPS = {DAILY: 1, WEEKLY: 7}
_LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class Schedule:
    """Every `every` hours, every day, or every week on `weekday` (0 = Monday).

    The window of daily and weekly turns goes from `start_minute` to `end_minute` of the day; when
    it ends before it starts it ends on the next day, and two equal ends are a whole day.
    """

    unit: str = DAILY
    every: int = 1
    weekday: int = 0
    start_minute: int = 0
    end_minute: int = 6 * 60

    def __post_init__(self) -> None:
        """Refuse what is no schedule.

        Raises: Refused (`backup_schedule_unit`, `backup_schedule_hours`,
        `backup_schedule_weekday`, `backup_schedule_window`).
        """
        if self.unit not in UNITS:
            raise Refused("backup_schedule_unit", unit=self.unit)
        if not 1 <= self.every <= 24:
            raise Refused("backup_schedule_hours", hours=self.every)
        if not 0 <= self.weekday <= 6:
            raise Refused("backup_schedule_weekday", weekday=self.weekday)
        for minute in (self.start_minute, self.end_minute):
            if not 0 <= minute < DAY_MINUTES:
                raise Refused("backup_schedule_window", minute=minute)

    @property
    def period(self) -> timedelta:
        """The usual time from one backup to the next."""
        return _PERIODS[self.unit] * (self.every if self.unit == HOURS else 1)

    @property
    def gap_limit(self) -> timedelta:
        """How old the newest backup may grow before it is a gap."""
        return self.period * GAP_FACTOR

    @property
    def pause(self) -> timedelta:
        """How long a turn waits after a try that failed, and may be late before it is missed."""
        return min(self.period / 4, _LONGEST_PAUSE)


@dataclass(frozen=True)
class Made:
    """What was done for a tenant: since when the schedule counts for it, when the snapshot of its
    newest stored backup was taken, when the last try began. All are aware."""

    since_at: datetime
    stored_at: datetime | None = None
    tried_at: datetime | None = None

    @property
    def fresh_at(self) -> datetime:
        """The instant up to which nothing is missing."""
        return max(self.since_at, self.stored_at) if self.stored_at else self.since_at


def share(key: str) -> float:
    """Return where in a window a name has its turn: at least 0, below 1, always the same."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") / 2**64


def turns(schedule: Schedule, zone: tzinfo, key: str, after: datetime) -> Iterator[datetime]:
    """Yield the turns of a name after an instant, in order, without end, in UTC."""
    if schedule.unit == HOURS:
        yield from _steady(schedule, key, after)
    else:
        yield from _by_calendar(schedule, zone, key, after)


def next_turn(schedule: Schedule, zone: tzinfo, key: str, after: datetime) -> datetime:
    """Return the first turn after an instant, in UTC."""
    return next(turns(schedule, zone, key, after))


def last_turn(schedule: Schedule, zone: tzinfo, key: str, at: datetime) -> datetime:
    """Return the latest turn at or before an instant, in UTC."""
    early = (
        at - 2 * schedule.period - (timedelta(days=2) if schedule.unit != HOURS else timedelta())
    )
    return [*takewhile(lambda one: one <= at, turns(schedule, zone, key, early))][-1]


def is_due(schedule: Schedule, zone: tzinfo, key: str, made: Made, now: datetime) -> bool:
    """Tell whether a backup has to be begun now.

    A turn that nobody kept stays due. One that was tried and failed is tried again after a
    quarter of the period, at most an hour.
    """
    turn = last_turn(schedule, zone, key, now)
    if turn <= made.fresh_at:
        return False
    return made.tried_at is None or made.tried_at < turn or now - made.tried_at >= schedule.pause


def next_due(schedule: Schedule, zone: tzinfo, key: str, made: Made, now: datetime) -> datetime:
    """Return when the next backup is begun: now when its turn was missed, else its turn."""
    turn = last_turn(schedule, zone, key, now)
    return now if turn > made.fresh_at else next_turn(schedule, zone, key, now)


def is_gap(schedule: Schedule, made: Made, now: datetime) -> bool:
    """Tell whether the newest backup is older than half as long again as the schedule allows.

    For a tenant without any, its age counts since the schedule counts for it.
    """
    return now - made.fresh_at > schedule.gap_limit


def _steady(schedule: Schedule, key: str, after: datetime) -> Iterator[datetime]:
    period = schedule.period
    first = _whole_seconds(_EPOCH + period * share(key))
    turn = first + ((after - first) // period + 1) * period
    while True:
        yield turn
        turn += period


def _by_calendar(schedule: Schedule, zone: tzinfo, key: str, after: datetime) -> Iterator[datetime]:
    step = _STEPS[schedule.unit]
    day = after.astimezone(zone).date() - timedelta(days=step + 1)
    if schedule.unit == WEEKLY:
        day += timedelta(days=(schedule.weekday - day.weekday()) % 7)
    while True:
        turn = _turn_of(schedule, zone, key, day)
        if turn > after:
            yield turn
            after = turn
        day += timedelta(days=step)


def _turn_of(schedule: Schedule, zone: tzinfo, key: str, day: date) -> datetime:
    """Return the turn of one day.

    Both ends are looked up as instants first: what lies between them is inside the window however
    long that is on this day. Of a start that comes twice the second counts, of an end the first:
    in between the wall clock would leave the window again.
    """
    start, end = schedule.start_minute, schedule.end_minute
    if end <= start:
        end += DAY_MINUTES
    _early, begins = _instants(day, start, zone)
    ends = min(one for one in _instants(day, end, zone) if one >= begins)
    return _whole_seconds(begins + (ends - begins) * share(key))


def _instants(day: date, minute: int, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when a time of the wall clock comes first and last; mostly that is the same.

    One that is left out comes when the clock is put forward.
    Source: PEP 495.
    """
    days, rest = divmod(minute, DAY_MINUTES)
    wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), tzinfo=zone)
    first, second = (wall.replace(fold=fold).astimezone(timezone.utc) for fold in (0, 1))
    if first > second:
        first = second = _change_between(second, first, zone)
    return first, second


def _change_between(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return the second at which a zone's clock is put forward between two instants."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def _whole_seconds(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
