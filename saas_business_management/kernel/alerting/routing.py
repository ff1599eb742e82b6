"""Who is told: which escalation an alert takes, at which hours, and in how many messages.

Owns: choosing the escalation, business hours, the rate limit with its digest. Does not own: when
(`grouping.py`), channels and their forms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import TypeVar

from .rule import CRITICAL, SEVERITIES

PER_MINUTE = 30
STEP_MINUTES = (0, 15, 30)
SATURDAY = 5

Item = TypeVar("Item")


@dataclass(frozen=True)
class Route:
    """Which alerts an escalation is for: from a severity on, and what else must fit."""

    id: int
    least: str
    matchers: Mapping[str, object]


def choose(routes: Sequence[Route], severity: str, labels: Mapping[str, object]) -> int:
    """Return the first escalation that fits, 0 when none does."""
    rank = SEVERITIES.index(severity)
    for one in routes:
        fits = all(labels.get(name) == value for name, value in one.matchers.items())
        if fits and rank >= SEVERITIES.index(one.least):
            return one.id
    return 0


@dataclass(frozen=True)
class Hours:
    """From when until when on working days, in the clock of the people who are told."""

    start: time = time(8)
    end: time = time(18)

    def open_at(self, local: datetime) -> bool:
        """Tell whether somebody works at this instant of their own clock."""
        return local.weekday() < SATURDAY and self.start <= local.time() < self.end


def may_tell(severity: str, hours: Hours | None, local: datetime) -> bool:
    """Tell whether a message goes now: critical ones always do, others wait for the hours."""
    return severity == CRITICAL or hours is None or hours.open_at(local)


def bundle(
    items: Sequence[tuple[str, Item]], sent: int, limit: int = PER_MINUTE
) -> list[list[Item]]:
    """Return messages as lists of what each tells, from pairs (severity, group).

    Each critical group has a message of its own as long as the channel may send some more this
    minute; what is left, and everything below critical, goes into one digest.
    """
    critical = [one for severity, one in items if severity == CRITICAL]
    others = [one for severity, one in items if severity != CRITICAL]
    room = max(0, limit - sent)
    alone = critical if len(critical) + bool(others) <= room else critical[: max(0, room - 1)]
    rest = critical[len(alone) :] + others
    return [[one] for one in alone] + ([rest] if rest else [])
