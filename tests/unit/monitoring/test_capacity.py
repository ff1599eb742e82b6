"""A cluster is full on the day a straight line says, and on none when a line would be a guess."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.monitoring.capacity import by_day, full_on, slope

TODAY = date(2026, 3, 31)
NOON = datetime(2026, 3, 31, 12, tzinfo=timezone.utc)


def days(values):
    last = len(values) - 1
    return [(NOON - timedelta(days=last - place), value) for place, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "limit", "found"),
    [
        ([40, 42, 44, 46, 48, 50, 52, 54, 56, 58], 60, TODAY + timedelta(days=1)),
        ([40, 42, 44, 46, 48, 50, 52], 80, TODAY + timedelta(days=14)),
        ([40, 42, 44, 46, 48, 50, 53], 80, TODAY + timedelta(days=13)),
        ([40, 42, 44, 46, 48, 50], 80, None),
        ([50] * 10, 80, None),
        ([58, 56, 54, 52, 50, 48, 46, 44], 80, None),
        ([40, 40.01, 40.02, 40.03, 40.04, 40.05, 40.06], 80, None),
        ([81], 80, TODAY),
        ([], 80, None),
        ([40, 50, 60, 70, 75, 76, 77], 0, None),
        ([40, 50, 60, 70, 75, 76, 77], None, None),
    ],
)
def test_the_day(values, limit, found):
    assert full_on(days(values), limit, TODAY) == found


def test_a_day_counts_with_its_peak():
    assert by_day([(NOON, 3.0), (NOON + timedelta(hours=1), 7.0), (NOON, 5.0)]) == {TODAY: 7.0}


def test_a_line_needs_two_places():
    assert slope([]) is None
    assert slope([(1, 2), (1, 3)]) is None
    assert slope([(0, 1), (2, 5)]) == (2, 1)


@given(st.floats(0.5, 5), st.floats(0, 50), st.integers(7, 40))
def test_what_grows_evenly_is_full_when_it_must_be(grows, start, count):
    values = [start + grows * place for place in range(count)]
    limit = values[-1] + 10 * grows
    found = full_on(days(values), limit, TODAY)
    assert TODAY + timedelta(days=9) <= found <= TODAY + timedelta(days=11)


@given(st.lists(st.floats(0, 100), min_size=7, max_size=30), st.floats(1, 200))
def test_a_day_never_lies_behind(values, limit):
    found = full_on(days(values), limit, TODAY)
    assert found is None or TODAY <= found <= TODAY + timedelta(days=367)
