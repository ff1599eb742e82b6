"""The course of a support access: nobody enters without consent, everybody can end it."""

import itertools

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.support.course import (
    ALLOWED,
    CUSTOMER,
    EVENTS,
    FINAL,
    GUEST_THERE,
    OPERATOR,
    OVER,
    STATES,
    SYSTEM,
    TABLE,
    decide,
    first_event,
)

ACTORS = (OPERATOR, CUSTOMER, SYSTEM)


def outcome(state, event, actor):
    try:
        return decide(state, event, actor)
    except Refused as error:
        return error.code


@pytest.mark.parametrize(
    ("state", "event", "actor", "target"),
    [
        ("draft", "asked", OPERATOR, "asked"),
        ("draft", "allowed", SYSTEM, "allowed"),
        ("asked", "allowed", CUSTOMER, "allowed"),
        ("asked", "refused", CUSTOMER, "refused"),
        ("asked", "withdrawn", OPERATOR, "withdrawn"),
        ("asked", "lapsed", SYSTEM, "lapsed"),
        ("allowed", "lapsed", SYSTEM, "lapsed"),
        ("allowed", "entered", SYSTEM, "inside"),
        ("allowed", "ended", CUSTOMER, "over"),
        ("inside", "ended", CUSTOMER, "leaving"),
        ("inside", "ended", OPERATOR, "leaving"),
        ("inside", "expired", SYSTEM, "leaving"),
        ("leaving", "left", SYSTEM, "over"),
    ],
)
def test_these_moves_are_made(state, event, actor, target):
    assert decide(state, event, actor) == target


def test_no_other_move_is_made():
    made = {
        (state, event, actor)
        for state, event, actor in itertools.product(STATES, EVENTS, ACTORS)
        if outcome(state, event, actor) != "support_move"
    }
    rows = {
        (state, move.event, actor)
        for move in TABLE
        for state in move.sources
        for actor in move.actors
    }
    assert made == rows
    assert len(made) == 15


def test_an_operator_never_allows():
    assert all(outcome(state, "allowed", OPERATOR) == "support_move" for state in STATES)


def test_whoever_is_inside_was_allowed_in():
    assert {move.sources for move in TABLE if move.target in GUEST_THERE} == {
        (ALLOWED,),
        ("inside",),
    }


def test_a_guest_is_gone_before_it_is_over():
    leaving = {state for move in TABLE if move.target in FINAL for state in move.sources}
    assert leaving & GUEST_THERE == {"leaving"}


def test_nothing_happens_in_a_final_state_and_every_state_leads_to_one():
    assert not {state for move in TABLE for state in move.sources} & FINAL
    reaches = set(FINAL)
    for _again in STATES:
        reaches |= {state for move in TABLE if move.target in reaches for state in move.sources}
    assert reaches == set(STATES)


def test_a_customer_can_end_whatever_is_allowed_or_inside():
    assert decide("allowed", "ended", CUSTOMER) == OVER
    assert decide("inside", "ended", CUSTOMER) == "leaving"


def test_the_rule_of_the_tenant_decides_what_asking_does():
    assert first_event("ask") == ("asked", OPERATOR)
    assert first_event("always") == ("allowed", SYSTEM)
    with pytest.raises(Refused) as told:
        first_event("never")
    assert told.value.code == "support_never"
