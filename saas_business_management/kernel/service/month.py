"""What a month of service came to: minutes good, bad, unknown and left out, and the percentage.

Owns: the month of a zone, leaving minutes out, percentages, the error budget. Does not own:
verdicts (`minute.py`), credits (`credit.py`).

A minute counts as what held when it began. Left out is, in this order, what a customer was not
served by agreement (closed), maintenance that was told in time, what the customer caused, and what
was decided by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from ..money import percent
from ..period import add_months, midnight, zone
from .minute import BAD, GOOD, MINUTE

CLOSED = "closed"
MAINTENANCE = "maintenance"
CUSTOMER = "customer"
FORCE_MAJEURE = "force_majeure"
OTHER = "other"
# The first reason that fits is the one a minute is left out for.
REASONS = (CLOSED, MAINTENANCE, CUSTOMER, FORCE_MAJEURE, OTHER)

NOTICE = timedelta(hours=48)
URGENT_NOTICE = timedelta(hours=1)
SHOWN = Decimal("0.001")


@dataclass(frozen=True)
class Piece:
    """Something from `start_at` on, until before `end_at`: a verdict, or a reason to leave out."""

    start_at: datetime
    end_at: datetime
    what: str


@dataclass(frozen=True)
class Result:
    """Minutes of a month; `excluded` by reason."""

    good: int = 0
    bad: int = 0
    unknown: int = 0
    excluded: Mapping[str, int] = field(default_factory=dict)

    @property
    def counted(self) -> int:
        """The minutes that the promise is measured by."""
        return self.good + self.bad

    def availability(self) -> Fraction | None:
        """Return the good part of what is known, from 0 to 1; None when nothing is known."""
        return Fraction(self.good, self.counted) if self.counted else None

    def internal(self) -> Fraction | None:
        """Return the same with every unknown minute as a bad one."""
        known = self.counted + self.unknown
        return Fraction(self.good, known) if known else None


def bounds(month: date, zone_name: str) -> tuple[datetime, datetime]:
    """Return the instants at which a month begins and ends in a zone, in UTC.

    Raises: Refused (`timezone_unknown`).
    """
    where = zone(zone_name)
    first = month.replace(day=1)
    start, end = midnight(first, where), midnight(add_months(first, 1), where)
    return start.astimezone(timezone.utc), end.astimezone(timezone.utc)


def told_in_time(start_at: datetime, published_at: datetime | None, urgent: bool) -> bool:
    """Tell whether maintenance was published early enough to be left out."""
    notice = URGENT_NOTICE if urgent else NOTICE
    return published_at is not None and start_at - published_at >= notice


def count(
    since: datetime, until: datetime, verdicts: Sequence[Piece], leave_out: Sequence[Piece]
) -> Result:
    """Return what the minutes of `[since, until)` came to.

    Verdicts do not overlap; a minute without one is unknown. Reasons may overlap.
    """
    taken: list[tuple[int, int]] = []
    excluded = {}
    for reason in REASONS:
        ours = _numbers([one for one in leave_out if one.what == reason], since, until)
        fresh = _without(_merged(ours), taken)
        excluded[reason] = _length(fresh)
        taken = _merged([*taken, *fresh])
    known = {
        state: _length(
            _without(_numbers([one for one in verdicts if one.what == state], since, until), taken)
        )
        for state in (GOOD, BAD)
    }
    left = _number(until, since) - _length(taken) - known[GOOD] - known[BAD]
    shown = {reason: minutes for reason, minutes in excluded.items() if minutes}
    return Result(known[GOOD], known[BAD], left, shown)


def budget(result: Result, target: Decimal) -> Fraction:
    """Return the minutes that may be bad before the promise is missed.

    Raises: Refused (`percent_range`).
    """
    return (1 - percent(target, "target")) * result.counted


def missed(result: Result, target: Decimal) -> bool:
    """Tell whether less was good than promised; without evidence nothing is missed."""
    found = result.availability()
    return found is not None and found < percent(target, "target")


def shown(availability: Fraction | None) -> Decimal | None:
    """Return a percentage with three decimals, never more than was reached."""
    if availability is None:
        return None
    exact = availability * 100
    thousandths = (exact * 1000).__floor__()
    return (Decimal(thousandths) / 1000).quantize(SHOWN, rounding=ROUND_FLOOR)


def downtimes(
    verdicts: Iterable[Piece], leave_out: Sequence[Piece], since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """Return when service was down and it counts, in order; neighbours are one."""
    bad = _numbers([one for one in verdicts if one.what == BAD], since, until)
    out = _merged(_numbers(leave_out, since, until))
    first = _ceiling(since)
    return [
        (first + MINUTE * start, first + MINUTE * end)
        for start, end in _merged(_without(_merged(bad), out))
    ]


def _ceiling(at: datetime) -> datetime:
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + MINUTE


def _number(at: datetime, since: datetime) -> int:
    """Return how many minutes begin from `since` until before `at`."""
    return max(0, (_ceiling(at) - _ceiling(since)) // MINUTE)


def _numbers(pieces: Iterable[Piece], since: datetime, until: datetime) -> list[tuple[int, int]]:
    most = _number(until, since)
    found = []
    for piece in pieces:
        start, end = _number(piece.start_at, since), min(_number(piece.end_at, since), most)
        if start < end:
            found.append((start, end))
    return found


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _without(
    ranges: Iterable[tuple[int, int]], taken: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return what is left of ranges; `taken` is in order and does not overlap."""
    found = []
    for start, end in ranges:
        for cut_start, cut_end in taken:
            if cut_end <= start or cut_start >= end:
                continue
            if start < cut_start:
                found.append((start, cut_start))
            start = max(start, cut_end)
            if start >= end:
                break
        if start < end:
            found.append((start, end))
    return found


def _length(ranges: Iterable[tuple[int, int]]) -> int:
    return sum(end - start for start, end in ranges)
