"""Usual is the median of the same hour of the week; too little history makes nothing usual."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.monitoring import baseline
from saas_business_management.kernel.monitoring.baseline import deviation, usual

AT = datetime(2026, 3, 30, 9, 40, tzinfo=timezone.utc)


def weeks(*values):
    return [(AT - timedelta(weeks=back), value) for back, value in enumerate(values, 1)]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ((), None),
        ((10,), None),
        ((10, 20), 15),
        ((10, 20, 90), 20),
        ((10, 20, 30, 90), 25),
        ((10, 20, 30, 90, 10**6), 25),
    ],
)
def test_the_median_of_four_weeks_and_nothing_before_two(values, found):
    assert usual(weeks(*values), AT) == found


def test_other_hours_and_the_hour_itself_do_not_count():
    beside = [(AT - timedelta(weeks=1, hours=1), 999.0), (AT, 999.0), (AT - timedelta(days=1), 1.0)]
    assert usual([*weeks(10, 20), *beside], AT) == 15


def test_a_week_with_many_samples_says_no_more_than_one_with_few():
    many = [(AT - timedelta(weeks=1, minutes=-minute), 100.0) for minute in range(15)]
    assert usual([*many, *weeks(0, 10, 20)[1:]], AT) == 20


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=4))
def test_what_is_usual_lies_between_the_least_and_the_most(values):
    assert min(values) <= usual(weeks(*values), AT) <= max(values)


@pytest.mark.parametrize(
    ("value", "before", "word"),
    [
        (None, 10, "unknown"),
        (10, None, "unknown"),
        (10, 10, "usual"),
        (19.9, 10, "usual"),
        (20, 10, "high"),
        (5, 10, "low"),
        (5.1, 10, "usual"),
        (0, 0, "usual"),
        (1, 0, "high"),
    ],
)
def test_twice_as_much_is_far_and_half_as_well(value, before, word):
    assert deviation(value, before) == word


def test_a_difference_nobody_minds_is_usual():
    assert deviation(40, 10, least=50) == "usual"
    assert deviation(400, 10, least=50) == "high"


def test_how_many_times_the_usual():
    assert baseline.times(30, 10) == 3
    assert baseline.times(30, 0) is None
    assert baseline.times(None, 10) is None
