"""Who is looked at how often, and how long a look counts."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.monitoring import cadence

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("chosen", "default", "minutes"),
    [(1, 5, 1), (15, 1, 15), (0, 1, 1), (0, 0, 5), (7, 15, 15), (0, 3, 5)],
)
def test_a_service_tier_goes_before_the_setting_for_all(chosen, default, minutes):
    assert cadence.door_minutes(chosen, default) == minutes


@pytest.mark.parametrize("minutes", cadence.DOOR_MINUTES)
def test_a_front_door_is_due_after_its_minutes_and_a_look_counts_three_times_as_long(minutes):
    apart = timedelta(minutes=minutes)
    assert cadence.door_due(None, minutes, NOW)
    assert cadence.door_due(NOW - apart, minutes, NOW)
    assert not cadence.door_due(NOW - apart + timedelta(seconds=21), minutes, NOW)
    assert cadence.evidence(minutes) == 3 * apart


def test_rounds_that_come_a_little_early_do_not_skip_every_second_look():
    looked = NOW - timedelta(seconds=45)
    assert cadence.door_due(looked, 1, NOW)


def test_a_clock_that_was_set_back_does_not_stop_the_looks():
    assert cadence.door_due(NOW + timedelta(hours=1), 15, NOW)


@pytest.mark.parametrize(
    ("full", "idle", "alarmed", "seconds"),
    [
        (False, False, False, 300),
        (True, False, False, 60),
        (False, True, False, 1800),
        (True, True, False, 1800),
        (False, True, True, 60),
        (False, False, True, 60),
    ],
)
def test_a_tenant_in_trouble_is_asked_each_minute_and_an_idle_one_seldom(
    full, idle, alarmed, seconds
):
    assert cadence.probe_seconds(5, full, idle, alarmed) == seconds


def test_an_idle_tenant_is_never_asked_more_often_than_one_at_work():
    assert cadence.probe_seconds(60, False, True, False) == 3600


@pytest.mark.parametrize(("told", "minutes"), [(0, 5), (1, 1), (90, 60), (-3, 1), (10, 10)])
def test_a_setting_out_of_range_is_brought_into_it(told, minutes):
    assert cadence.probe_minutes(told) == minutes
