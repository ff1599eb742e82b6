"""Maintenance: its course, the notice that excludes it, windows of every week."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.monitoring import maintenance
from saas_business_management.kernel.monitoring.maintenance import Facts, is_excluded, occurrence

PARIS = ZoneInfo("Europe/Paris")
BOB = Facts(is_operator=True, is_published=True)
START = datetime(2026, 3, 12, 1, tzinfo=timezone.utc)


def test_from_announced_to_completed():
    state = "scheduled"
    for event in ("begin", "verify", "go_on", "verify", "complete"):
        state = maintenance.decide(state, event, BOB)
    assert state == "completed"
    assert maintenance.decide("scheduled", "cancel", Facts(True, "not needed")) == "cancelled"


@pytest.mark.parametrize(
    ("state", "event", "facts", "why"),
    [
        ("scheduled", "begin", Facts(True), "is_published"),
        ("scheduled", "cancel", BOB, "no_reason"),
        ("scheduled", "complete", BOB, "not_from_here"),
        ("in_progress", "cancel", Facts(True, "late"), "not_from_here"),
        ("completed", "begin", BOB, "not_from_here"),
        ("in_progress", "verify", Facts(is_published=True), "no_right"),
    ],
)
def test_what_cannot_happen_says_why(state, event, facts, why):
    with pytest.raises(Refused) as told:
        maintenance.decide(state, event, facts)
    assert (told.value.code, told.value.facts["why"]) == ("maintenance_move", why)


@pytest.mark.parametrize(
    ("hours", "urgent", "excluded"),
    [(48, False, True), (47.99, False, False), (1, True, True), (0.99, True, False), (2, 0, False)],
)
def test_it_is_excluded_only_when_told_long_enough_ahead(hours, urgent, excluded):
    assert is_excluded(START - timedelta(hours=hours), START, urgent) is excluded


def test_what_was_never_told_is_never_excluded():
    assert not is_excluded(None, START, True)


def test_notice_counts_hours_that_passed_when_clocks_are_put_forward():
    start = datetime(2026, 3, 29, 12, tzinfo=PARIS)
    told = datetime(2026, 3, 27, 12, tzinfo=PARIS)  # two days on the wall, 47 hours
    assert not is_excluded(told.astimezone(timezone.utc), start.astimezone(timezone.utc), False)


def test_a_window_ends_after_it_begins_and_within_thirty_days():
    maintenance.check_window(START, START + timedelta(days=30))
    for length, code in (
        (timedelta(0), "maintenance_window"),
        (timedelta(days=30, seconds=1), "maintenance_long"),
    ):
        with pytest.raises(Refused) as told:
            maintenance.check_window(START, START + length)
        assert told.value.code == code


def test_the_hour_on_the_wall_stays_over_a_change_of_clocks():
    first = datetime(2026, 3, 22, 3, 0, tzinfo=PARIS)
    assert occurrence(first, 1, PARIS) == datetime(2026, 3, 29, 1, tzinfo=timezone.utc)
    assert occurrence(first, 1, PARIS) - first.astimezone(timezone.utc) == timedelta(hours=167)


def test_an_hour_that_does_not_exist_moves_once_and_not_for_good():
    first = datetime(2026, 3, 22, 2, 30, tzinfo=PARIS)
    assert occurrence(first, 1, PARIS).astimezone(PARIS).hour == 3
    assert occurrence(first, 2, PARIS).astimezone(PARIS).hour == 2


def test_of_an_hour_that_exists_twice_it_is_the_first():
    first = datetime(2026, 10, 18, 2, 30, tzinfo=PARIS)
    assert occurrence(first, 1, PARIS) == datetime(2026, 10, 25, 0, 30, tzinfo=timezone.utc)


@given(st.integers(0, 300), st.integers(0, 24 * 7 - 1))
def test_weeks_follow_each_other_at_the_same_hour(number, hour):
    first = datetime(2026, 1, 5, tzinfo=timezone.utc) + timedelta(hours=hour)
    found = occurrence(first, number, PARIS)
    apart = found - first - number * timedelta(days=7)
    assert apart in (timedelta(0), timedelta(hours=-1), timedelta(hours=1))
    assert occurrence(first, number + 1, PARIS) > found
