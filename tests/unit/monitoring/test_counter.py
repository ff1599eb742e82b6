"""What was added between two looks is never negative and never invented."""

import pytest

from saas_business_management.kernel.monitoring.counter import active_average, added


def test_a_delta_is_what_was_added():
    assert added("r", {"a": 5, "b": 1}, "r", {"a": 8, "b": 1}) == {"a": 3, "b": 0}


def test_across_a_reset_nothing_is_known():
    assert added("r", {"a": 5}, "later", {"a": 800}) == {}


def test_a_counter_that_fell_has_no_figure_and_costs_no_other():
    assert added("r", {"a": 5, "b": 1}, "r", {"a": 2, "b": 4}) == {"b": 3}


def test_a_counter_seen_for_the_first_time_has_no_figure():
    assert added("r", {}, "r", {"a": 5}) == {}


@pytest.mark.parametrize(
    ("before", "now", "seconds", "average"),
    [
        ({"active_ms": 1000.0}, {"active_ms": 61000.0}, 60.0, 1.0),
        ({"active_ms": 1000.0}, {"active_ms": 181000.0}, 60.0, 3.0),
        ({"active_ms": 1000.0}, {"active_ms": 990.0}, 60.0, 0.0),  # booked a little late
        ({"active_ms": 1000.0}, {"active_ms": 2000.0}, 0.0, None),
        ({}, {"active_ms": 2000.0}, 60.0, None),
        ({"active_ms": 1000.0}, {}, 60.0, None),  # before PostgreSQL 14
    ],
)
def test_sessions_at_work_on_average(before, now, seconds, average):
    assert active_average(before, now, seconds) == average
