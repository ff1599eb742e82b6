"""When a disk will be full, by a straight line."""

from datetime import datetime, timedelta

import pytest

from saas_business_management.kernel.monitoring.forecast import MOST_DAYS, days_until_full

NOW = datetime.fromisoformat("2026-03-10T12:00:00")
HOUR = timedelta(hours=1)


def readings(value, hours=168):
    return [(NOW - (hours - one) * HOUR, value(one)) for one in range(hours + 1)]


def test_a_disk_that_loses_ten_a_day_and_has_fifty_is_full_in_five_days():
    line = readings(lambda hour: 50 + (168 - hour) * 10 / 24)
    assert days_until_full(line, NOW) == pytest.approx(5)


def test_ups_and_downs_of_a_day_do_not_matter():
    line = readings(lambda hour: 50 + (168 - hour) * 10 / 24 + (3 if hour % 24 < 12 else -3))
    assert days_until_full(line, NOW) == pytest.approx(5, abs=0.3)


@pytest.mark.parametrize("value", [lambda hour: 50.0, lambda hour: 50.0 + hour])
def test_space_that_does_not_shrink_lasts(value):
    assert days_until_full(readings(value), NOW) == MOST_DAYS


def test_what_is_used_up_by_the_line_is_full_now():
    assert days_until_full(readings(lambda hour: 100.0 - hour), NOW) == 0


def test_too_little_says_nothing():
    assert days_until_full([], NOW) is None
    assert days_until_full(readings(lambda hour: 100.0 - hour, hours=5), NOW) is None
    minutes = [(NOW - (10 - one) * timedelta(minutes=1), 100.0 - one) for one in range(10)]
    assert days_until_full(minutes, NOW) is None
