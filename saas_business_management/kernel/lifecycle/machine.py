"""Deciding whether an event may happen to a tenant, and where it leads.

Owns: reading the table. Does not own: the table (`transitions.py`), writing the state (the tenant's
model).
"""

from dataclasses import dataclass

from ..errors import Refused
from .facts import GUARDS, Facts
from .states import ACTIVE, ARCHIVED, DELETING, MIGRATING, SERVING, SUSPENDED
from .transitions import EVENTS, TABLE, Rule


@dataclass(frozen=True)
class Transition:
    """A decided move, and what the tenant remembers afterwards.

    `reason` is what it is closed for, empty when it is open; `served_as` is `trial` or `active`,
    where it returns to.
    """

    event: str
    source: str
    target: str
    reason: str = ""
    served_as: str = ""


def decide(state: str, event: str, facts: Facts) -> Transition:
    """Return the move that the event makes in this state.

    Raises:
        Refused: `transition_refused`; the fact `why` is `not_from_here`, `no_right`, `no_reason` or
            the name of the guard that stands in the way. Of several alternatives the one that came
            furthest is told.
    """
    rows = [rule for rule in TABLE if rule.event == event and state in rule.sources]
    best = (-1, "not_from_here")
    for rule in rows:
        passed, why = _obstacle(rule, facts)
        if not why:
            reason, served_as = _reason_after(rule, facts), _served_as_after(rule, facts)
            return Transition(event, state, rule.target, reason, served_as)
        best = max(best, (passed, why), key=lambda found: found[0])
    raise Refused("transition_refused", event=event, state=state, why=best[1])


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


def _reason_after(rule: Rule, facts: Facts) -> str:
    if rule.target == SUSPENDED:
        asked = facts.reason if rule.needs_reason else ""
        return rule.sets_reason or asked or facts.suspended_for
    # A closed tenant remembers why: paying must not bring back one that was closed for security.
    return facts.suspended_for if rule.target in (ARCHIVED, MIGRATING, DELETING) else ""


def _served_as_after(rule: Rule, facts: Facts) -> str:
    if rule.event == "trial_converted":
        return ACTIVE
    return rule.target if rule.target in SERVING else facts.served_as
