"""Networks and windows."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.signup.limits import (
    Limit,
    network,
    wait_seconds,
    window_start,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::9", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_a_network_is_the_first_part_of_an_address(source, wanted):
    assert network(source) == wanted


def test_windows_meet_without_a_gap():
    late = NOON + timedelta(minutes=59, seconds=59)
    assert window_start(late, 3600) == NOON
    assert window_start(late + timedelta(seconds=1), 3600) == NOON + timedelta(hours=1)
    assert wait_seconds(late, 3600) == 1
    assert wait_seconds(NOON, 3600) == 3600


def test_a_limit_lets_so_many_through():
    assert [Limit(2, 60).allows(count) for count in (1, 2, 3)] == [True, True, False]
    assert not Limit(0, 60).allows(1)
