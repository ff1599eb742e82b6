"""What the machine has to know about a tenant and about who asks.

Owns: the facts and the named guards over them. Does not own: gathering them (the tenant's model),
the table that names the guards (`transitions.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from . import states

OPERATOR = "operator"
ADMINISTRATOR = "administrator"
SYSTEM = "system"

# Whoever has the right on the left may do what needs one on the right. `system` is the product
# itself.
RIGHTS: Mapping[str, frozenset[str]] = {
    OPERATOR: frozenset({OPERATOR}),
    ADMINISTRATOR: frozenset({OPERATOR, ADMINISTRATOR}),
    SYSTEM: frozenset({OPERATOR, ADMINISTRATOR, SYSTEM}),
}


@dataclass(frozen=True)
class Facts:
    """The facts of one decision; the defaults are the cautious ones.

    `served_as` is the last serving state (`trial` or `active`), `state_before` the state in which a
    move or a deletion began. `nothing_left` is False as long as a database, role, folder or route
    may exist.
    """

    actor_rights: frozenset[str] = frozenset()
    reason: str = ""
    suspended_for: str = ""
    served_as: str = ""
    state_before: str = ""
    has_database: bool = False
    nothing_left: bool = False
    operation_running: bool = False
    trial_days: int = 0
    trial_over: bool = False
    trial_end_rule: str = states.SUSPEND
    undo_period_over: bool = False
    backup_required: bool = False
    backup_fresh: bool = False

    def may(self, right: str) -> bool:
        """Tell whether the actor's rights include this one."""
        return any(right in RIGHTS.get(own, ()) for own in self.actor_rights)


def _outranks(facts: Facts) -> bool:
    ranks = {reason: rank for rank, reason in enumerate(states.SUSPENSION_REASONS)}
    return ranks.get(facts.reason, -1) > ranks.get(facts.suspended_for, -1)


def _may_lift(facts: Facts) -> bool:
    return facts.suspended_for != states.SECURITY or facts.may(ADMINISTRATOR)


GUARDS: Mapping[str, Callable[[Facts], bool]] = {
    "no_operation_running": lambda facts: not facts.operation_running,
    "reason_known": lambda facts: facts.reason in states.SUSPENSION_REASONS,
    "reason_stronger": _outranks,
    "may_lift_reason": _may_lift,
    "database_there": lambda facts: facts.has_database,
    "nothing_left": lambda facts: facts.nothing_left and not facts.has_database,
    "trial_offered": lambda facts: facts.trial_days > 0,
    "no_trial_offered": lambda facts: facts.trial_days <= 0,
    "trial_over": lambda facts: facts.trial_over,
    "trial_still_running": lambda facts: not facts.trial_over,
    "trial_converts": lambda facts: facts.trial_end_rule == states.CONVERT,
    "trial_suspends": lambda facts: facts.trial_end_rule == states.SUSPEND,
    "trial_cancels": lambda facts: facts.trial_end_rule == states.CANCEL,
    "served_as_trial": lambda facts: facts.served_as == states.TRIAL,
    "served_as_active": lambda facts: facts.served_as == states.ACTIVE,
    "suspended_for_trial_end": lambda facts: facts.suspended_for == states.TRIAL_END,
    "suspended_for_something_else": lambda facts: facts.suspended_for != states.TRIAL_END,
    "was_trial": lambda facts: facts.state_before == states.TRIAL,
    "was_active": lambda facts: facts.state_before == states.ACTIVE,
    "was_suspended": lambda facts: facts.state_before == states.SUSPENDED,
    "was_archived": lambda facts: facts.state_before == states.ARCHIVED,
    "undo_period_over": lambda facts: facts.undo_period_over,
    "backup_fresh": lambda facts: facts.backup_fresh or not facts.backup_required,
}
