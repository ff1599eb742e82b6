"""The facts of one subscription that billing is decided from, frozen.

Owns: phases with their items, days without service, periods already known. Does not own: where they
are stored (the records), deciding (`schedule.py`, `fees.py`).

Days are days of the subscription's zone, half-open: `end` is the first day that is no longer in it,
None where no end is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from ..errors import Refused
from ..period import Period
from .cycle import Cycle

RECURRING = "recurring"
USAGE = "usage"

# Why there is no service on some days.
PAUSED = "paused"
SUSPENDED = "suspended"


@dataclass(frozen=True)
class Item:
    """Something with a price per period of the fee: the plan itself, or an add-on.

    `key` is the same for the same offer at the same price, whatever its quantity: what was charged
    is set against what is due by it.
    """

    key: str
    price: Decimal
    quantity: Decimal = Decimal(1)


@dataclass(frozen=True)
class Phase:
    """Days on which the same terms hold.

    `arrears`: the fee is due at the end of its period. `usage_cycle`: how usage is closed, None
    when nothing is measured. `grace_hours`: how long usage waits for late events. `begins_at`: the
    instant of its first day from which its fee is charged, where that is prorated by the second.
    """

    key: str
    start: date
    end: date | None
    cycle: Cycle
    items: tuple[Item, ...]
    arrears: bool = False
    usage_cycle: Cycle | None = None
    grace_hours: int = 12
    begins_at: datetime | None = None

    def on(self, day: date) -> bool:
        """Tell whether its terms hold on a day."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True)
class Rest:
    """Days without service, for which nothing is charged."""

    start: date
    end: date | None
    why: str


@dataclass(frozen=True)
class Known:
    """A period that has its row already, whatever became of it."""

    kind: str
    start: date
    end: date


@dataclass(frozen=True)
class Agreement:
    """One subscription: phases in order, days of rest, last day, known periods.

    Between two phases lie days without an agreement only where it was cancelled and won back.
    `end`: the first day that is not billed any more.
    """

    zone: str
    phases: tuple[Phase, ...]
    rests: tuple[Rest, ...] = ()
    end: date | None = None
    known: tuple[Known, ...] = ()

    def __post_init__(self) -> None:
        """Refuse phases that share a day.

        Raises: Refused (`phases_overlap`).
        """
        for one, two in pairwise(self.phases):
            if one.end is None or one.end > two.start:
                raise Refused("phases_overlap", end=one.end, start=two.start)

    def served(self, period: Period) -> tuple[Period, ...]:
        """Return the days of a period on which there is service, in order."""
        found = _clipped(period, None, self.end)
        for rest in self.rests:
            found = [
                part
                for one in found
                for part in (*_clipped(one, None, rest.start), *_clipped(one, rest.end, None, True))
            ]
        return tuple(found)

    def resting(self, period: Period) -> str:
        """Return why there is no service in a period, empty when there is some or it has ended."""
        if self.served(period):
            return ""
        hit = [rest for rest in self.rests if rest.start < period.end]
        hit = [rest for rest in hit if rest.end is None or rest.end > period.start]
        return hit[0].why if hit else ""


def _clipped(
    period: Period, start: date | None, end: date | None, later: bool = False
) -> list[Period]:
    """Return the part from `start` and before `end`, nothing when there is none.

    With `later` a missing start is one that never comes.
    """
    if later and start is None:
        return []
    first = period.start if start is None else max(period.start, start)
    last = period.end if end is None else min(period.end, end)
    return [Period(first, last)] if first < last else []
