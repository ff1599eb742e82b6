"""Weeks, months, quarters, half-years, years: adding, aligning, fitting."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.interval import (
    HALF_YEAR,
    MONTH,
    QUARTER,
    UNITS,
    WEEK,
    YEAR,
    Interval,
)

from .figures import D, day, refused

MOST = {WEEK: 520, MONTH: 120, QUARTER: 40, HALF_YEAR: 20, YEAR: 10}
DAYS = st.dates(date(1995, 1, 1), date(2095, 1, 1))


@st.composite
def intervals(draw):
    unit = draw(st.sampled_from(UNITS))
    return Interval(unit, draw(st.integers(1, MOST[unit])))


@pytest.mark.parametrize("unit", ["day", "", "months", "MONTH"])
def test_a_unit_that_nobody_knows_is_refused(unit):
    with refused("interval_unknown", unit=unit):
        Interval(unit)


@pytest.mark.parametrize("unit", UNITS)
def test_a_count_is_whole_and_ten_years_at_most(unit):
    assert Interval(unit, MOST[unit]).count == MOST[unit]
    assert Interval(unit).count == 1
    for count in (0, -1, MOST[unit] + 1, D(1), 1.0, True, None):
        with refused("interval_count", count=count, most=MOST[unit]):
            Interval(unit, count)


@pytest.mark.parametrize(
    ("unit", "count", "number", "found"),
    [
        (WEEK, 1, 1, "2025-02-07"),
        (WEEK, 2, 3, "2025-03-14"),
        (MONTH, 1, 1, "2025-02-28"),
        (MONTH, 1, 2, "2025-03-31"),
        (MONTH, 2, 1, "2025-03-31"),
        (QUARTER, 1, 1, "2025-04-30"),
        (HALF_YEAR, 1, 1, "2025-07-31"),
        (YEAR, 1, 1, "2026-01-31"),
        (YEAR, 2, 2, "2029-01-31"),
        (MONTH, 1, 0, "2025-01-31"),
        (MONTH, 1, -1, "2024-12-31"),
        (WEEK, 1, -1, "2025-01-24"),
    ],
)
def test_intervals_are_added_to_the_anchor(unit, count, number, found):
    assert Interval(unit, count).after(day("2025-01-31"), number) == day(found)


@pytest.mark.parametrize("unit", [WEEK, YEAR])
def test_the_end_of_the_calendar_is_refused(unit):
    with refused("date_range", start=date(9999, 1, 1)):
        Interval(unit).after(date(9999, 1, 1), 60)


@pytest.mark.parametrize(
    ("unit", "found"),
    [
        (WEEK, "2025-03-24"),
        (MONTH, "2025-04-01"),
        (QUARTER, "2025-04-01"),
        (HALF_YEAR, "2025-07-01"),
        (YEAR, "2026-01-01"),
    ],
)
def test_the_calendar_begins_an_interval_on_its_first_day(unit, found):
    start = Interval(unit).next_calendar_start(day("2025-03-20"))
    assert start == day(found)
    assert Interval(unit).next_calendar_start(start) == start


def test_the_last_quarter_ends_with_the_year():
    assert Interval(QUARTER).next_calendar_start(day("2025-10-02")) == day("2026-01-01")
    assert Interval(HALF_YEAR).next_calendar_start(day("2025-12-31")) == day("2026-01-01")


@pytest.mark.parametrize(
    ("unit", "count", "a_year"),
    [
        (WEEK, 1, 52),
        (WEEK, 4, 13),
        (MONTH, 1, 12),
        (QUARTER, 1, 4),
        (HALF_YEAR, 1, 2),
        (YEAR, 1, 1),
        (YEAR, 2, Fraction(1, 2)),
        (MONTH, 5, Fraction(12, 5)),
    ],
)
def test_a_year_has_so_many(unit, count, a_year):
    assert Interval(unit, count).per_year == a_year


@pytest.mark.parametrize(
    ("small", "large", "fits"),
    [
        (Interval(MONTH), Interval(YEAR), True),
        (Interval(MONTH), Interval(MONTH), True),
        (Interval(QUARTER), Interval(HALF_YEAR), True),
        (Interval(MONTH, 2), Interval(QUARTER), False),
        (Interval(MONTH, 5), Interval(YEAR), False),
        (Interval(YEAR), Interval(MONTH), False),
        (Interval(WEEK), Interval(WEEK, 4), True),
        (Interval(WEEK, 3), Interval(WEEK, 4), False),
        (Interval(WEEK), Interval(MONTH), False),
        (Interval(MONTH), Interval(WEEK, 520), False),
    ],
)
def test_an_interval_divides_what_is_a_whole_number_of_it(small, large, fits):
    assert small.divides(large) is fits


@given(intervals(), DAYS, st.integers(0, 4000))
def test_counting_intervals_undoes_adding_them(interval, anchor, later):
    reached = date.fromordinal(anchor.toordinal() + later)
    number = interval.count_until(anchor, reached)
    assert interval.after(anchor, number) <= reached < interval.after(anchor, number + 1)


@given(intervals(), DAYS)
def test_a_calendar_start_is_the_next_one(interval, one):
    start = interval.next_calendar_start(one)
    single = Interval(interval.unit)
    assert one <= start < single.after(one, 1) or one == start
    assert start.weekday() == 0 if interval.unit == WEEK else start.day == 1
