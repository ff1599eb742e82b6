"""How long what of a support access lasts."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.support import times

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("minutes", [5, 60, 480])
def test_a_visit_takes_five_minutes_to_eight_hours(minutes):
    assert times.checked_minutes(minutes) == minutes


@pytest.mark.parametrize("minutes", [-1, 0, 4, 481, 10**9])
def test_other_lengths_are_refused(minutes):
    with pytest.raises(Refused) as told:
        times.checked_minutes(minutes)
    assert told.value.code == "support_minutes"


@pytest.mark.parametrize(
    ("state", "moments", "event"),
    [
        ("asked", (NOW - times.CONSENT, None, None), "lapsed"),
        ("asked", (NOW - times.CONSENT + SECOND, None, None), ""),
        ("allowed", (NOW - timedelta(days=8), NOW - times.ENTRY, None), "lapsed"),
        ("allowed", (NOW - timedelta(days=8), NOW - times.ENTRY + SECOND, None), ""),
        ("inside", (None, None, NOW), "expired"),
        ("inside", (None, None, NOW + SECOND), ""),
        ("draft", (None, None, None), ""),
        ("leaving", (NOW - timedelta(days=9), NOW - timedelta(days=9), NOW), ""),
        ("over", (NOW - timedelta(days=9), NOW - timedelta(days=9), NOW), ""),
    ],
)
def test_time_is_over_to_the_second(state, moments, event):
    assert times.overdue(state, NOW, *moments) == event


def test_a_guest_has_a_login_of_its_own():
    assert times.LOGIN.fullmatch(times.guest_login("0123456789abcdef"))
    assert times.guest_login("A" * 16) == "support-aaaaaaaaaaaa"


def test_a_login_link_never_outlasts_the_visit():
    assert times.link_end(NOW, NOW + timedelta(hours=1)) == NOW + timedelta(minutes=15)
    assert times.link_end(NOW, NOW + timedelta(minutes=3)) == NOW + timedelta(minutes=3)
