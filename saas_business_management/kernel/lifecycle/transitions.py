"""The table: every move a tenant may make, and nothing else.

Owns: events, where they may happen, where they lead, under which guards, by whom. Does not own:
deciding (`machine.py`), doing (jobs), dates of the ladder (settings and crons).

Several rows of one event are alternatives; their guards exclude each other. Within a row the guards
stand in the order in which they are told to a person: first what stands in the way now, last what
cannot be changed.
"""

from dataclasses import dataclass

from .facts import ADMINISTRATOR, OPERATOR, SYSTEM
from .states import (
    ACTIVE,
    ARCHIVED,
    DELETED,
    DELETING,
    DRAFT,
    FAILED,
    MIGRATING,
    PROVISIONING,
    SUSPENDED,
    TRIAL,
    TRIAL_END,
)


@dataclass(frozen=True)
class Rule:
    """One row: from a source, when all guards hold and the right is there, to the target.

    `sets_reason` is the suspension reason that the event itself brings along.
    """

    event: str
    sources: tuple[str, ...]
    target: str
    guards: tuple[str, ...] = ()
    right: str = SYSTEM
    needs_reason: bool = False
    sets_reason: str = ""


FREE = "no_operation_running"

TABLE: tuple[Rule, ...] = (
    # Birth
    Rule("provisioning_started", (DRAFT, FAILED), PROVISIONING, (FREE,), OPERATOR),
    Rule("provisioned", (PROVISIONING,), TRIAL, ("database_there", "trial_offered")),
    Rule("provisioned", (PROVISIONING,), ACTIVE, ("database_there", "no_trial_offered")),
    Rule("provisioning_failed", (PROVISIONING,), FAILED, needs_reason=True),
    Rule("provisioning_cancelled", (PROVISIONING,), DRAFT, ("nothing_left",)),
    Rule("provisioning_undone", (FAILED,), DRAFT, (FREE, "nothing_left"), OPERATOR),
    Rule("discarded", (DRAFT,), DELETED, (FREE, "nothing_left"), OPERATOR),
    # Trial
    Rule("trial_converted", (TRIAL,), ACTIVE, (FREE,), OPERATOR),
    Rule("trial_converted", (SUSPENDED,), ACTIVE, (FREE, "suspended_for_trial_end"), OPERATOR),
    Rule(
        "trial_converted",
        (SUSPENDED,),
        SUSPENDED,
        (FREE, "served_as_trial", "suspended_for_something_else"),
        OPERATOR,
    ),
    Rule(
        "trial_converted",
        (ARCHIVED,),
        ACTIVE,
        (FREE, "database_there", "served_as_trial", "may_lift_reason"),
        OPERATOR,
    ),
    Rule("trial_ended", (TRIAL,), ACTIVE, (FREE, "trial_over", "trial_converts")),
    Rule(
        "trial_ended",
        (TRIAL,),
        SUSPENDED,
        (FREE, "trial_over", "trial_suspends"),
        sets_reason=TRIAL_END,
    ),
    Rule("trial_ended", (TRIAL,), ARCHIVED, (FREE, "trial_over", "trial_cancels")),
    # Closed and open again
    Rule(
        "suspended", (TRIAL, ACTIVE), SUSPENDED, (FREE, "reason_known"), OPERATOR, needs_reason=True
    ),
    Rule(
        "reason_changed",
        (SUSPENDED,),
        SUSPENDED,
        ("reason_known", "reason_stronger"),
        OPERATOR,
        needs_reason=True,
    ),
    Rule(
        "resumed",
        (SUSPENDED,),
        TRIAL,
        (FREE, "may_lift_reason", "served_as_trial", "trial_still_running"),
        OPERATOR,
    ),
    Rule("resumed", (SUSPENDED,), ACTIVE, (FREE, "may_lift_reason", "served_as_active"), OPERATOR),
    Rule("archived", (TRIAL, ACTIVE, SUSPENDED), ARCHIVED, (FREE,), OPERATOR, needs_reason=True),
    Rule(
        "reactivated",
        (ARCHIVED,),
        TRIAL,
        (FREE, "database_there", "may_lift_reason", "served_as_trial", "trial_still_running"),
        OPERATOR,
    ),
    Rule(
        "reactivated",
        (ARCHIVED,),
        ACTIVE,
        (FREE, "database_there", "may_lift_reason", "served_as_active"),
        OPERATOR,
    ),
    # Change of place or version: back to where it was, whatever the result
    Rule(
        "migration_started",
        (TRIAL, ACTIVE, SUSPENDED, ARCHIVED),
        MIGRATING,
        (FREE, "database_there"),
        OPERATOR,
    ),
    Rule("migration_ended", (MIGRATING,), TRIAL, ("database_there", "was_trial")),
    Rule("migration_ended", (MIGRATING,), ACTIVE, ("database_there", "was_active")),
    Rule("migration_ended", (MIGRATING,), SUSPENDED, ("database_there", "was_suspended")),
    Rule("migration_ended", (MIGRATING,), ARCHIVED, ("database_there", "was_archived")),
    # Death, and the way back while there is one
    Rule(
        "deletion_requested",
        (TRIAL, ACTIVE, SUSPENDED, ARCHIVED),
        DELETING,
        (FREE, "backup_fresh"),
        ADMINISTRATOR,
        needs_reason=True,
    ),
    Rule(
        "deletion_undone",
        (DELETING,),
        TRIAL,
        (FREE, "database_there", "was_trial", "trial_still_running"),
        ADMINISTRATOR,
    ),
    Rule(
        "deletion_undone",
        (DELETING,),
        SUSPENDED,
        (FREE, "database_there", "was_trial", "trial_over"),
        ADMINISTRATOR,
        sets_reason=TRIAL_END,
    ),
    Rule(
        "deletion_undone",
        (DELETING,),
        ACTIVE,
        (FREE, "database_there", "was_active"),
        ADMINISTRATOR,
    ),
    Rule(
        "deletion_undone",
        (DELETING,),
        SUSPENDED,
        (FREE, "database_there", "was_suspended"),
        ADMINISTRATOR,
    ),
    Rule(
        "deletion_undone",
        (DELETING,),
        ARCHIVED,
        (FREE, "database_there", "was_archived"),
        ADMINISTRATOR,
    ),
    Rule("deleted", (DELETING,), DELETED, ("undo_period_over", "nothing_left")),
)

EVENTS: tuple[str, ...] = tuple(dict.fromkeys(rule.event for rule in TABLE))
