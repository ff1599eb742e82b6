"""What a status page says: never operational without evidence, days as long as they are."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.monitoring import component
from saas_business_management.kernel.monitoring.component import (
    Evidence,
    Period,
    days,
    judge,
    measure,
    uptime,
)

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 31, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("evidence", "state"),
    [
        (Evidence(), "unknown"),
        (Evidence(tenants=5), "unknown"),
        (Evidence(tenants=5, good=2), "unknown"),
        (Evidence(tenants=4, good=2), "operational"),
        (Evidence(tenants=100, good=99, bad=1), "operational"),
        (Evidence(tenants=100, good=98, bad=2), "degraded"),
        (Evidence(tenants=100, good=81, slow=19), "operational"),
        (Evidence(tenants=100, good=80, slow=20), "degraded"),
        (Evidence(tenants=100, good=91, bad=9), "degraded"),
        (Evidence(tenants=100, good=90, bad=10), "partial"),
        (Evidence(tenants=100, good=51, bad=49), "partial"),
        (Evidence(tenants=100, good=50, bad=50), "major"),
        (Evidence(tenants=1, bad=1), "major"),
    ],
)
def test_what_is_measured(evidence, state):
    assert measure(evidence) == state


@pytest.mark.parametrize(
    ("impacts", "maintenance", "state"),
    [
        ((), False, "operational"),
        ((), True, "maintenance"),
        (("degraded",), False, "degraded"),
        (("degraded", "partial"), True, "partial"),
    ],
)
def test_what_is_told_goes_before_what_is_measured(impacts, maintenance, state):
    assert judge(Evidence(tenants=9, good=9), impacts, maintenance) == state


def test_an_incident_is_not_better_than_what_is_measured():
    assert judge(Evidence(tenants=2, bad=2), ("degraded",)) == "major"
    assert judge(Evidence(), ("degraded",)) == "degraded"


def test_figures_of_one_tenant():
    assert [component.of_requests(*one) for one in ((0, 0), (9, 4), (50, 5), (51, 5), (0, 9))] == [
        *("", "good", "bad", "good", "")
    ]
    assert [component.of_scheduled_work(one) for one in (599, 600, 3600)] == ["good", "slow", "bad"]
    mail = [component.of_mail(*one) for one in ((899, 19), (900, 0), (3600, 0), (0, 20))]
    assert mail == ["good", "slow", "bad", "bad"]


def at(day, hour=0):
    return datetime(2026, 3, day, hour, tzinfo=PARIS).astimezone(timezone.utc)


def test_days_are_as_long_as_they_are_and_the_dark_is_unknown():
    found = days([Period("operational", at(28), at(30))], NOW, PARIS, 4)
    assert [one.day for one in found] == [date(2026, 3, one) for one in (28, 29, 30, 31)]
    hours = [sum(one.seconds.values()) / 3600 for one in found]
    assert hours == [24, 23, 24, 14]
    assert [one.state for one in found] == ["operational", "operational", "unknown", "unknown"]
    assert found[2].uptime is None


def test_the_worst_of_a_day_is_told_and_a_dark_hour_hides_nothing():
    periods = [
        Period("operational", at(30), at(30, 10)),
        Period("partial", at(30, 10), at(30, 11)),
        Period("maintenance", at(30, 11), at(30, 13)),
    ]
    day = days(periods, NOW, PARIS, 2)[0]
    assert day.state == "partial"
    assert day.uptime == Decimal("90.90")


def test_uptime_is_rounded_down_and_degraded_is_up():
    second = [
        Period("operational", at(30), at(31) - timedelta(seconds=1)),
        Period("major", at(31) - timedelta(seconds=1), at(31)),
    ]
    assert days(second, NOW, PARIS, 2)[0].uptime == Decimal("99.99")
    slow = days([Period("degraded", at(30), at(31))], NOW, PARIS, 2)
    assert uptime(slow) == Decimal("100.00")
    assert uptime([]) is None


@given(
    st.lists(st.tuples(st.sampled_from(component.STATES), st.integers(1, 90_000)), max_size=30),
    st.sampled_from(["Europe/Paris", "America/New_York", "UTC", "Australia/Lord_Howe"]),
)
def test_seconds_of_all_days_add_up_to_the_time_that_passed(pieces, zone):
    start, periods = datetime(2026, 3, 25, tzinfo=timezone.utc), []
    for state, length in pieces:
        end = start + timedelta(seconds=length)
        periods.append(Period(state, start, min(end, NOW)))
        start = min(end, NOW)
    found = days(periods, NOW, ZoneInfo(zone), 10)
    first = datetime.combine(found[0].day, datetime.min.time(), ZoneInfo(zone))
    passed = (NOW - first.astimezone(timezone.utc)).total_seconds()
    assert sum(sum(one.seconds.values()) for one in found) == passed
    share = uptime(found)
    assert share is None or 0 <= share <= 100
    if any(one.state == "major" for one in periods if one.start < one.end):
        assert share < 100
