"""Deciding whether an event may happen to a tenant, and where it leads.

Owns: what a move leads to. Does not own: the table (`transitions.py`), how it is read
(`kernel/transition_table.py`), writing the state (the tenant's model).
"""

from dataclasses import dataclass

from ..errors import Refused
from ..transition_table import choose, possible
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
    rule, why = choose(TABLE, GUARDS, state, event, facts)
    if rule is None:
        raise Refused("transition_refused", event=event, state=state, why=why)
    reason, served_as = _reason_after(rule, facts), _served_as_after(rule, facts)
    return Transition(event, state, rule.target, reason, served_as)


def allowed(state: str, facts: Facts) -> tuple[str, ...]:
    """Return the events that `decide` would accept now, in the order of the table."""
    return possible(TABLE, GUARDS, EVENTS, state, facts)


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
