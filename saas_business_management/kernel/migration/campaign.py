"""The course of a campaign: its states, and who may lead from one to another.

Owns: the table and its guards. Does not own: which tenants go when (`wave.py`), records and texts
(`models/saas_campaign*.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import Refused
from ..transition_table import OPERATOR, Move, choose, possible

DRAFT, PREFLIGHT, REHEARSED = "draft", "preflight", "rehearsed"
RUNNING, PAUSED, DONE, STOPPED = "running", "paused", "done", "stopped"
STATES = (DRAFT, PREFLIGHT, REHEARSED, RUNNING, PAUSED, DONE, STOPPED)
# It holds its tenants: no other campaign may take them.
HOLDING = (RUNNING, PAUSED)
OVER = (DONE, STOPPED)

ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Facts:
    """What a decision knows of who acts and of the campaign."""

    is_operator: bool = False
    is_administrator: bool = False
    reason: str = ""
    has_tenants: bool = False
    has_ready: bool = False
    is_rehearsed: bool = False
    needs_rehearsal: bool = True
    is_rehearsing: bool = False

    def may(self, right: str) -> bool:
        """Tell whether who acts has a right."""
        return self.is_administrator or (right == OPERATOR and self.is_operator)


TABLE = (
    Move("check", (DRAFT, PREFLIGHT, REHEARSED), PREFLIGHT, ("has_tenants", "is_quiet")),
    Move("change", (PREFLIGHT, REHEARSED), DRAFT, ("is_quiet",)),
    Move("rehearse", (PREFLIGHT, REHEARSED), PREFLIGHT, ("has_ready", "is_quiet")),
    Move("pass", (PREFLIGHT,), REHEARSED, ("is_rehearsed",)),
    Move("start", (REHEARSED,), RUNNING, ("has_ready", "is_quiet")),
    Move("start", (PREFLIGHT,), RUNNING, ("may_skip", "has_ready", "is_quiet")),
    Move("pause", (RUNNING,), PAUSED),
    Move("halt", (RUNNING,), PAUSED),
    Move("resume", (PAUSED,), RUNNING),
    Move("stop", (PREFLIGHT, REHEARSED, RUNNING, PAUSED), STOPPED, ("is_quiet",)),
    Move("roll_back", (RUNNING, PAUSED), STOPPED, needs_reason=True, right=ADMINISTRATOR),
    Move("finish", (RUNNING,), DONE),
)
GUARDS = {
    "has_tenants": lambda facts: facts.has_tenants,
    "has_ready": lambda facts: facts.has_ready,
    "is_rehearsed": lambda facts: facts.is_rehearsed,
    "may_skip": lambda facts: not facts.needs_rehearsal,
    "is_quiet": lambda facts: not facts.is_rehearsing,
}
EVENTS = tuple(dict.fromkeys(move.event for move in TABLE))


def decide(state: str, event: str, facts: Facts) -> str:
    """Return the state that the event leads to.

    Raises:
        Refused: `campaign_move`, with `why` as the variant: not_from_here, no_right, no_reason or
            the name of a guard.
    """
    row, why = choose(TABLE, GUARDS, state, event, facts)
    if row is None:
        raise Refused("campaign_move", state=state, why=why)
    return row.target


def possible_events(state: str, facts: Facts) -> tuple[str, ...]:
    """Return the events that may happen now, in the order of the table."""
    return possible(TABLE, GUARDS, EVENTS, state, facts)
