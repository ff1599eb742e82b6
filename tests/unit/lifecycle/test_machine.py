"""Deciding a move: the table, the guards, who may, what is remembered."""

import itertools
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.lifecycle import states
from saas_business_management.kernel.lifecycle.facts import (
    ADMINISTRATOR,
    GUARDS,
    OPERATOR,
    SYSTEM,
    Facts,
)
from saas_business_management.kernel.lifecycle.machine import Transition, allowed, decide
from saas_business_management.kernel.lifecycle.transitions import EVENTS, TABLE, Rule

BOB = Facts(actor_rights=frozenset({OPERATOR}))
ROOT = Facts(actor_rights=frozenset({ADMINISTRATOR}))
PRODUCT = Facts(actor_rights=frozenset({SYSTEM}))


def why(state: str, event: str, facts: Facts) -> str:
    with pytest.raises(Refused) as refusal:
        decide(state, event, facts)
    assert refusal.value.code == "transition_refused"
    assert refusal.value.facts["state"] == state
    assert refusal.value.facts["event"] == event
    return str(refusal.value.facts["why"])


some_facts = st.builds(
    Facts,
    actor_rights=st.frozensets(st.sampled_from([OPERATOR, ADMINISTRATOR, SYSTEM, "viewer"])),
    reason=st.sampled_from(["", "unpaid since March", *states.SUSPENSION_REASONS]),
    suspended_for=st.sampled_from(["", *states.SUSPENSION_REASONS]),
    served_as=st.sampled_from(["", states.TRIAL, states.ACTIVE]),
    state_before=st.sampled_from(["", *states.STATES]),
    has_database=st.booleans(),
    nothing_left=st.booleans(),
    operation_running=st.booleans(),
    trial_days=st.integers(-1, 30),
    trial_over=st.booleans(),
    trial_end_rule=st.sampled_from([*states.TRIAL_END_RULES, "whatever"]),
    undo_period_over=st.booleans(),
    backup_required=st.booleans(),
    backup_fresh=st.booleans(),
)


def holds(rule: Rule, facts: Facts) -> bool:
    """The table read a second way, independent of the machine."""
    return (
        facts.may(rule.right)
        and (bool(facts.reason) or not rule.needs_reason)
        and all(GUARDS[guard](facts) for guard in rule.guards)
    )


@settings(max_examples=300)
@given(some_facts)
def test_every_pair_of_state_and_event_is_in_the_table_or_refused(facts: Facts) -> None:
    for state, event in itertools.product(states.STATES, EVENTS):
        rows = [rule for rule in TABLE if rule.event == event and state in rule.sources]
        open_rows = [rule for rule in rows if holds(rule, facts)]
        if open_rows:
            assert decide(state, event, facts).target == open_rows[0].target
        else:
            reason = why(state, event, facts)
            assert (reason == "not_from_here") == (not rows)


@settings(max_examples=300)
@given(some_facts)
def test_at_most_one_row_of_an_event_applies(facts: Facts) -> None:
    for state, event in itertools.product(states.STATES, EVENTS):
        rows = [rule for rule in TABLE if rule.event == event and state in rule.sources]
        assert sum(holds(rule, facts) for rule in rows) <= 1, (state, event)


@given(some_facts)
def test_allowed_names_exactly_the_events_that_are_not_refused(facts: Facts) -> None:
    for state in states.STATES:
        accepted = []
        for event in EVENTS:
            try:
                decide(state, event, facts)
            except Refused:
                continue
            accepted.append(event)
        assert allowed(state, facts) == tuple(accepted)


@given(some_facts)
def test_a_closed_tenant_has_a_reason_and_an_open_one_has_none(facts: Facts) -> None:
    for state, event in itertools.product(states.STATES, EVENTS):
        try:
            move = decide(state, event, facts)
        except Refused:
            continue
        if move.target in states.SERVING:
            assert move.reason == ""
            assert move.served_as in states.SERVING
        if (
            event in ("suspended", "trial_ended", "reason_changed")
            and move.target == states.SUSPENDED
        ):
            assert move.reason in states.SUSPENSION_REASONS


def test_the_table_knows_only_known_states_guards_and_rights() -> None:
    for rule in TABLE:
        assert set(rule.sources) <= set(states.STATES) and rule.target in states.STATES
        assert set(rule.guards) <= set(GUARDS)
        assert rule.right in (OPERATOR, ADMINISTRATOR, SYSTEM)
    assert {guard for rule in TABLE for guard in rule.guards} == set(GUARDS)


def test_every_state_can_be_reached_and_only_deleted_is_the_end() -> None:
    reached = {states.DRAFT} | {rule.target for rule in TABLE}
    left = {source for rule in TABLE for source in rule.sources}
    assert reached == set(states.STATES)
    assert set(states.STATES) - left == states.FINAL


class Reading:
    """Facts that write down which of them were read."""

    def __init__(self, facts: Facts, read: set[str]) -> None:
        self._facts, self._read = facts, read

    def __getattr__(self, name: str) -> object:
        self._read.add(name)
        return getattr(self._facts, name)


def test_every_fact_matters_to_some_guard() -> None:
    read: set[str] = set()
    for facts in (
        PRODUCT,
        replace(PRODUCT, nothing_left=True),
        replace(PRODUCT, backup_required=True),
    ):
        for guard in GUARDS.values():
            guard(Reading(facts, read))
    assert {field.name for field in fields(Facts)} - read == {"actor_rights"}


def test_a_plan_with_trial_leads_to_trial_and_one_without_to_active() -> None:
    made = replace(PRODUCT, has_database=True, trial_days=14)
    assert decide("provisioning", "provisioned", made) == Transition(
        "provisioned", "provisioning", "trial", "", "trial"
    )
    assert decide("provisioning", "provisioned", replace(made, trial_days=0)).target == "active"
    assert why("provisioning", "provisioned", PRODUCT) == "database_there"


def test_a_failed_tenant_is_tried_again_or_becomes_a_draft_when_nothing_is_left() -> None:
    assert decide("failed", "provisioning_started", BOB).target == "provisioning"
    assert why("failed", "provisioning_undone", BOB) == "nothing_left"
    assert (
        decide("failed", "provisioning_undone", replace(BOB, nothing_left=True)).target == "draft"
    )


def test_only_the_product_itself_says_that_provisioning_ended() -> None:
    facts = replace(ROOT, has_database=True)
    assert why("provisioning", "provisioned", facts) == "no_right"
    assert why("provisioning", "provisioning_failed", replace(facts, reason="x")) == "no_right"


@pytest.mark.parametrize(
    ("rule", "target", "reason"),
    [("convert", "active", ""), ("suspend", "suspended", "trial_end"), ("cancel", "archived", "")],
)
def test_the_end_of_a_trial_follows_its_rule(rule: str, target: str, reason: str) -> None:
    facts = replace(PRODUCT, trial_over=True, trial_end_rule=rule, served_as="trial")
    move = decide("trial", "trial_ended", facts)
    assert (move.target, move.reason) == (target, reason)
    assert why("trial", "trial_ended", replace(facts, trial_over=False)) == "trial_over"
    busy = replace(facts, operation_running=True)
    assert why("trial", "trial_ended", busy) == "no_operation_running"


def test_paying_opens_what_closed_at_the_end_of_the_trial() -> None:
    closed = replace(BOB, suspended_for="trial_end", served_as="trial", trial_over=True)
    assert decide("suspended", "trial_converted", closed).target == "active"
    assert why("suspended", "resumed", closed) == "trial_still_running"


def test_paying_does_not_open_what_is_closed_for_another_reason_but_is_remembered() -> None:
    closed = replace(BOB, suspended_for="security", served_as="trial")
    move = decide("suspended", "trial_converted", closed)
    assert (move.target, move.reason, move.served_as) == ("suspended", "security", "active")


def test_suspending_needs_a_known_reason_and_no_running_operation() -> None:
    assert why("active", "suspended", BOB) == "no_reason"
    assert why("active", "suspended", replace(BOB, reason="because")) == "reason_known"
    busy = replace(BOB, reason="manual", operation_running=True)
    assert why("active", "suspended", busy) == "no_operation_running"
    assert decide("active", "suspended", replace(BOB, reason="manual")).reason == "manual"


def test_a_tenant_returns_to_what_it_was() -> None:
    closed = replace(BOB, suspended_for="payment", served_as="active")
    assert decide("suspended", "resumed", closed).target == "active"
    trial = replace(closed, served_as="trial")
    assert decide("suspended", "resumed", trial).target == "trial"


def test_closed_for_security_is_opened_by_an_administrator_alone() -> None:
    closed = replace(BOB, suspended_for="security", served_as="active")
    assert why("suspended", "resumed", closed) == "may_lift_reason"
    root = replace(closed, actor_rights=frozenset({ADMINISTRATOR}))
    assert decide("suspended", "resumed", root).target == "active"


def test_archiving_does_not_wash_off_security() -> None:
    closed = replace(BOB, suspended_for="security", served_as="active", reason="quarter over")
    move = decide("suspended", "archived", closed)
    assert move.reason == "security"
    back = replace(closed, has_database=True, suspended_for=move.reason)
    assert why("archived", "reactivated", back) == "may_lift_reason"
    trial = replace(back, served_as="trial")
    assert why("archived", "trial_converted", trial) == "may_lift_reason"


def test_only_a_stronger_reason_replaces_one() -> None:
    unpaid = replace(BOB, suspended_for="payment", reason="security")
    assert decide("suspended", "reason_changed", unpaid).reason == "security"
    weaker = replace(unpaid, suspended_for="security", reason="payment")
    assert why("suspended", "reason_changed", weaker) == "reason_stronger"
    unknown = replace(unpaid, reason="because")
    assert why("suspended", "reason_changed", unknown) == "reason_known"


@pytest.mark.parametrize("before", ["trial", "active", "suspended", "archived"])
def test_a_move_ends_where_it_began(before: str) -> None:
    facts = replace(
        PRODUCT, has_database=True, suspended_for="payment" if before == "suspended" else ""
    )
    begun = decide(before, "migration_started", facts)
    assert begun.target == "migrating"
    ended = decide("migrating", "migration_ended", replace(facts, state_before=before))
    assert ended.target == before
    assert ended.reason == facts.suspended_for


def test_deletion_needs_an_administrator_a_reason_and_where_asked_a_fresh_backup() -> None:
    assert why("active", "deletion_requested", replace(BOB, reason="left")) == "no_right"
    assert why("active", "deletion_requested", ROOT) == "no_reason"
    asked = replace(ROOT, reason="left", backup_required=True)
    assert why("active", "deletion_requested", asked) == "backup_fresh"
    assert (
        decide("active", "deletion_requested", replace(asked, backup_fresh=True)).target
        == "deleting"
    )


@pytest.mark.parametrize("state", ["trial", "active", "suspended", "archived"])
@pytest.mark.parametrize("actor", ["root", "product"])
@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("required", [False, True])
def test_no_state_and_nobody_is_deleted_past_the_backup(
    state: str, actor: str, fresh: bool, required: bool
) -> None:
    known = replace(
        ROOT if actor == "root" else PRODUCT,
        reason="left",
        backup_required=required,
        backup_fresh=fresh,
    )
    if required and not fresh:
        assert why(state, "deletion_requested", known) == "backup_fresh"
    else:
        assert decide(state, "deletion_requested", known).target == "deleting"
    # What an operation holds up is told first: it ends by itself, a backup has to be ordered.
    busy = replace(known, operation_running=True)
    assert why(state, "deletion_requested", busy) == "no_operation_running"


@pytest.mark.parametrize(
    ("before", "trial_over", "target"),
    [
        ("trial", False, "trial"),
        ("trial", True, "suspended"),
        ("active", False, "active"),
        ("suspended", False, "suspended"),
        ("archived", False, "archived"),
    ],
)
def test_deletion_is_undone_to_where_it_was_asked(
    before: str, trial_over: bool, target: str
) -> None:
    facts = replace(ROOT, has_database=True, state_before=before, trial_over=trial_over)
    assert decide("deleting", "deletion_undone", facts).target == target
    assert (
        why("deleting", "deletion_undone", replace(facts, has_database=False)) == "database_there"
    )


def test_nothing_is_destroyed_before_the_undo_period_is_over() -> None:
    facts = replace(PRODUCT, nothing_left=True)
    assert why("deleting", "deleted", facts) == "undo_period_over"
    assert decide("deleting", "deleted", replace(facts, undo_period_over=True)).target == "deleted"


def test_of_several_alternatives_the_one_that_came_furthest_is_told() -> None:
    facts = replace(BOB, served_as="trial", trial_over=True, has_database=True)
    assert why("archived", "reactivated", facts) == "trial_still_running"
