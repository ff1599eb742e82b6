"""The ladder of an unpaid invoice: its days, and what happens on them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing import dunning, states
from saas_business_management.kernel.billing.dunning import (
    DunningProfile,
    DunningStep,
    Pause,
    closes_on,
    offline_profile,
    plan,
    worth_dunning,
)
from saas_business_management.kernel.billing.dunning_course import HARD, Story, run_ladder
from saas_business_management.kernel.errors import Refused

FIRST = date(2025, 4, 1)
DEFAULT = DunningProfile()


def april(day: int) -> date:
    """A day of April, and of May behind it."""
    return FIRST + timedelta(days=day - 1)


def code(call) -> str:
    """The code of a refusal."""
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def test_the_default_ladder() -> None:
    found = plan(DEFAULT, FIRST)
    assert found.retries == (april(2), april(4), april(7), april(14), april(30))
    assert found.states == (
        (states.PAST_DUE, april(1)),
        (states.RESTRICTED, april(8)),
        (states.SUSPENDED, april(15)),
        (states.CANCELLED, april(31)),
    )
    assert found.begins(states.SUSPENDED) == april(15) and found.begins("paused") is None
    assert found.reminders == ()


def test_steps_come_in_the_order_of_days_and_a_retry_before_a_state() -> None:
    profile = DunningProfile((7,), (("restricted", 7),), (0, 7))
    kinds = [step.kind for step in plan(profile, FIRST).steps]
    assert kinds == [dunning.REMINDER, dunning.RETRY, dunning.REMINDER, dunning.STATE]


def test_behind_the_cancellation_there_is_nothing() -> None:
    profile = DunningProfile((1, 10, 11), ((states.CANCELLED, 10),))
    found = plan(profile, FIRST)
    assert found.retries == (april(2), april(11))
    assert found.steps[-1] == DunningStep(april(11), dunning.STATE, states.CANCELLED)


def test_what_is_due_is_what_was_not_done() -> None:
    found = plan(DEFAULT, FIRST)
    assert found.due(april(0)) == ()
    first = found.due(april(1))
    assert [step.name for step in first] == [states.PAST_DUE]
    assert [step.kind for step in found.due(april(4), first)] == [dunning.RETRY, dunning.RETRY]
    assert found.due(date.max, found.steps) == ()


def test_who_pays_by_transfer_is_reminded_and_never_charged() -> None:
    found = plan(offline_profile([0, 7, 14], 30), date(2025, 4, 15))
    assert found.reminders == (date(2025, 4, 15), date(2025, 4, 22), date(2025, 4, 29))
    assert found.states == ((states.SUSPENDED, date(2025, 5, 15)),)
    assert found.retries == ()


@pytest.mark.parametrize(
    ("pauses", "retries"),
    [
        ([], (2, 4, 7)),
        ([Pause(april(4), april(9))], (2, 9, 12)),
        ([Pause(april(3), april(3))], (2, 4, 7)),
        ([Pause(april(5))], (2, 4)),
        ([Pause(april(1))], ()),
        ([Pause(april(8))], (2, 4, 7)),
        ([Pause(april(10), april(11)), Pause(april(4), april(9))], (2, 9, 13)),
        ([Pause(april(4), april(9)), Pause(april(12))], (2, 9)),
    ],
)
def test_a_pause_moves_what_would_have_come_later(pauses: list, retries: tuple) -> None:
    found = plan(DunningProfile((1, 3, 6), ()), FIRST, pauses)
    assert found.retries == tuple(map(april, retries))


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (((0, 1),), "dunning_days"),
        (((1, 1),), "dunning_days"),
        (((3, 1),), "dunning_days"),
        (((-1,),), "dunning_days"),
        (((), (("a", 7), ("b", 7))), "dunning_days"),
        (((), (("a", 7), ("b", 3))), "dunning_days"),
        (((), (("a", -1),)), "dunning_days"),
        (((), (("a", 1), ("a", 2))), "dunning_states"),
        (((), (), (3, 3)), "dunning_days"),
        (((), (), (-1,)), "dunning_days"),
    ],
)
def test_a_profile_whose_days_do_not_grow_is_refused(words: tuple, refusal: str) -> None:
    assert code(lambda: DunningProfile(*words)) == refusal


def test_a_pause_ends_after_its_begin() -> None:
    assert code(lambda: Pause(april(2), april(1))) == "dunning_pause"


@given(
    st.sets(st.integers(1, 60)).map(sorted).map(tuple),
    st.lists(st.tuples(st.integers(-5, 70), st.integers(0, 20)), max_size=3),
)
def test_pauses_keep_the_order_and_lose_no_step(days, spans) -> None:
    pauses = [Pause(april(begin), april(begin + length)) for begin, length in spans]
    found = plan(DunningProfile(days), FIRST, pauses)
    plain = plan(DunningProfile(days), FIRST)
    assert [one.on for one in found.steps] == sorted(one.on for one in found.steps)
    assert [(one.kind, one.name) for one in found.steps] == [
        (one.kind, one.name) for one in plain.steps
    ]
    longest = sum(length for _begin, length in spans)
    for before, after in zip(plain.steps, found.steps, strict=True):
        assert 0 <= (after.on - before.on).days <= longest
        assert not any(
            one.from_on <= after.on < one.until_on for one in pauses[:1] if len(pauses) == 1
        )


@pytest.mark.parametrize(
    ("overdue", "least", "dunned"),
    [
        ({"USD": "3.20", "EUR": "40"}, {"USD": "10", "EUR": "10"}, ("EUR",)),
        ({"USD": "10"}, {"USD": "10"}, ("USD",)),
        ({"USD": "9.99"}, {"USD": "10"}, ()),
        ({"USD": "0.01"}, {}, ("USD",)),
        ({"USD": "0"}, {}, ()),
        ({"USD": "0"}, {"USD": "0"}, ()),
    ],
)
def test_tiny_debts_start_no_ladder(overdue: dict, least: dict, dunned: tuple) -> None:
    owed, bounds = [{name: Decimal(text) for name, text in one.items()} for one in (overdue, least)]
    assert worth_dunning(owed, bounds) == dunned


def test_a_debt_is_not_negative() -> None:
    assert code(lambda: worth_dunning({"USD": Decimal(-1)}, {})) == "number_negative"
    thresholds = {"USD": Decimal(-1)}
    assert code(lambda: worth_dunning({"USD": Decimal(1)}, thresholds)) == "number_negative"


def test_an_unpaid_renewal_closes_after_its_days() -> None:
    assert closes_on(FIRST, 15, paid=False) == date(2025, 4, 16)
    assert closes_on(FIRST, 0, paid=False) == FIRST
    assert closes_on(FIRST, 15, paid=True) is None
    assert code(lambda: closes_on(FIRST, -1, paid=False)) == "dunning_days"


def test_when_all_fails_the_ladder_ends_in_the_cancellation() -> None:
    found = run_ladder(DEFAULT, Story(FIRST))
    assert found.attempts == [FIRST, *plan(DEFAULT, FIRST).retries]
    assert tuple(found.states_reached) == plan(DEFAULT, FIRST).states
    assert found.state == states.CANCELLED


@pytest.mark.parametrize(
    ("retry", "attempts", "reached"),
    [
        (1, [1, 2], [(states.PAST_DUE, 1), (states.ACTIVE, 2)]),
        (3, [1, 2, 4, 7], [(states.PAST_DUE, 1), (states.ACTIVE, 7)]),
        (
            4,
            [1, 2, 4, 7, 14],
            [(states.PAST_DUE, 1), (states.RESTRICTED, 8), (states.ACTIVE, 14)],
        ),
    ],
)
def test_a_retry_that_succeeds_leads_back_at_once(retry, attempts, reached) -> None:
    found = run_ladder(DEFAULT, Story(FIRST, succeeds_on_retry=retry))
    assert found.attempts == list(map(april, attempts))
    assert found.states_reached == [(state, april(day)) for state, day in reached]
    assert found.state == states.ACTIVE


def test_after_a_hard_decline_only_a_new_card_is_charged() -> None:
    waiting = run_ladder(DEFAULT, Story(FIRST, HARD))
    assert waiting.attempts == [FIRST] and waiting.state == states.CANCELLED
    paid = run_ladder(DEFAULT, Story(FIRST, HARD, new_token_on=april(5), token_pays=True))
    assert paid.attempts == [FIRST, april(5)]
    assert paid.states_reached == [(states.PAST_DUE, FIRST), (states.ACTIVE, april(5))]


def test_a_new_card_that_fails_lets_the_retries_go_on() -> None:
    found = run_ladder(DEFAULT, Story(FIRST, HARD, new_token_on=april(7)))
    assert found.attempts == list(map(april, [1, 7, 7, 14, 30]))
    assert found.state == states.CANCELLED


def test_a_card_that_comes_after_the_cancellation_changes_nothing() -> None:
    late = Story(FIRST, HARD, new_token_on=april(31), token_pays=True)
    assert run_ladder(DEFAULT, late).state == states.CANCELLED
    endless = DunningProfile((1,), ((states.PAST_DUE, 0),))
    assert run_ladder(endless, late).state == states.ACTIVE


def test_a_paused_ladder_reaches_nothing() -> None:
    found = run_ladder(DEFAULT, Story(FIRST, pauses=[Pause(FIRST)]))
    assert (found.attempts, found.states_reached, found.state) == ([FIRST], [], states.ACTIVE)


def test_an_unknown_kind_of_decline_is_refused() -> None:
    assert code(lambda: Story(FIRST, "maybe")) == "decline_unknown"
