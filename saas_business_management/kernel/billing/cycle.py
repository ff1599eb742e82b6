"""The periods of a subscription, counted from its anchor, and which of them are due.

Owns: boundaries, the stub of a calendar cycle, catching up after a standstill. Does not own: rows
of periods (`run.py`), instants (`kernel/period.py`), prices.

Every boundary is computed from the anchor alone, so that 31 January comes back to the 31st.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..errors import Refused
from ..period import Period, in_utc
from .interval import Interval

IN_ADVANCE, IN_ARREARS = "in_advance", "in_arrears"


@dataclass(frozen=True)
class Cycle:
    """Periods of one interval from an anchor on; `calendar` ones begin where the calendar does,
    after a first one that is shorter."""

    anchor: date
    interval: Interval
    calendar: bool = False

    @property
    def has_stub(self) -> bool:
        """Whether the first period is shorter than the others."""
        return self._aligned != self.anchor

    def boundary(self, number: int) -> date:
        """Return where period `number` begins, the first being 0.

        Raises: Refused (`date_range`).
        """
        if self.has_stub and number == 0:
            return self.anchor
        return self.interval.after(self._aligned, number - self.has_stub)

    def boundaries(self, count: int) -> tuple[date, ...]:
        """Return the first so many boundaries."""
        return tuple(self.boundary(number) for number in range(count))

    def period(self, number: int) -> Period:
        """Return the days of a period, the first being 0."""
        return Period(self.boundary(number), self.boundary(number + 1))

    def whole(self, number: int) -> Period:
        """Return the days by which a fee of a period is divided: those of the stub's whole one."""
        if self.has_stub and number == 0:
            return Period(self.interval.after(self._aligned, -1), self._aligned)
        return self.period(number)

    def number_at(self, day: date) -> int:
        """Return which period a day lies in.

        Raises: Refused (`before_anchor`).
        """
        if day < self.anchor:
            raise Refused("before_anchor", day=day, anchor=self.anchor)
        if day < self._aligned:
            return 0
        return self.interval.count_until(self._aligned, day) + self.has_stub

    @property
    def _aligned(self) -> date:
        return self.interval.next_calendar_start(self.anchor) if self.calendar else self.anchor


@dataclass(frozen=True)
class Due:
    """Periods that have to be invoiced now, each in its own row, and the day of the next one."""

    numbers: tuple[int, ...]
    periods: tuple[Period, ...]
    next_on: date


def due(cycle: Cycle, run_on: date, timing: str, last_start: date | None = None) -> Due:
    """Return the periods that are due on the day of a run and come after the last invoiced one.

    In advance a period is due from its first day, in arrears from the day after its last. After a
    standstill each missed period comes once.

    Raises: Refused (`timing_unknown`, `before_anchor`, `not_a_boundary`).
    """
    if timing not in (IN_ADVANCE, IN_ARREARS):
        raise Refused("timing_unknown", timing=timing)
    first = 0 if last_start is None else _number_of(cycle, last_start) + 1
    late = timing == IN_ARREARS
    end = cycle.number_at(run_on) + (not late) if run_on >= cycle.anchor else 0
    numbers = tuple(range(first, end))
    return Due(
        numbers=numbers,
        periods=tuple(cycle.period(number) for number in numbers),
        next_on=cycle.boundary(max(first, end) + late),
    )


def usage_cycle(fee: Cycle, interval: Interval) -> Cycle:
    """Return the cycle in which usage is invoiced beside the fee, from the same anchor.

    Raises: Refused (`usage_interval`) when it does not divide the interval of the fee.
    """
    if not interval.divides(fee.interval):
        raise Refused("usage_interval", unit=interval.unit, count=interval.count)
    return Cycle(fee.anchor, interval, fee.calendar)


def assign_period(boundaries: Sequence[datetime], instant: datetime) -> int | None:
    """Return in which period between boundaries an instant lies; on a boundary, in the later one.

    None when it lies before the first or not before the last. Boundaries are aware and rise.

    Raises: Refused (`instant_naive`).
    """
    marks = [in_utc(one) for one in boundaries]
    number = bisect_right(marks, in_utc(instant)) - 1
    return number if 0 <= number < len(marks) - 1 else None


def _number_of(cycle: Cycle, start: date) -> int:
    number = cycle.number_at(start)
    if cycle.boundary(number) != start:
        raise Refused("not_a_boundary", day=start)
    return number
