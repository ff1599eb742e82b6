"""Deciding whether an event may happen to a subscription, and where it leads.

Owns: what a move leads to. Does not own: the table (`subscription.py`), how it is read
(`kernel/transition_table.py`), writing the state (the subscription's
model).
"""

from dataclasses import dataclass

from ..errors import Refused
from ..transition_table import choose, possible
from .states import SUSPENDED
from .subscription import EVENTS, GUARDS, TABLE, Facts, Rule


@dataclass(frozen=True)
class Move:
    """A decided move; `reason` is what it is suspended for afterwards, empty when it is not."""

    event: str
    source: str
    target: str
    reason: str = ""


def decide(state: str, event: str, facts: Facts) -> Move:
    """Return the move that the event makes in this state.

    Raises:
        Refused: `subscription_refused`; the fact `why` is `not_from_here`, `no_right`, `no_reason`
            or the name of the guard that stands in the way. Of several alternatives the one that
            came furthest is told.
    """
    rule, why = choose(TABLE, GUARDS, state, event, facts)
    if rule is None:
        raise Refused("subscription_refused", event=event, state=state, why=why)
    target = rule.target or state
    return Move(event, state, target, _reason_after(rule, target, facts))


def allowed(state: str, facts: Facts) -> tuple[str, ...]:
    """Return the events that `decide` would accept now, in the order of the table."""
    return possible(TABLE, GUARDS, EVENTS, state, facts)


def _reason_after(rule: Rule, target: str, facts: Facts) -> str:
    return (rule.sets_reason or facts.suspended_for) if target == SUSPENDED else ""
