"""Planned maintenance: its course, how long ahead it is told, windows that come back every week.

Owns: these rules. Does not own: records and mails (`models/saas_maintenance*.py`), what an
agreement makes of an excluded window (another room).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from ..errors import Refused
from ..transition_table import OPERATOR, Move, choose, possible

SCHEDULED, IN_PROGRESS, VERIFYING = "scheduled", "in_progress", "verifying"
COMPLETED, CANCELLED = "completed", "cancelled"
STATES = (SCHEDULED, IN_PROGRESS, VERIFYING, COMPLETED, CANCELLED)
# It is not over, and nobody called it off.
STANDING = (SCHEDULED, IN_PROGRESS, VERIFYING)
UNDER_WAY = (IN_PROGRESS, VERIFYING)

NOTICE = timedelta(hours=48)
NOTICE_URGENT = timedelta(hours=1)
LONGEST = timedelta(days=30)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Facts:
    """What a decision knows: the right of who acts, a reason, whether it was announced."""

    is_operator: bool = False
    reason: str = ""
    is_published: bool = False

    def may(self, right: str) -> bool:
        """Tell whether who acts has a right; time has it as well."""
        return right == OPERATOR and self.is_operator


TABLE = (
    Move("begin", (SCHEDULED,), IN_PROGRESS, guards=("is_published",)),
    Move("verify", (IN_PROGRESS,), VERIFYING),
    Move("go_on", (VERIFYING,), IN_PROGRESS),
    Move("complete", UNDER_WAY, COMPLETED),
    Move("cancel", (SCHEDULED,), CANCELLED, needs_reason=True),
)
GUARDS = {"is_published": lambda facts: facts.is_published}
EVENTS = tuple(move.event for move in TABLE)


def decide(state: str, event: str, facts: Facts) -> str:
    """Return the state that the event leads to.

    Raises:
        Refused: `maintenance_move`, with `why` as the variant: not_from_here, no_right, no_reason
            or is_published.
    """
    row, why = choose(TABLE, GUARDS, state, event, facts)
    if row is None:
        raise Refused("maintenance_move", state=state, why=why)
    return row.target


def possible_events(state: str, facts: Facts) -> tuple[str, ...]:
    """Return the events that may happen now, in the order of the table."""
    return possible(TABLE, GUARDS, EVENTS, state, facts)


def notice(urgent: bool) -> timedelta:
    """Return how long ahead it has to be told."""
    return NOTICE_URGENT if urgent else NOTICE


def is_excluded(published: datetime | None, start: datetime, urgent: bool) -> bool:
    """Tell whether downtime in the window does not count: it was told long enough ahead.

    Hours that passed, not hours on the wall: a clock that is put forward takes none away.
    """
    return published is not None and start - published >= notice(urgent)


def check_window(start: datetime, end: datetime) -> None:
    """Refuse a window that ends before it begins, or lasts more than 30 days.

    Raises: Refused (`maintenance_window`, `maintenance_long`).
    """
    if end <= start:
        raise Refused("maintenance_window")
    if end - start > LONGEST:
        raise Refused("maintenance_long")


def occurrence(first: datetime, number: int, zone: ZoneInfo) -> datetime:
    """Return the start of a weekly window, `number` weeks after the first; instants are aware.

    The hour on the wall stays. One that does not exist on that day, because clocks are put forward,
    is as much later; the week after it is back in its place. Of one that exists twice it is the
    first.
    """
    wall = first.astimezone(zone).replace(tzinfo=None) + number * WEEK
    return wall.replace(tzinfo=zone).astimezone(timezone.utc)
