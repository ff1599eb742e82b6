"""Recurring revenue and the movements that explain it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing import states
from saas_business_management.kernel.billing.interval import (
    HALF_YEAR,
    MONTH,
    QUARTER,
    WEEK,
    YEAR,
    Interval,
)
from saas_business_management.kernel.billing.mrr import (
    CHURN,
    CONTRACTION,
    EXPANSION,
    KINDS,
    NEW,
    REACTIVATION,
    Movement,
    Recurring,
    monthly,
    movement,
    movements,
    revenue,
)

from .figures import NAN, USD, D, refused

CENTS = st.integers(0, 50_000).map(lambda one: D(one).scaleb(-2))
FIGURES = st.dictionaries(st.sampled_from("abcdefgh"), CENTS)


@pytest.mark.parametrize(
    ("amount", "interval", "counted"),
    [
        ("50.00", Interval(MONTH), "50.00"),
        ("1200.00", Interval(YEAR), "100.00"),
        ("100.00", Interval(YEAR), "8.33"),
        ("300.00", Interval(QUARTER), "100.00"),
        ("300.00", Interval(HALF_YEAR), "50.00"),
        ("12.00", Interval(WEEK), "52.00"),
        ("24.00", Interval(WEEK, 2), "52.00"),
        ("30.00", Interval(MONTH, 2), "15.00"),
        ("99.00", None, "0.00"),
    ],
)
def test_a_fee_counts_what_it_is_a_month(amount, interval, counted):
    assert str(monthly(Recurring(D(amount), interval), USD)) == counted


@pytest.mark.parametrize(
    ("state", "mrr", "at_risk"),
    [
        (states.TRIAL, 0, 0),
        (states.ACTIVE, 10, 0),
        (states.PAST_DUE, 10, 0),
        (states.RESTRICTED, 10, 0),
        (states.SUSPENDED, 10, 10),
        (states.PAUSED, 0, 0),
        (states.CANCELLED, 0, 0),
    ],
)
def test_who_does_not_pay_is_at_risk_and_who_tries_does_not_count(state, mrr, at_risk):
    found = revenue([Recurring(D(10), Interval(MONTH), state)], USD)
    assert (found.mrr, found.arr, found.at_risk) == (mrr, mrr * 12, at_risk)


def test_every_state_is_spoken_of():
    assert len(states.STATES) == len(set(states.STATES)) == 7


def test_nobody_makes_no_revenue():
    assert str(revenue([], USD).mrr) == "0.00"


def test_amounts_that_are_none_are_refused():
    with refused("number_negative"):
        monthly(Recurring(D(-1), None), USD)
    with refused("number_invalid"):
        revenue([Recurring(NAN, Interval(MONTH))], USD)
    for before, after in ((-1, 0), (0, -1)):
        with refused("number_negative"):
            movement("a", before, after, USD)


@pytest.mark.parametrize(
    ("before", "after", "was", "kind", "amount"),
    [
        (0, 25, False, NEW, 25),
        (0, 25, True, REACTIVATION, 25),
        (50, 80, False, EXPANSION, 30),
        (50, 80, True, EXPANSION, 30),
        (50, "50.01", False, EXPANSION, "0.01"),
        (100, 70, False, CONTRACTION, -30),
        (80, 0, False, CHURN, -80),
        (80, 0, True, CHURN, -80),
    ],
)
def test_each_change_has_one_kind(before, after, was, kind, amount):
    assert movement("a", before, D(after), USD, was) == Movement("a", kind, D(amount))


def test_a_customer_is_new_unless_it_is_told_that_he_had_left():
    assert movement("a", 0, 25, USD).kind == NEW


def test_who_stays_as_he_is_makes_no_movement():
    assert movement("a", 50, 50, USD) is None
    assert movement("a", 0, 0, USD, was_customer=True) is None


def test_sums_and_counts_are_told_by_kind_without_a_sign():
    found = movements({"a": 50, "b": 80, "c": 0}, {"a": 20, "c": 5, "d": 6}, USD, ["c"])
    assert {kind: found.sum_of(kind) for kind in KINDS} == {
        NEW: 6,
        EXPANSION: 0,
        REACTIVATION: 5,
        CONTRACTION: 30,
        CHURN: 80,
    }
    assert (found.count_of(CHURN), found.count_of(EXPANSION)) == (1, 0)
    assert (found.start, found.end) == (130, 31)
    assert [one.customer for one in found.rows] == ["a", "b", "c", "d"]


@given(FIGURES, FIGURES, st.sets(st.sampled_from("abcdefgh")))
def test_movements_add_up_to_the_change(start, end, churned):
    found = movements(start, end, USD, churned)
    assert found.end - found.start == sum(one.amount for one in found.rows)
    up = [found.sum_of(kind) for kind in (NEW, EXPANSION, REACTIVATION)]
    down = [found.sum_of(kind) for kind in (CONTRACTION, CHURN)]
    assert found.start + sum(up) - sum(down) == found.end
    assert len(found.rows) == sum(found.count_of(kind) for kind in KINDS)
    assert all(one.amount < 0 for one in found.rows if one.kind in (CONTRACTION, CHURN))
