"""Which backups of a tenant are kept, and why.

Owns: the rule, its guards, what expires and what is deleted. Does not own: deleting (operations),
when backups are made (`schedule.py`), what proves one (`evidence.py`).

Copies stand in the order of their recorded completion; the calendar day of a copy is that of its
snapshot in the tenant's zone. The last n days are days *that have a backup*: whoever stopped being
backed up keeps what he has. Deciding twice gives the same answer.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta, tzinfo

from ..errors import Refused

LAST, DAY, WEEK, MONTH, YEAR = "last", "daily", "weekly", "monthly", "yearly"
YOUNG = "young"
PINNED, LEGAL_HOLD, PROMISED = "pinned", "legal_hold", "promised"
NEWEST_VERIFIED, REDUNDANCY = "newest_verified", "redundancy"
FAILING, UNPROVEN = "failing", "unproven"
# Nothing goes while these are so; they bring nothing back either.
STANDSTILL = (FAILING, UNPROVEN)
MOST = 3660
# What in a rule keeps something.
KEEPING = ("last", "daily", "weekly", "monthly", "yearly", "age_days")


@dataclass(frozen=True)
class Rule:
    """How many to keep: the newest `last`, the newest of so many days, weeks, months, years, and
    everything that was completed in the last `age_days`.

    `redundancy` verified ones always stay; what expires can be restored for `grace_days`.
    """

    last: int = 0
    daily: int = 0
    weekly: int = 0
    monthly: int = 0
    yearly: int = 0
    age_days: int = 0
    redundancy: int = 2
    grace_days: int = 7

    def __post_init__(self) -> None:
        """Refuse what keeps nothing.

        Raises: Refused (`backup_retention_number`, `backup_retention_nothing`).
        """
        for one in fields(self):
            if not 0 <= getattr(self, one.name) <= MOST:
                raise Refused("backup_retention_number", number=getattr(self, one.name), most=MOST)
        if not any(getattr(self, name) for name in KEEPING):
            raise Refused("backup_retention_nothing")
        if self.redundancy < 1:
            raise Refused("backup_retention_number", number=self.redundancy, most=MOST)


PRESETS = {
    "days_7": Rule(last=2, daily=7),
    "days_14": Rule(last=2, daily=14),
    "days_30": Rule(last=2, daily=30),
    "days_90": Rule(last=2, daily=90),
    "gfs": Rule(last=2, daily=7, weekly=4, monthly=3),
}


def promise(days: int, former: Iterable[Rule] = ()) -> Rule:
    """Return the rule for a tenant to whom no policy counts: so many days, by age.

    What was made under rules that counted once (`former`) stays at least as many days as the
    longest of them speaks of, with its redundancy and its grace.
    """
    former = [*former]
    reach = [one.daily + one.weekly * 7 + one.monthly * 31 + one.yearly * 366 for one in former]
    return Rule(
        last=max((one.last for one in former), default=0),
        age_days=min(max([days, *reach]), MOST),
        redundancy=max([Rule.redundancy, *(one.redundancy for one in former)]),
        grace_days=max([Rule.grace_days, *(one.grace_days for one in former)]),
    )


@dataclass(frozen=True)
class Copy:
    """One stored backup. `verified` = its newest check passed and read all of it at least.

    `promised_until` is an instant up to which a person or an undo was promised it;
    `expired_at` is set while it can still be restored but is on its way out.
    """

    key: str
    taken_at: datetime
    completed_at: datetime
    verified: bool = False
    pinned: bool = False
    legal_hold: bool = False
    promised_until: datetime | None = None
    expired_at: datetime | None = None


@dataclass(frozen=True)
class Reason:
    """Why a copy is kept: the code, the period it stands for (`2026-03-03`, `2026-W10`, `2026-03`,
    `2026`) and its place among those that are kept for it, the newest 1."""

    code: str
    period: str = ""
    place: int = 0


@dataclass(frozen=True)
class Verdict:
    """What becomes of each copy, by key. `kept` holds every copy that stays, with all its reasons;
    `revive` are those of them that had expired, `waiting` those whose grace is not over."""

    kept: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)
    expire: tuple[str, ...] = ()
    revive: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()


def decide_retention(
    copies: Iterable[Copy], rule: Rule, zone: tzinfo, now: datetime, failing: bool
) -> Verdict:
    """Decide about all copies of a tenant on one target that can still be restored.

    `failing` = the schedule has had no new success in time. Then, and while fewer than the
    redundancy are verified, nothing expires and nothing is deleted.
    """
    ordered = sorted(copies, key=lambda one: (one.completed_at, one.key), reverse=True)
    wanted = _wanted(ordered, rule, zone, now)
    blanket = _standstill(ordered, rule, failing)
    if blanket is not None:
        for copy in ordered:
            if not copy.expired_at:
                wanted.setdefault(copy.key, (blanket,))
    return Verdict(
        kept=wanted,
        revive=tuple(one.key for one in ordered if one.expired_at and one.key in wanted),
        **_leaving([one for one in ordered if one.key not in wanted], rule, now, blanket),
    )


def deletion_guards(
    copies: Iterable[Copy], key: str, rule: Rule, now: datetime
) -> tuple[Reason, ...]:
    """Return what forbids a person to delete a copy now; nothing means that it may go.

    Pins, holds and promises; the newest verified one; a verified one without which fewer than the
    redundancy would be left.
    """
    ordered = sorted(copies, key=lambda one: (one.completed_at, one.key), reverse=True)
    verified = [one.key for one in ordered if one.verified]
    always = (PINNED, LEGAL_HOLD, PROMISED, NEWEST_VERIFIED)
    told = [
        reason
        for copy, reason in _guarded(ordered, rule, now)
        if copy.key == key and reason.code in always
    ]
    if key in verified and len(verified) <= rule.redundancy:
        told.append(Reason(REDUNDANCY, place=verified.index(key) + 1))
    return tuple(told)


def foresee_retention(taken: Sequence[datetime], rule: Rule, zone: tzinfo) -> list[Copy]:
    """Return what a rule would keep of backups taken at these instants, the newest first."""
    copies = [Copy(str(place), at, at, verified=True) for place, at in enumerate(sorted(taken))]
    if not copies:
        return []
    now = copies[-1].completed_at
    kept = decide_retention(copies, rule, zone, now, failing=False).kept
    return [one for one in reversed(copies) if one.key in kept]


def preset_of(rule: Rule) -> str:
    """Return the preset whose numbers a rule has, empty when it has its own."""
    return next((name for name, one in PRESETS.items() if one == rule), "")


def _wanted(
    ordered: Sequence[Copy], rule: Rule, zone: tzinfo, now: datetime
) -> dict[str, tuple[Reason, ...]]:
    wanted: dict[str, tuple[Reason, ...]] = {}
    reasons = (
        *_guarded(ordered, rule, now),
        *_ruled(ordered, rule, zone),
        *_young(ordered, rule, now),
    )
    for copy, reason in reasons:
        wanted[copy.key] = (*wanted.get(copy.key, ()), reason)
    return wanted


def _guarded(ordered: Sequence[Copy], rule: Rule, now: datetime) -> Iterator[tuple[Copy, Reason]]:
    for copy in ordered:
        if copy.pinned:
            yield copy, Reason(PINNED)
        if copy.legal_hold:
            yield copy, Reason(LEGAL_HOLD)
        if copy.promised_until and now < copy.promised_until:
            yield copy, Reason(PROMISED, copy.promised_until.date().isoformat())
    verified = [one for one in ordered if one.verified][: rule.redundancy]
    for place, copy in enumerate(verified, 1):
        yield copy, Reason(NEWEST_VERIFIED if place == 1 else REDUNDANCY, place=place)


def _ruled(ordered: Sequence[Copy], rule: Rule, zone: tzinfo) -> Iterator[tuple[Copy, Reason]]:
    for place, copy in enumerate(ordered[: rule.last], 1):
        yield copy, Reason(LAST, place=place)
    for code, name in _PERIODS.items():
        count = getattr(rule, code)
        newest: dict[str, Copy] = {}
        for copy in ordered:
            newest.setdefault(name(copy.taken_at.astimezone(zone)), copy)
        for place, period in enumerate(sorted(newest, reverse=True)[:count], 1):
            yield newest[period], Reason(code, period, place)


def _young(ordered: Sequence[Copy], rule: Rule, now: datetime) -> Iterator[tuple[Copy, Reason]]:
    for copy in ordered if rule.age_days else ():
        until = copy.completed_at + timedelta(days=rule.age_days)
        if now < until:
            yield copy, Reason(YOUNG, until.date().isoformat())


def _standstill(ordered: Sequence[Copy], rule: Rule, failing: bool) -> Reason | None:
    if failing:
        return Reason(FAILING)
    verified = sum(one.verified for one in ordered)
    return Reason(UNPROVEN) if verified < rule.redundancy else None


def _leaving(
    unwanted: Sequence[Copy], rule: Rule, now: datetime, blanket: Reason | None
) -> dict[str, tuple[str, ...]]:
    grace = timedelta(days=rule.grace_days)
    over = {
        one.key: blanket is None and now >= one.expired_at + grace
        for one in unwanted
        if one.expired_at
    }
    return {
        "expire": tuple(one.key for one in unwanted if not one.expired_at),
        "waiting": tuple(key for key, is_over in over.items() if not is_over),
        "delete": tuple(key for key, is_over in over.items() if is_over),
    }


def _week(local: datetime) -> str:
    year, week, _day = local.isocalendar()
    return f"{year:04d}-W{week:02d}"


_PERIODS: dict[str, Callable[[datetime], str]] = {
    DAY: lambda local: f"{local:%Y-%m-%d}",
    WEEK: _week,
    MONTH: lambda local: f"{local:%Y-%m}",
    YEAR: lambda local: f"{local:%Y}",
}
