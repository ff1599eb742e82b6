"""Which limit is in force, in which month it counts, and when it is reached."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.quota.forecast import count_reaches, level_reaches
from saas_business_management.kernel.quota.limits import Limit, Override, Sources, effective
from saas_business_management.kernel.quota.month import month_of

TODAY = date(2026, 3, 10)


def days(*numbers, end=TODAY):
    """Numbers by day, the last one at `end`; None leaves a day out."""
    count = len(numbers)
    return {
        end - timedelta(days=count - 1 - place): number
        for place, number in enumerate(numbers)
        if number is not None
    }


@pytest.mark.parametrize(
    ("sources", "amount", "source"),
    [
        (Sources(), None, "none"),
        (Sources(template=5), 5, "template"),
        (Sources(template=5, plan=10), 10, "plan"),
        (Sources(template=5, plan=10, addons=5), 15, "plan"),
        (Sources(template=5, addons=5), 10, "template"),
        (Sources(addons=5), None, "none"),
        (Sources(plan=10, trial=3), 3, "trial"),
        (Sources(plan=10, trial=3, addons=2), 5, "trial"),
        (Sources(plan=10, override=Override(Decimal(50))), 50, "override"),
        (Sources(plan=10, addons=5, override=Override(Decimal(7))), 7, "override"),
        (Sources(plan=10, override=Override(None)), None, "override"),
        (Sources(plan=10, override=Override(Decimal(50), TODAY)), 50, "override"),
        (Sources(plan=10, override=Override(Decimal(50), date(2026, 3, 9))), 10, "plan"),
    ],
)
def test_the_order_of_sources(sources, amount, source):
    found = effective(sources, TODAY)
    assert (found.amount, found.source) == (amount, source)


def test_the_part_of_add_ons_and_the_last_day_are_told():
    assert effective(Sources(plan=10, addons=5), TODAY) == Limit(Decimal(15), "plan", Decimal(5))
    last = date(2026, 4, 1)
    assert effective(Sources(override=Override(Decimal(1), last)), TODAY).until == last


@pytest.mark.parametrize("sources", [Sources(plan=-1), Sources(override=Override(Decimal("NaN")))])
def test_what_is_no_number_is_refused(sources):
    with pytest.raises(Refused):
        effective(sources, TODAY)


@pytest.mark.parametrize(
    ("today", "anchor", "start", "end"),
    [
        ("2026-03-10", None, "2026-03-01", "2026-04-01"),
        ("2026-03-10", "2026-01-15", "2026-02-15", "2026-03-15"),
        ("2026-03-15", "2026-01-15", "2026-03-15", "2026-04-15"),
        ("2026-02-28", "2026-01-31", "2026-02-28", "2026-03-31"),
        ("2026-02-27", "2026-01-31", "2026-01-31", "2026-02-28"),
        # It will begin, as it does in a trial.
        ("2026-03-10", "2026-05-20", "2026-02-20", "2026-03-20"),
        ("2026-12-31", "2020-01-01", "2026-12-01", "2027-01-01"),
    ],
)
def test_a_month_begins_on_the_day_of_its_anchor(today, anchor, start, end):
    found = month_of(date.fromisoformat(today), anchor and date.fromisoformat(anchor))
    assert (str(found.start), str(found.end)) == (start, end)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_months_hold_their_day_and_follow_each_other(today, anchor):
    found = month_of(today, anchor)
    assert found.holds(today)
    assert 28 <= found.length <= 31
    assert month_of(found.end, anchor).start == found.end


def test_a_level_that_grows_reaches_its_limit():
    assert level_reaches(days(1, 2, 3, 4, 5), Decimal(9), TODAY) == date(2026, 3, 14)
    assert level_reaches(days(1, None, 3, 4, None, 6, 7), Decimal(9), TODAY) == date(2026, 3, 12)


@pytest.mark.parametrize(
    ("by_day", "limit"),
    [
        ({}, 9),
        (days(1, 2, 3, 4), 9),
        (days(5, 4, 3, 2, 1), 9),
        (days(5, 5, 5, 5, 5), 9),
        (days(1, 2, 3, 4, 5), None),
        (days(1, 2, 3, 4, 9), 9),
        (days(1, 1, 1, 1, Decimal("1.001")), 9),
        (days(1, 2, 3, 4, 5, end=date(2026, 1, 1)), 9),
    ],
)
def test_nothing_is_foreseen_without_grounds(by_day, limit):
    assert level_reaches(by_day, None if limit is None else Decimal(limit), TODAY) is None


def test_a_count_reaches_its_limit_within_its_month_or_not_at_all():
    by_day, end = days(10, 10, 10, 10, 10, 3), date(2026, 4, 1)
    assert count_reaches(by_day, 53, Decimal(100), TODAY, end) == date(2026, 3, 15)
    assert count_reaches(by_day, 53, Decimal(1000), TODAY, end) is None
    assert count_reaches(by_day, 53, None, TODAY, end) is None
    # A day that is not over says little: four whole ones are too few.
    assert count_reaches(days(10, 10, 10, 10, 3), 43, Decimal(100), TODAY, end) is None


@given(st.lists(st.integers(0, 10**6), min_size=5, max_size=30), st.integers(1, 10**7))
def test_a_foreseen_day_is_ahead_and_within_a_year(numbers, limit):
    found = level_reaches(days(*numbers), Decimal(limit), TODAY)
    assert found is None or 0 < (found - TODAY).days <= 366
    assert found is None or numbers[-1] < limit
