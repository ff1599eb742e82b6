"""The moves of operations and steps."""

import itertools

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.work import states
from saas_business_management.kernel.work.states import JOB_MOVES, STEP_MOVES, check_move


@pytest.mark.parametrize(
    ("moves", "known"), [(JOB_MOVES, states.JOB_STATES), (STEP_MOVES, states.STEP_STATES)]
)
def test_every_pair_of_states_is_a_move_or_refused(
    moves: dict[str, frozenset[str]], known: tuple[str, ...]
) -> None:
    assert set(moves) == set(known)
    for state, target in itertools.product(known, known):
        if state == target or target in moves[state]:
            check_move(state, target, moves)
        else:
            with pytest.raises(Refused) as refusal:
                check_move(state, target, moves)
            assert refusal.value.code == "operation_move"


def test_an_operation_is_open_or_ended_never_both() -> None:
    assert not states.OPEN & states.ENDED
    assert set(states.JOB_STATES) == states.OPEN | states.ENDED
    assert states.HELD <= states.OPEN


def test_only_what_gave_up_comes_back_and_only_by_a_person() -> None:
    comes_back = {state for state in states.ENDED if JOB_MOVES[state]}
    assert comes_back == {states.DEAD}


def test_what_was_done_cannot_fail_afterwards() -> None:
    with pytest.raises(Refused):
        check_move(states.DONE, states.FAILED)
    with pytest.raises(Refused):
        check_move(states.RUNNING, states.FAILED)
