"""The clock port: one suite for the double and the machine's."""

from datetime import timedelta

import pytest

from saas_business_management.adapters.clock import SystemClock
from saas_business_management.adapters.fakes.clock import FakeClock


@pytest.fixture(params=[FakeClock, SystemClock], ids=["double", "machine"])
def clock(request):
    return request.param()


def test_now_is_an_aware_instant_in_utc(clock):
    assert clock.now().utcoffset() == timedelta(0)


def test_sleeping_moves_both_hands(clock):
    before, start = clock.now(), clock.monotonic()
    clock.sleep(0.02)
    assert clock.monotonic() - start >= 0.02
    assert clock.now() - before >= timedelta(seconds=0.019)


def test_a_calendar_set_back_does_not_set_back_durations():
    clock = FakeClock()
    before, start = clock.now(), clock.monotonic()
    clock.turn(-3600)
    assert (clock.now() - before, clock.monotonic() - start) == (timedelta(hours=-1), 0)
