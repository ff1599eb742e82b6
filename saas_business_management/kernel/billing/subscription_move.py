"""Deciding whether an event may happen to a subscription, and where it leads.

Owns: reading the table. Does not own: the table (`subscription.py`), writing the state (the
subscription's model).
"""

from dataclasses import dataclass

from ..errors import Refused
from .subscription import EVENTS, GUARDS, SUSPENDED, TABLE, Facts, Rule


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
    rows = [rule for rule in TABLE if rule.event == event and state in rule.sources]
    best = (-1, "not_from_here")
    for rule in rows:
        passed, why = _obstacle(rule, facts)
        if not why:
            target = rule.target or state
            return Move(event, state, target, _reason_after(rule, target, facts))
        best = max(best, (passed, why), key=lambda found: found[0])
    raise Refused("subscription_refused", event=event, state=state, why=best[1])


def allowed(state: str, facts: Facts) -> tuple[str, ...]:
    """Return the events that `decide` would accept now, in the order of the table."""
    return tuple(event for event in EVENTS if _accepts(state, event, facts))


def _accepts(state: str, event: str, facts: Facts) -> bool:
    rows = (rule for rule in TABLE if rule.event == event and state in rule.sources)
    return any(not _obstacle(rule, facts)[1] for rule in rows)


def _obstacle(rule: Rule, facts: Facts) -> tuple[int, str]:
    """Return how many checks passed and the name of the first that did not, empty when all did."""
    if not facts.may(rule.right):
        return 0, "no_right"
    if rule.needs_reason and not facts.reason:
        return 1, "no_reason"
    for passed, name in enumerate(rule.guards, start=2):
        if not GUARDS[name](facts):
            return passed, name
    return len(rule.guards) + 2, ""


def _reason_after(rule: Rule, target: str, facts: Facts) -> str:
    return (rule.sets_reason or facts.suspended_for) if target == SUSPENDED else ""
