"""The lifecycle as laws in words, written a second time beside the table."""

import itertools
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.lifecycle import states
from saas_business_management.kernel.lifecycle.facts import ADMINISTRATOR, OPERATOR, SYSTEM, Facts
from saas_business_management.kernel.lifecycle.machine import Transition, decide

SYSTEM_EVENTS = {
    "provisioned",
    "provisioning_failed",
    "provisioning_cancelled",
    "trial_ended",
    "migration_ended",
    "deleted",
}
ADMINISTRATOR_EVENTS = {"deletion_requested", "deletion_undone"}
OPERATOR_EVENTS = {
    "provisioning_started",
    "provisioning_undone",
    "discarded",
    "trial_converted",
    "suspended",
    "reason_changed",
    "resumed",
    "archived",
    "reactivated",
    "migration_started",
}
EVENTS = sorted(SYSTEM_EVENTS | ADMINISTRATOR_EVENTS | OPERATOR_EVENTS)
NEED_A_REASON = {
    "provisioning_failed",
    "suspended",
    "reason_changed",
    "archived",
    "deletion_requested",
}
# What an operation reports at its own end, and what only changes a word on the closed door.
WHILE_AN_OPERATION_RUNS = (SYSTEM_EVENTS - {"trial_ended"}) | {"reason_changed"}
ARROWS = {
    "draft": {"provisioning_started": "provisioning", "discarded": "deleted"},
    "provisioning": {
        "provisioned": "trial active",
        "provisioning_failed": "failed",
        "provisioning_cancelled": "draft",
    },
    "failed": {"provisioning_started": "provisioning", "provisioning_undone": "draft"},
    "trial": {
        "trial_converted": "active",
        "trial_ended": "active suspended archived",
        "suspended": "suspended",
        "archived": "archived",
        "migration_started": "migrating",
        "deletion_requested": "deleting",
    },
    "active": {
        "suspended": "suspended",
        "archived": "archived",
        "migration_started": "migrating",
        "deletion_requested": "deleting",
    },
    "suspended": {
        "trial_converted": "active suspended",
        "reason_changed": "suspended",
        "resumed": "trial active",
        "archived": "archived",
        "migration_started": "migrating",
        "deletion_requested": "deleting",
    },
    "archived": {
        "trial_converted": "active",
        "reactivated": "trial active",
        "migration_started": "migrating",
        "deletion_requested": "deleting",
    },
    "migrating": {"migration_ended": "trial active suspended archived"},
    "deleting": {"deletion_undone": "trial active suspended archived", "deleted": "deleted"},
    "deleted": {},
}

some_facts = st.builds(
    Facts,
    actor_rights=st.sampled_from(
        [frozenset({right}) for right in (OPERATOR, ADMINISTRATOR, SYSTEM)]
    ),
    reason=st.sampled_from(["", "a wish", *states.SUSPENSION_REASONS]),
    suspended_for=st.sampled_from(["", *states.SUSPENSION_REASONS]),
    served_as=st.sampled_from(["", states.TRIAL, states.ACTIVE]),
    state_before=st.sampled_from(["", "trial", "active", "suspended", "archived", "draft"]),
    has_database=st.booleans(),
    nothing_left=st.booleans(),
    operation_running=st.sampled_from([False, False, True]),
    trial_days=st.sampled_from([0, 14]),
    trial_over=st.booleans(),
    trial_end_rule=st.sampled_from([*states.TRIAL_END_RULES, "whatever"]),
    undo_period_over=st.booleans(),
    backup_required=st.booleans(),
    backup_fresh=st.booleans(),
)


def moves(facts: Facts) -> Iterator[Transition]:
    """Every move that is possible with these facts, from every state."""
    for state, event in itertools.product(states.STATES, EVENTS):
        try:
            yield decide(state, event, facts)
        except Refused:
            continue


@settings(max_examples=400)
@given(some_facts)
def test_the_laws_of_every_move(facts: Facts) -> None:
    for move in moves(facts):
        assert move.target in ARROWS[move.source][move.event].split(), "an arrow nobody drew"
        _law_of_rights(move, facts)
        _law_of_reasons(move, facts)
        _law_of_existence(move, facts)
        _law_of_return(move, facts)
        _law_of_trials(move, facts)


def _law_of_rights(move: Transition, facts: Facts) -> None:
    if move.event in SYSTEM_EVENTS:
        assert facts.actor_rights == {SYSTEM}
    if move.event in ADMINISTRATOR_EVENTS:
        assert facts.actor_rights != {OPERATOR}
    if facts.operation_running:
        assert move.event in WHILE_AN_OPERATION_RUNS


def _law_of_reasons(move: Transition, facts: Facts) -> None:
    if move.event in NEED_A_REASON:
        assert facts.reason
    if move.event in ("suspended", "reason_changed"):
        assert move.reason == facts.reason in states.SUSPENSION_REASONS
    opens = move.source in ("suspended", "archived") and move.target in states.SERVING
    if opens and facts.suspended_for == "security":
        assert facts.actor_rights != {OPERATOR}
    stays_closed = move.event in ("migration_started", "archived", "deletion_requested")
    if stays_closed or (move.event == "migration_ended" and move.target not in states.SERVING):
        assert move.reason == facts.suspended_for


def _law_of_existence(move: Transition, facts: Facts) -> None:
    if move.target in ("draft", "deleted"):
        assert facts.nothing_left and not facts.has_database
    comes_to_life = move.source in ("provisioning", "archived", "migrating", "deleting")
    if comes_to_life and move.target in states.HOUSED - {"deleting"}:
        assert facts.has_database
    if move.event == "migration_started":
        assert facts.has_database
    if move.event == "deletion_requested":
        assert facts.backup_fresh or not facts.backup_required
    if move.event == "deleted":
        assert facts.undo_period_over


def _law_of_return(move: Transition, facts: Facts) -> None:
    if move.event in ("resumed", "reactivated"):
        assert move.target == facts.served_as
    if move.event == "migration_ended":
        assert move.target == facts.state_before
    if move.event == "deletion_undone":
        late = facts.state_before == "trial" and facts.trial_over
        assert move.target == ("suspended" if late else facts.state_before)
        assert not late or move.reason == "trial_end"


def _law_of_trials(move: Transition, facts: Facts) -> None:
    if move.event == "provisioned":
        assert move.target == ("trial" if facts.trial_days else "active")
    if move.event == "trial_ended":
        ends = {"convert": "active", "suspend": "suspended", "cancel": "archived"}
        assert facts.trial_over and move.target == ends[facts.trial_end_rule]
    if move.target == "trial" and move.event != "migration_ended" and move.source != "provisioning":
        assert not facts.trial_over
    if move.event == "trial_converted":
        assert move.served_as == "active"
        opens = move.source == "suspended" and facts.suspended_for == "trial_end"
        assert (move.target == "active") == (move.source != "suspended" or opens)
        if move.source != "trial" and not opens:
            assert facts.served_as == "trial"


def test_every_drawn_arrow_can_be_walked() -> None:
    seen = set()
    for values in itertools.product(
        ("manual",),
        ("", "trial_end"),
        ("trial", "active"),
        ("trial", "active", "suspended", "archived"),
        (True, False),
        (0, 14),
        (True, False),
        states.TRIAL_END_RULES,
    ):
        reason, closed_for, served_as, before, housed, days, over, rule = values
        facts = Facts(
            actor_rights=frozenset({SYSTEM}),
            reason=reason,
            suspended_for=closed_for,
            served_as=served_as,
            state_before=before,
            has_database=housed,
            nothing_left=not housed,
            trial_days=days,
            trial_over=over,
            trial_end_rule=rule,
            undo_period_over=True,
        )
        seen |= {(move.source, move.event, move.target) for move in moves(facts)}
    drawn = {
        (source, event, target)
        for source, arrows in ARROWS.items()
        for event, targets in arrows.items()
        for target in targets.split()
    }
    assert seen == drawn


def test_an_operator_may_do_exactly_what_is_an_operators() -> None:
    done = set()
    for closed_for, housed, before in itertools.product(
        ("", "trial_end"), (True, False), ("active",)
    ):
        facts = Facts(
            actor_rights=frozenset({OPERATOR}),
            reason="manual",
            suspended_for=closed_for,
            served_as="active",
            state_before=before,
            has_database=housed,
            nothing_left=not housed,
        )
        done |= {move.event for move in moves(facts)}
    assert done == OPERATOR_EVENTS
