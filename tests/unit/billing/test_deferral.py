"""Revenue of each month, and what becomes of it when a service ends early."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.deferral import (
    DAYS,
    FULL_MONTHS,
    at_once,
    by_month,
    close,
    respread,
    schedule,
)
from saas_business_management.kernel.period import Period

from .figures import JPY, NAN, USD, D, day, days, refused

YEAR = days("2025-01-01", "2026-01-01")
METHODS = st.sampled_from([DAYS, FULL_MONTHS])


@st.composite
def lines(draw):
    start = draw(st.dates(day("1999-12-01"), day("2099-12-31")))
    service = Period(start, start + timedelta(days=draw(st.integers(1, 1500))))
    return D(draw(st.integers(-(10**7), 10**7))).scaleb(-2), service


def told(portions):
    return [(f"{one.month:%Y-%m}", str(one.amount)) for one in portions]


def test_days_decide_and_the_running_sum_is_rounded():
    found = schedule(D("31.00"), days("2019-01-15", "2019-02-15"), USD)
    assert told(found) == [("2019-01", "17.00"), ("2019-02", "14.00")]
    assert all(one.month.day == 1 for one in found)
    third = schedule(D("1.00"), days("2025-01-31", "2025-03-02"), USD)
    assert told(third) == [("2025-01", "0.03"), ("2025-02", "0.94"), ("2025-03", "0.03")]


def test_a_service_that_ends_with_a_month_has_no_portion_in_the_next():
    assert told(schedule(D(10), days("2025-12-01", "2026-01-01"), USD)) == [("2025-12", "10.00")]
    assert told(schedule(D(10), days("2025-12-31", "2026-01-01"), JPY)) == [("2025-12", "10")]


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2025-01-15", "2026-01-15", 12),
        ("2025-01-15", "2025-02-15", 1),
        ("2025-01-15", "2025-02-16", 2),
        ("2025-01-15", "2025-01-16", 1),
        ("2025-01-31", "2025-02-28", 1),
        ("2025-01-31", "2025-03-01", 2),
        ("2025-01-01", "2026-01-01", 12),
        ("2024-12-20", "2025-01-10", 1),
    ],
)
def test_by_full_months_each_begun_month_of_the_service_is_one(start, end, months):
    found = schedule(D("1200.00"), days(start, end), USD, FULL_MONTHS)
    assert len(found) == months
    assert found[0].month == day(start).replace(day=1)
    assert {one.amount for one in found} == {D(1200) / months}


def test_usage_is_revenue_at_once():
    assert told(at_once(D("4.80"), day("2025-02-15"), USD)) == [("2025-02", "4.80")]


def test_what_was_served_stays_revenue_and_the_rest_is_reversed():
    found = close(D("1200.00"), YEAR, day("2025-06-30"), USD)
    assert (found.recognized, found.reversed, found.deferred) == (D("595.07"), D("604.93"), 0)
    by_months = close(D("1200.00"), YEAR, day("2025-06-30"), USD, FULL_MONTHS)
    assert (by_months.recognized, by_months.reversed) == (600, 600)
    begun = close(D("1200.00"), YEAR, day("2025-07-01"), USD, FULL_MONTHS)
    assert begun.recognized == 700
    last = close(D("1200.00"), YEAR, day("2025-12-31"), USD)
    assert (last.recognized, last.reversed) == (1200, 0)


def test_what_a_credit_left_is_spread_over_the_days_that_are_still_served():
    june, year = day("2025-06-01"), schedule(D("1200.00"), YEAR, USD)
    before = sum(one.amount for one in year if one.month < june)
    ended = respread(
        D("1200.00") - D("604.93") - before, june, days("2025-01-01", "2025-07-01"), USD
    )
    assert told(ended) == [("2025-06", "98.63")]
    over = respread(D("12.34"), june, days("2025-01-01", "2025-03-11"), USD)
    assert told(over) == [("2025-06", "12.34")]
    goes_on = respread(D("92.00"), june, days("2025-01-01", "2025-09-01"), USD)
    assert told(goes_on) == [("2025-06", "30.00"), ("2025-07", "31.00"), ("2025-08", "31.00")]
    later = respread(D("9.00"), june, days("2025-07-10", "2025-09-10"), USD, FULL_MONTHS)
    assert told(later) == [("2025-07", "4.50"), ("2025-08", "4.50")]


@given(lines(), METHODS, st.integers(0, 1499), st.integers(0, 1499))
def test_what_is_spread_anew_adds_up_and_begins_where_it_is_told(line, method, since, served):
    rest, service = line
    month = (service.start + timedelta(days=since)).replace(day=1)
    end = service.start + timedelta(days=1 + served % service.length)
    found = respread(rest, month, Period(service.start, end), USD, method)
    assert sum(one.amount for one in found) == rest
    assert found[0].month >= month


def test_bad_amounts_days_and_methods_are_refused():
    for outside in ("2024-12-31", "2026-01-01"):
        with refused("outside_period", at=day(outside), start=YEAR.start, end=YEAR.end):
            close(D(1), YEAR, day(outside), USD)
    for call in (schedule, lambda *values: close(values[0], YEAR, YEAR.start, *values[2:])):
        with refused("deferral_method", method="weeks"):
            call(D(1), YEAR, USD, "weeks")
        with refused("number_invalid"):
            call(NAN, YEAR, USD, DAYS)
    with refused("number_invalid"):
        at_once(NAN, YEAR.start, USD)


def test_many_lines_become_one_sum_for_each_pair_of_accounts_and_month():
    january, february = day("2025-01-01"), day("2025-02-01")
    both = schedule(D("31.00"), days("2025-01-15", "2025-02-15"), USD)
    found = by_month([("a", both), ("b", both), ("a", at_once(D("0.50"), february, USD))], USD)
    assert found == {
        ("a", january): D("17.00"),
        ("a", february): D("14.50"),
        ("b", january): D("17.00"),
        ("b", february): D("14.00"),
    }
    assert by_month([], USD) == {}


@given(lines(), METHODS)
def test_the_months_add_up_to_the_line_and_follow_each_other(line, method):
    amount, service = line
    found = schedule(amount, service, USD, method)
    assert sum(one.amount for one in found) == amount
    months = [one.month for one in found]
    assert months[0] == service.start.replace(day=1)
    assert all((b - a).days in (28, 29, 30, 31) for a, b in pairwise(months))
    assert months[-1] < service.end


@given(lines(), METHODS, st.integers(0, 1499))
def test_a_deferral_that_ends_early_agrees_with_its_months(line, method, served):
    amount, service = line
    last = service.start + timedelta(days=served % service.length)
    found = close(amount, service, last, USD, method)
    assert found.recognized + found.reversed == amount and found.deferred == 0
    next_day = last + timedelta(days=1)
    if next_day.day == 1 and method == DAYS:
        months = [one.amount for one in schedule(amount, service, USD) if one.month < next_day]
        assert found.recognized == sum(months)
