"""What became of each of the last days: the strip of a tenant's backups, one cell a day.

Owns: which day an attempt belongs to, what a day may be called. Does not own: the attempts (rows),
turns (`schedule.py`), words, colours and links (glue).

A cell is never stored: it is computed from attempts and their checks whenever somebody looks.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import takewhile

from .evidence import FAILED as CHECK_FAILED
from .evidence import PASSED, PROVEN_FROM, Check, newest_check
from .schedule import Schedule, turns

DAYS = 14
# An interval that ends in the first day may have begun as long before it.
LOOK_BACK = timedelta(days=2)

PROVEN, STORED, MISSED, FAILED, NOT_DUE = "proven", "stored", "missed", "failed", "not_due"
STATES = (PROVEN, STORED, MISSED, FAILED, NOT_DUE)
RUNNING, KEPT, GONE, BROKE = "running", "kept", "gone", "broke"


@dataclass(frozen=True)
class Attempt:
    """One try to make a backup: `running`, `kept`, `gone` (it was kept and is deleted by now) or
    `broke`. Instants are aware; `taken_at` is there once it was stored."""

    state: str
    begun_at: datetime
    taken_at: datetime | None = None
    checks: tuple[Check, ...] = ()

    @property
    def at(self) -> datetime:
        """The instant that tells its day: what it shows, else when it began."""
        return self.taken_at or self.begun_at

    @property
    def is_damaged(self) -> bool:
        """Whether it was stored and its newest check failed."""
        newest = newest_check(self.checks)
        return self.taken_at is not None and bool(newest and newest.outcome == CHECK_FAILED)

    @property
    def is_good(self) -> bool:
        """Whether it was stored and nothing speaks against it."""
        return self.state in (KEPT, GONE) and self.taken_at is not None and not self.is_damaged

    @property
    def proof(self) -> Check | None:
        """The newest check that restored it; None while it is damaged, or without one."""
        passed = (one for one in self.checks if one.outcome == PASSED and one.level >= PROVEN_FROM)
        return newest_check(passed) if self.is_good else None


@dataclass(frozen=True)
class Cell:
    """One day. `turns` are those that had come by now, `stored` how many good backups it has;
    the instants are those of the newest good backup, its newest proof and the newest failure."""

    day: date
    state: str
    turns: int = 0
    stored: int = 0
    stored_at: datetime | None = None
    proven_at: datetime | None = None
    failed_at: datetime | None = None
    is_running: bool = False
    is_gone: bool = False


@dataclass(frozen=True)
class Plan:
    """What a tenant should have: its schedule (None when no policy counts), the zone of its days,
    its name in turns, since when something can be missing."""

    schedule: Schedule | None
    zone: tzinfo
    key: str = ""
    since_at: datetime | None = None


def strip(
    plan: Plan, attempts: Iterable[Attempt], now: datetime, days: int = DAYS
) -> tuple[Cell, ...]:
    """Return one cell for each of the last days, today as the last.

    Proven: a good backup of that day was restored. Stored: there is a good one. Failed: none is
    good, and one broke or is damaged. Missed: nothing was made though its turn had come, or, where
    several are due in a day, they lay further apart than a gap. Not due: nothing had to be made.
    """
    told = sorted(attempts, key=lambda one: one.at)
    by_day: dict[date, list[Attempt]] = defaultdict(list)
    for one in told:
        by_day[one.at.astimezone(plan.zone).date()].append(one)
    today = now.astimezone(plan.zone).date()
    shown = [today - timedelta(days=back) for back in reversed(range(days))]
    due = _due(plan, shown[0], now)
    holes = _holes(plan, told, now)
    return tuple(_cell(plan.zone, day, due[day], by_day[day], holes) for day in shown)


def starts_at(day: date, zone: tzinfo) -> datetime:
    """Return when a day begins in a zone."""
    return datetime.combine(day, time(), tzinfo=zone)


def _due(plan: Plan, first: date, now: datetime) -> Counter[date]:
    """Count the turns that had come by now, by day; one that came just now is not late yet."""
    if plan.schedule is None or plan.since_at is None:
        return Counter()
    after = max(starts_at(first, plan.zone) - timedelta(seconds=1), plan.since_at)
    until = now - plan.schedule.pause
    come = takewhile(lambda turn: turn <= until, turns(plan.schedule, plan.zone, plan.key, after))
    return Counter(turn.astimezone(plan.zone).date() for turn in come)


def _holes(plan: Plan, told: Sequence[Attempt], now: datetime) -> list[tuple[datetime, datetime]]:
    """Return the times in which the newest backup was older than a gap allows.

    Where one a day is due the days themselves tell it.
    """
    schedule = plan.schedule
    if schedule is None or plan.since_at is None or schedule.period >= timedelta(days=1):
        return []
    stored = [one.at for one in told if one.is_good]
    begins = sorted([plan.since_at, *stored])
    pairs = zip(begins, [*begins[1:], now], strict=True)
    late = ((begin + schedule.gap_limit, end) for begin, end in pairs)
    return [(begin, end) for begin, end in late if plan.since_at < begin < end]


def _cell(
    zone: tzinfo,
    day: date,
    due: int,
    ours: Sequence[Attempt],
    holes: Sequence[tuple[datetime, datetime]],
) -> Cell:
    good = [one for one in ours if one.is_good]
    bad = [one for one in ours if one.state == BROKE or one.is_damaged]
    proofs = [one.proof for one in good if one.proof]
    start, end = starts_at(day, zone), starts_at(day + timedelta(days=1), zone)
    is_holed = any(begin < end and start < until for begin, until in holes)
    return Cell(
        day=day,
        state=_state(bool(good), bool(proofs), bool(bad), is_holed or bool(due and not good)),
        turns=due,
        stored=len(good),
        stored_at=good[-1].at if good else None,
        proven_at=max((one.at for one in proofs), default=None),
        failed_at=bad[-1].at if bad else None,
        is_running=any(one.state == RUNNING for one in ours),
        is_gone=bool(good) and all(one.state == GONE for one in good),
    )


def _state(is_stored: bool, is_proven: bool, is_bad: bool, is_late: bool) -> str:
    if is_stored and not is_late:
        return PROVEN if is_proven else STORED
    if is_bad:
        return FAILED
    return MISSED if is_late else NOT_DUE
