"""The monthly revenue of a subscription day by day."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing import states
from saas_business_management.kernel.billing.interval import MONTH, QUARTER, WEEK, YEAR, Interval
from saas_business_management.kernel.billing.mrr_course import (
    History,
    Offer,
    Reduction,
    Standing,
    course,
    monthly_on,
)

from .figures import USD, D, day, refused

LATER = day("2030-01-01")
MONTHLY, YEARLY = Interval(MONTH), Interval(YEAR)


def offer(start, end, fee, interval=MONTHLY):
    return Offer(day(start), end and day(end), D(fee), interval)


def standing(*rows):
    return tuple(Standing(day(on), state) for on, state in rows)


def told(history, until=LATER):
    return [(str(mark.on), str(mark.amount)) for mark in course(history, until, USD)]


ACTIVE = standing(("2026-01-10", states.ACTIVE))


def test_it_counts_from_the_first_paid_day_until_it_is_cancelled():
    history = History(
        (offer("2026-01-10", None, "50"),),
        standing(
            ("2026-01-10", states.TRIAL),
            ("2026-01-24", states.ACTIVE),
            ("2026-03-01", states.SUSPENDED),
            ("2026-04-01", states.CANCELLED),
        ),
    )
    assert told(history) == [("2026-01-24", "50.00"), ("2026-04-01", "0.00")]
    assert told(history, day("2026-03-31")) == [("2026-01-24", "50.00")]
    assert told(history, day("2026-01-24")) == [("2026-01-24", "50.00")]
    assert told(history, day("2026-01-23")) == []


def test_a_pause_counts_nothing_and_another_plan_counts_from_its_day():
    history = History(
        (offer("2026-01-10", "2026-05-10", "50"), offer("2026-05-10", None, "1200", YEARLY)),
        standing(
            ("2026-01-10", states.ACTIVE),
            ("2026-02-01", states.PAUSED),
            ("2026-03-01", states.ACTIVE),
        ),
    )
    assert told(history) == [
        ("2026-01-10", "50.00"),
        ("2026-02-01", "0.00"),
        ("2026-03-01", "50.00"),
        ("2026-05-10", "100.00"),
    ]


def test_add_ons_count_on_their_days_and_all_of_it_is_rounded_once():
    third = offer("2026-01-10", None, "100", YEARLY)
    history = History((third, third, third), ACTIVE)
    assert str(monthly_on(history, day("2026-01-10"), USD)) == "25.00"
    history = History(
        (offer("2026-01-10", None, "50"), offer("2026-02-01", "2026-03-10", "9")), ACTIVE
    )
    assert told(history) == [
        ("2026-01-10", "50.00"),
        ("2026-02-01", "59.00"),
        ("2026-03-10", "50.00"),
    ]


@pytest.mark.parametrize(
    ("off", "amount"),
    [
        ({"percent": D(10)}, "90.00"),
        ({"amount": D("12.50")}, "87.50"),
        ({"amount": D(500)}, "0.00"),
    ],
)
def test_a_coupon_takes_its_part_on_its_days(off, amount):
    reduction = Reduction(day("2026-02-10"), day("2026-05-10"), **off)
    history = History((offer("2026-01-10", None, "100"),), ACTIVE, (reduction,))
    assert told(history) == [
        ("2026-01-10", "100.00"),
        ("2026-02-10", amount),
        ("2026-05-10", "100.00"),
    ]


def test_percents_come_first_and_an_amount_is_taken_of_a_fee_and_then_of_the_next():
    reductions = (
        Reduction(day("2026-01-10"), None, percent=D(50)),
        Reduction(day("2026-01-10"), None, amount=D(30)),
    )
    offers = (offer("2026-01-10", None, "40"), offer("2026-01-10", None, "240", YEARLY))
    history = History(offers, ACTIVE, reductions)
    # 20 of the monthly fee are gone; 10 of 120 of the yearly one.
    assert str(monthly_on(history, LATER, USD)) == "9.17"


def test_without_an_offer_or_a_state_nothing_counts():
    assert str(monthly_on(History((), ACTIVE), LATER, USD)) == "0.00"
    assert str(monthly_on(History((offer("2026-01-01", None, "5"),), ()), LATER, USD)) == "0.00"
    assert told(History((), ())) == []


def test_a_fee_below_nothing_is_refused():
    with refused("number_negative"):
        course(History((offer("2026-01-10", None, "-1"),), ACTIVE), LATER, USD)


DAYS = st.dates(day("2026-01-01"), day("2026-12-31"))
OFFERS = st.builds(
    Offer,
    start=DAYS,
    end=st.none() | DAYS,
    fee=st.integers(0, 10_000).map(D),
    interval=st.sampled_from([MONTHLY, YEARLY, Interval(QUARTER), Interval(WEEK)]),
)
STANDINGS = st.lists(st.builds(Standing, on=DAYS, state=st.sampled_from(states.STATES)), max_size=6)


@given(st.lists(OFFERS, max_size=4), STANDINGS, DAYS)
def test_marks_tell_the_figure_of_every_day(offers, standings, probe):
    history = History(tuple(offers), tuple(sorted(standings, key=lambda one: one.on)))
    marks = course(history, day("2026-12-31"), USD)
    assert list(marks) == sorted(marks, key=lambda one: one.on)
    before = [one.amount for one in marks if one.on <= probe]
    assert (before[-1] if before else 0) == monthly_on(history, probe, USD)
    cut = course(history, probe, USD)
    assert list(cut) == [one for one in marks if one.on <= probe]
    assert course(replace(history, reductions=()), day("2026-12-31"), USD) == marks
