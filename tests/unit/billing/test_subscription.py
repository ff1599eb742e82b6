"""Deciding a move of a subscription: the table, the guards, who may."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saas_business_management.kernel.billing import states
from saas_business_management.kernel.billing.states import STATES
from saas_business_management.kernel.billing.subscription import (
    BILLING,
    EVENTS,
    GUARDS,
    RIGHTS,
    SUSPENSION_REASONS,
    SYSTEM,
    TABLE,
    TRIAL_END_RULES,
    Facts,
    Rule,
)
from saas_business_management.kernel.billing.subscription_move import Move, allowed, decide
from saas_business_management.kernel.errors import Refused

READY = Facts(
    actor_rights=frozenset({BILLING}), has_customer=True, has_offer=True, alone_on_tenant=True
)
PRODUCT = Facts(actor_rights=frozenset({SYSTEM}))


def why(state: str, event: str, facts: Facts) -> str:
    with pytest.raises(Refused) as refusal:
        decide(state, event, facts)
    assert refusal.value.code == "subscription_refused"
    assert (refusal.value.facts["state"], refusal.value.facts["event"]) == (state, event)
    return str(refusal.value.facts["why"])


some_facts = st.builds(
    Facts,
    actor_rights=st.frozensets(st.sampled_from([BILLING, SYSTEM, "viewer"])),
    reason=st.sampled_from(["", "too dear"]),
    suspended_for=st.sampled_from(["", *SUSPENSION_REASONS]),
    has_customer=st.booleans(),
    has_offer=st.booleans(),
    alone_on_tenant=st.booleans(),
    trial_days=st.integers(-1, 30),
    trial_over=st.booleans(),
    trial_end_rule=st.sampled_from([*TRIAL_END_RULES, "whatever"]),
    end_planned=st.booleans(),
    end_reached=st.booleans(),
    nothing_overdue=st.booleans(),
)


def holds(rule: Rule, facts: Facts) -> bool:
    """The table read a second way, independent of the machine."""
    return (
        facts.may(rule.right)
        and (bool(facts.reason) or not rule.needs_reason)
        and all(GUARDS[guard](facts) for guard in rule.guards)
    )


@settings(max_examples=200)
@given(some_facts)
def test_every_pair_of_state_and_event_is_in_the_table_or_refused(facts: Facts) -> None:
    for state, event in itertools.product(STATES, EVENTS):
        rows = [rule for rule in TABLE if rule.event == event and state in rule.sources]
        open_rows = [rule for rule in rows if holds(rule, facts)]
        assert len(open_rows) <= 1, "two alternatives apply at once"
        assert (event in allowed(state, facts)) == bool(open_rows)
        if open_rows:
            assert decide(state, event, facts).target == (open_rows[0].target or state)
        else:
            assert (why(state, event, facts) == "not_from_here") == (not rows)


def test_the_table_uses_known_names_alone() -> None:
    for rule in TABLE:
        assert {*rule.sources, rule.target or states.DRAFT} <= set(STATES)
        assert set(rule.guards) <= set(GUARDS)
        assert rule.right in RIGHTS
        assert (rule.target == states.SUSPENDED) == bool(rule.sets_reason)
    used = {guard for rule in TABLE for guard in rule.guards}
    assert used == set(GUARDS)


@pytest.mark.parametrize(
    ("state", "event", "facts", "target"),
    [
        ("draft", "started", replace(READY, trial_days=14), "trial"),
        ("draft", "started", READY, "active"),
        ("trial", "trial_converted", READY, "active"),
        ("active", "paused", replace(READY, reason="holidays"), "paused"),
        ("paused", "resumed", READY, "active"),
        ("active", "plan_changed", READY, "active"),
        ("past_due", "cancellation_planned", replace(READY, reason="too dear"), "past_due"),
        ("past_due", "cancellation_undone", replace(READY, end_planned=True), "past_due"),
        ("active", "cancelled", replace(READY, reason="closed"), "cancelled"),
        ("draft", "cancelled", replace(READY, reason="typed wrong"), "cancelled"),
        ("cancelled", "won_back", READY, "active"),
        ("active", "payment_failed", PRODUCT, "past_due"),
        ("past_due", "paid", replace(PRODUCT, nothing_overdue=True), "active"),
        (
            "suspended",
            "paid",
            replace(PRODUCT, nothing_overdue=True, suspended_for="payment"),
            "active",
        ),
        ("past_due", "dunning_cancelled", PRODUCT, "cancelled"),
        ("active", "ended", replace(PRODUCT, end_planned=True, end_reached=True), "cancelled"),
    ],
)
def test_what_may_happen(state: str, event: str, facts: Facts, target: str) -> None:
    assert decide(state, event, facts) == Move(event, state, target)


@pytest.mark.parametrize(
    ("rule", "target", "reason"),
    [("convert", "active", ""), ("suspend", "suspended", "trial_end"), ("cancel", "cancelled", "")],
)
def test_a_trial_ends_as_its_plan_says(rule: str, target: str, reason: str) -> None:
    facts = replace(PRODUCT, trial_over=True, trial_end_rule=rule)
    assert decide("trial", "trial_ended", facts) == Move("trial_ended", "trial", target, reason)


@pytest.mark.parametrize(
    ("state", "event", "facts", "reason"),
    [
        ("draft", "started", replace(READY, has_customer=False), "customer_known"),
        ("draft", "started", replace(READY, has_offer=False), "offer_in_force"),
        ("draft", "started", replace(READY, alone_on_tenant=False), "alone_on_tenant"),
        ("active", "started", READY, "not_from_here"),
        ("trial", "trial_ended", replace(PRODUCT, trial_end_rule="convert"), "trial_over"),
        ("trial", "trial_ended", replace(READY, trial_over=True), "no_right"),
        ("past_due", "plan_changed", READY, "not_from_here"),
        ("past_due", "paused", replace(READY, reason="holidays"), "not_from_here"),
        ("active", "paused", READY, "no_reason"),
        ("active", "paused", replace(READY, reason="x", end_planned=True), "no_end_planned"),
        ("past_due", "paid", PRODUCT, "nothing_overdue"),
        (
            "suspended",
            "paid",
            replace(PRODUCT, nothing_overdue=True, suspended_for="trial_end"),
            "suspended_for_payment",
        ),
        ("active", "ended", replace(PRODUCT, end_planned=True), "end_reached"),
        ("active", "cancellation_undone", READY, "end_planned"),
        ("cancelled", "cancelled", replace(READY, reason="again"), "not_from_here"),
    ],
)
def test_what_stands_in_the_way(state: str, event: str, facts: Facts, reason: str) -> None:
    assert why(state, event, facts) == reason


def test_the_suspension_is_forgotten_when_it_is_over() -> None:
    facts = replace(PRODUCT, suspended_for="payment", nothing_overdue=True)
    assert decide("suspended", "paid", facts).reason == ""
    assert decide("past_due", "dunning_suspended", PRODUCT).reason == "payment"
