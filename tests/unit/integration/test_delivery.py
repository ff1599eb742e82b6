"""When a delivery is tried again, and replay."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.integration.delivery import (
    DEAD_LETTER,
    WAITING,
    Backoff,
    Delivery,
    replays,
)

backoffs = st.tuples(st.integers(1, 500), st.integers(0, 3000), st.integers(0, 20_000)).map(
    lambda found: Backoff(found[0], found[0] + found[1], sum(found))
)


def test_waiting_doubles_to_six_hours_and_ends_after_three_days() -> None:
    found = Backoff()
    assert found.delays[:9] == (60, 120, 240, 480, 960, 1920, 3840, 7680, 15360)
    assert set(found.delays[9:]) == {21600} and len(found.delays) == 19
    assert found.first_delays == found.delays[:10]
    assert found.state_after(1) == found.state_after(19) == WAITING
    assert found.state_after(20) == found.end_state == DEAD_LETTER


@pytest.mark.parametrize("words", [(0, 1, 1), (-1, 1, 1), (2, 1, 3), (1, 3, 2)])
def test_times_that_never_grow_or_end_are_refused(words: tuple[int, int, int]) -> None:
    with pytest.raises(Refused) as caught:
        Backoff(*words)
    assert caught.value.code == "backoff_seconds"


def test_a_delivery_that_failed_very_often_waits_no_longer() -> None:
    assert Backoff().delay_seconds(10**9) == 21600


@given(backoffs)
def test_waiting_never_shrinks_and_fits_into_the_horizon(found: Backoff) -> None:
    delays = found.delays
    assert delays and list(delays) == sorted(delays)
    assert delays[-1] <= found.cap_seconds
    assert list(accumulate(delays))[-1] <= found.horizon_seconds
    following = found.delay_seconds(len(delays) + 1)
    assert sum(delays) + following > found.horizon_seconds
    first = found.first_delays
    assert all(one < found.cap_seconds for one in first[:-1]) and delays[: len(first)] == first


def test_a_replay_has_the_same_id_and_the_same_bytes() -> None:
    found = replays(Delivery("evt_1", b"{}"), 2)
    assert [(one.event_id, one.body, one.number) for one in found] == [
        ("evt_1", b"{}", 1),
        ("evt_1", b"{}", 2),
        ("evt_1", b"{}", 3),
    ]
    assert len(replays(Delivery("evt_1"), 1)) == 2
    with pytest.raises(Refused) as caught:
        replays(Delivery("evt_1"), 0)
    assert caught.value.code == "replay_times"
