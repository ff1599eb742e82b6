"""Which periods of a subscription are due at an instant, and why one is not.

Owns: the order of periods of each kind, when each is due, what is skipped or waits. Does not own:
the length of a cycle (`cycle.py`), what a period costs (`fees.py`, `rate.py`), rows.

Periods of a kind follow each other without gap from the first day of the first phase. They are
reckoned from the anchor of the phase, never from the period before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..errors import Refused
from ..period import Period, in_utc, local_day, midnight, zone
from .agreement import RECURRING, USAGE, Agreement, Phase
from .cycle import Cycle

# A subscription that nobody billed for so many periods was not forgotten for a while: it is wrong.
MOST_PERIODS = 1200


@dataclass(frozen=True)
class Due:
    """A period to be billed or skipped.

    `whole` is the cycle it is part of: the days that a price stands for. `skipped` says why nothing
    is billed: `paused`, `suspended`, or empty.
    """

    kind: str
    period: Period
    whole: Period
    due_at: datetime
    skipped: str = ""


@dataclass(frozen=True)
class Outlook:
    """The next period of a kind that is not due yet.

    `held` says what it waits for besides its time: `paused`, `suspended`, or empty.
    """

    kind: str
    period: Period
    due_at: datetime
    held: str = ""


def due_periods(agreement: Agreement, now: datetime) -> tuple[Due, ...]:
    """Return every period that is due and has no row yet, the oldest first, fees before usage.

    Raises: Refused (`instant_naive`, `timezone_unknown`, `too_many_periods`).
    """
    found = [
        one
        for kind in (RECURRING, USAGE)
        for one in _course(agreement, kind, now)
        if isinstance(one, Due)
    ]
    return tuple(sorted(found, key=lambda one: (one.due_at, one.kind)))


def outlook(agreement: Agreement, now: datetime) -> tuple[Outlook, ...]:
    """Return what comes next of each kind, the soonest first.

    Raises: Refused (`instant_naive`, `timezone_unknown`, `too_many_periods`).
    """
    found = [
        one
        for kind in (RECURRING, USAGE)
        for one in _course(agreement, kind, now)
        if isinstance(one, Outlook)
    ]
    return tuple(sorted(found, key=lambda one: (one.due_at, one.kind)))


def _course(agreement: Agreement, kind: str, now: datetime) -> Iterator[Due | Outlook]:
    """Tell the periods that are due, and at last the first one that is not."""
    where, today = zone(agreement.zone), local_day(now, zone(agreement.zone))
    for number, (phase, period, whole) in enumerate(_periods(agreement, kind)):
        if number >= MOST_PERIODS:
            raise Refused("too_many_periods", count=MOST_PERIODS)
        day = _due_day(phase, kind, period)
        due_at = midnight(day, where) + timedelta(hours=_grace_hours(agreement, day))
        resting = agreement.resting(period)
        held = resting if today < period.end else ""
        if due_at > in_utc(now) or held:
            yield Outlook(kind, period, due_at, held)
            return
        yield Due(kind, period, whole, due_at, resting)


def _due_day(phase: Phase, kind: str, period: Period) -> date:
    return period.end if kind == USAGE or phase.arrears else period.start


def _grace_hours(agreement: Agreement, day: date) -> int:
    """Return how long a document of that day waits: while usage that ended with the day before may
    still come in. A fee that stands alone does not wait."""
    before = next((one for one in agreement.phases if one.on(day - timedelta(days=1))), None)
    if before is None or before.usage_cycle is None:
        return 0
    ends = day == _stretch_end(agreement, USAGE, before) or day == agreement.end
    usage = before.usage_cycle
    number = usage.number_at(day - timedelta(days=1))
    return before.grace_hours if ends or usage.period(number).end == day else 0


def _periods(agreement: Agreement, kind: str) -> Iterator[tuple[Phase, Period, Period]]:
    """Tell the periods after the known ones: the phase at its first day, its days, its cycle."""
    day = _first_day(agreement, kind)
    while day is not None and (agreement.end is None or day < agreement.end):
        phase = next((one for one in agreement.phases if one.on(day)), None)
        if phase is None:
            day = min((one.start for one in agreement.phases if one.start > day), default=None)
            continue
        cycle = _cycle(phase, kind)
        if cycle is None:
            day = phase.end
            continue
        number = cycle.number_at(day)
        ends = (cycle.period(number).end, _stretch_end(agreement, kind, phase), agreement.end)
        last = min(end for end in ends if end is not None)
        yield phase, Period(day, last), cycle.whole(number)
        day = last


def _first_day(agreement: Agreement, kind: str) -> date | None:
    """Return the day after the last known period of the kind, else the first day of all."""
    known = [one.end for one in agreement.known if one.kind == kind]
    if known:
        return max(known)
    return agreement.phases[0].start if agreement.phases else None


def _stretch_end(agreement: Agreement, kind: str, phase: Phase) -> date | None:
    """Return the day on which the cycle of a phase is left for another one."""
    place = agreement.phases.index(phase)
    end = phase.end
    for one in agreement.phases[place + 1 :]:
        if one.start != end or _cycle(one, kind) != _cycle(phase, kind):
            return end
        end = one.end
    return end


def _cycle(phase: Phase, kind: str) -> Cycle | None:
    return phase.usage_cycle if kind == USAGE else phase.cycle
