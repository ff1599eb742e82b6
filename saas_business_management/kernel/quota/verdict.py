"""How a tenant's use stands to its limit, what is in force, and what people are to be told.

Owns: the judgement and the memory it needs. Does not own: the limit (`limits.py`), the readings,
records, sending, doing what is in force (`enforcement.py` says what that is).

Unknown is never zero: a reading that is not known neither blocks nor releases. It takes a higher
limit to release then, or, for what is counted by the month, the month's end.

Rising and falling around a border makes no storm: a percentage is told once in a period as long as
the limit stays and, for a level, as long as it was not left before the period ended; that a limit
is in force, and that it was lifted, is told at most once a day. What is in force follows the use at
once in any case.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from ..money import HUNDRED, exact, not_negative
from .terms import (
    AT_THE_LIMIT,
    BLOCKED,
    FORCED,
    OK,
    OVER,
    UNKNOWN,
    WARNED,
    Terms,
)
from .thresholds import crossed

QUIET = timedelta(days=1)


@dataclass(frozen=True)
class Use:
    """What is used of a meter. `amount` is the last that was known, None when none ever was;
    `counted`: it is a sum of the period that begins anew with the next, not a level.
    """

    amount: Decimal | None
    known: bool = True
    counted: bool = False


@dataclass(frozen=True)
class Standing:
    """What was found the last time. `period` is the first day of the period it was found in."""

    level: str = OK
    limit: Decimal | None = None
    period: date | None = None
    over_since: datetime | None = None
    forced_since: datetime | None = None
    told: frozenset[int] = frozenset()
    force_told: bool = False
    news_at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """How it stands now, and the news.

    `percent` is of the limit, None without one or without a reading. `crossed`: percentages that
    people are to be told of. `forced`, `released`: whether the policy came into force or was lifted
    just now; `tell_forced`, `tell_released`: whether people are told.
    """

    standing: Standing
    percent: Decimal | None = None
    grace_until: datetime | None = None
    crossed: tuple[int, ...] = ()
    forced: bool = False
    released: bool = False
    tell_forced: bool = False
    tell_released: bool = False

    @property
    def in_force(self) -> bool:
        """Tell whether the policy is in force."""
        return self.standing.forced_since is not None


@dataclass(frozen=True)
class _Case:
    use: Use
    limit: Fraction | None
    amount: Decimal | None
    terms: Terms
    before: Standing
    period: date
    now: datetime

    @property
    def anew(self) -> bool:
        """What was told before was told of something else."""
        return self.before.period != self.period or self.before.limit != self.amount


def judge(
    use: Use,
    limit: Decimal | None,
    terms: Terms,
    before: Standing,
    period: date,
    now: datetime,
) -> Verdict:
    """Return how a use stands to its limit; `period` is the first day of the current period.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    whole = None if limit is None else not_negative(limit, "limit")
    case = _Case(use, whole, limit, terms, before, period, now)
    if whole is None:
        level = OK if use.known and use.amount is not None else UNKNOWN
        return _end(case, level, None, None, frozenset())
    if use.amount is None or not use.known:
        return _judge_unknown(case)
    return _judge_known(case)


def is_over(use: Use, limit: Decimal | None, terms: Terms) -> bool:
    """Tell whether the last known use has reached the hard border of a limit.

    What is counted, and what is refused from the limit on, has reached it with the last one; a
    level is over it with one more.
    """
    if limit is None or use.amount is None or use.amount <= 0:
        return False
    used, border = exact(use.amount) * HUNDRED, exact(limit) * terms.hard
    return used >= border if use.counted or terms.policy in AT_THE_LIMIT else used > border


def _judge_known(case: _Case, level: str = "") -> Verdict:
    percent, reached = _percent(case), _reached(case)
    over = _is_over(case)
    since = (case.before.over_since or case.now) if over else None
    grace = since + timedelta(days=case.terms.grace_days) if since else None
    forced = bool(grace) and case.terms.policy in FORCED and case.now >= grace
    told = case.before.told & reached if case.anew else case.before.told
    news = crossed(case.use.amount, case.amount, case.terms.marks, told)
    found = level or _level(case, over, forced)
    return _end(case, found, since, grace, told | set(news), percent, news, forced)


def _judge_unknown(case: _Case) -> Verdict:
    """Leave things as they are, unless there is more room than before, or a new count has begun."""
    before = case.before
    if case.use.counted and before.period != case.period:
        return _end(case, UNKNOWN, None, None, frozenset())
    rose = before.limit is not None and case.limit > exact(before.limit)
    if case.use.amount is not None and rose and not _is_over(case):
        return _judge_known(case, UNKNOWN)
    grace = before.over_since and before.over_since + timedelta(days=case.terms.grace_days)
    forced = before.forced_since is not None and case.terms.policy in FORCED
    level = (BLOCKED if forced else OVER) if before.over_since else UNKNOWN
    percent = None if case.use.amount is None else _percent(case)
    return _end(case, level, before.over_since, grace, before.told, percent, (), forced)


def _level(case: _Case, over: bool, forced: bool) -> str:
    if over:
        return BLOCKED if forced else OVER
    mark = case.limit * case.terms.warn
    used = exact(case.use.amount) * HUNDRED
    return WARNED if used >= mark and used > 0 else OK


def _is_over(case: _Case) -> bool:
    return is_over(case.use, case.amount, case.terms)


def _percent(case: _Case) -> Decimal | None:
    if not case.limit:
        return None
    tenths = exact(case.use.amount) * HUNDRED * 10 / case.limit
    return Decimal(tenths.__floor__()).scaleb(-1)


def _reached(case: _Case) -> frozenset[int]:
    return frozenset(crossed(case.use.amount, case.amount, case.terms.marks))


def _end(
    case: _Case,
    level: str,
    over_since: datetime | None,
    grace: datetime | None,
    told: frozenset[int],
    percent: Decimal | None = None,
    news: tuple[int, ...] = (),
    forced: bool = False,
) -> Verdict:
    before, now = case.before, case.now
    was = before.forced_since is not None
    begins, ends = forced and not was, was and not forced
    quiet = case.anew or before.news_at is None or now - before.news_at >= QUIET
    tell_forced, tell_released = begins and quiet, ends and before.force_told
    standing = Standing(
        level=level,
        limit=case.amount,
        period=case.period,
        over_since=over_since,
        forced_since=(before.forced_since or now) if forced else None,
        told=frozenset(told),
        force_told=forced and (tell_forced or (was and before.force_told)),
        news_at=now if tell_forced or tell_released else before.news_at,
    )
    return Verdict(standing, percent, grace, news, begins, ends, tell_forced, tell_released)
