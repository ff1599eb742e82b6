"""What becomes of an operation after a failure or a death."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Broken, Refused, Unavailable
from saas_business_management.kernel.work.retry import (
    LONGEST_SECONDS,
    Dead,
    GiveUp,
    Resume,
    RetryAt,
    Undo,
    after_death,
    decide,
    delay_seconds,
)

jitters = st.floats(0, 1, exclude_max=True)
attempts = st.integers(1, 100_000)


@pytest.mark.parametrize(
    ("attempt", "seconds"),
    [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (100_000, 60)],
)
def test_waiting_doubles_from_one_second_to_a_minute(attempt: int, seconds: float) -> None:
    assert delay_seconds(attempt, 0) == seconds


@given(attempts, jitters)
def test_jitter_lengthens_by_at_most_a_fifth(attempt: int, jitter: float) -> None:
    plain = delay_seconds(attempt, 0)
    assert plain <= delay_seconds(attempt, jitter) <= plain * 1.2
    assert delay_seconds(attempt, jitter) <= LONGEST_SECONDS * 1.2


@given(attempts, jitters, jitters)
def test_jitter_spreads(attempt: int, one: float, other: float) -> None:
    early, late = sorted((one, other))
    assert delay_seconds(attempt, early) <= delay_seconds(attempt, late)
    assert delay_seconds(attempt, 0.9) > delay_seconds(attempt, 0.1)


@pytest.mark.parametrize(
    ("kind", "waited", "undoing", "verdict"),
    [
        (Unavailable.kind, 0, False, RetryAt(1)),
        (Unavailable.kind, 1799.9, False, RetryAt(1)),
        (Unavailable.kind, 1800, False, Undo("gave_up")),
        (Unavailable.kind, 1799.9, True, RetryAt(1)),
        (Unavailable.kind, 1800, True, Dead("undo_failed")),
        (Refused.kind, 0, False, Undo("refused")),
        (Refused.kind, 0, True, Dead("undo_failed")),
        (Broken.kind, 0, False, Undo("broken")),
        (Broken.kind, 0, True, Dead("undo_failed")),
        ("error", 0, False, Undo("broken")),
    ],
)
def test_the_kind_of_the_error_decides(
    kind: str, waited: float, undoing: bool, verdict: object
) -> None:
    assert decide(kind, 1, waited, 1800, 0, undoing) == verdict


@given(st.text(), attempts, st.floats(0, 1e7), st.floats(0, 1e6), jitters, st.booleans())
def test_a_verdict_always_comes_and_giving_up_is_final(
    kind: str, attempt: int, waited: float, give_up: float, jitter: float, undoing: bool
) -> None:
    verdict = decide(kind, attempt, waited, give_up, jitter, undoing)
    if isinstance(verdict, RetryAt):
        assert kind == "unavailable" and waited < give_up and verdict.seconds >= 1
    else:
        assert isinstance(verdict, GiveUp)
        assert isinstance(verdict, Dead) == undoing


@given(jitters)
def test_a_row_of_failures_is_given_up_after_a_bounded_number_of_tries(jitter: float) -> None:
    waited, tries = 0.0, 0
    while True:
        tries += 1
        verdict = decide("unavailable", tries, waited, 1800, jitter)
        if not isinstance(verdict, RetryAt):
            break
        waited += verdict.seconds
    assert verdict == Undo("gave_up")
    assert 30 <= tries <= 40


def test_the_fifth_death_is_the_last() -> None:
    assert [after_death(deaths) for deaths in (0, 1, 4)] == [Resume()] * 3
    assert [after_death(deaths) for deaths in (5, 6, 100)] == [Dead("deaths")] * 3
