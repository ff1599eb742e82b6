"""Ending a subscription, and where the value of unused days goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.cancel import (
    CREDIT,
    NONE,
    OFFSET,
    REFUND,
    SETTLEMENTS,
    cancel_at_end,
    cancel_now,
    give_back,
    undo_cancel,
)
from saas_business_management.kernel.billing.proration import Fee, fee_for
from saas_business_management.kernel.period import bounds, zone

from .figures import APRIL, NAN, USD, D, at, day, days, refused

FEE = fee_for(D("30.00"), APRIL, APRIL, USD)
CENTS = st.integers(0, 100_000).map(lambda one: D(one).scaleb(-2))


def test_the_day_of_a_cancel_is_served():
    february = days("2023-02-01", "2023-03-01")
    fee = fee_for(D("50.00"), days("2023-02-08", "2023-03-01"), february, USD)
    found = cancel_now(fee, day("2023-02-08"))
    assert (found.days_kept, found.kept, found.credit) == (1, D("1.79"), D("35.71"))
    assert (found.service_end, found.due) == (day("2023-02-09"), 0)


def test_on_the_last_day_nothing_is_given_back():
    found = cancel_now(FEE, day("2025-04-30"))
    assert (found.credit, found.service_end, found.days_kept) == (0, APRIL.end, 30)


def test_to_the_second_the_time_before_the_cancel_is_served():
    month = bounds(APRIL, zone("UTC"))
    found = cancel_now(fee_for(D("30.00"), month, month, USD), at("2025-04-11T00:00:00+00:00"))
    assert (found.kept, found.credit) == (D("10.00"), D("20.00"))
    assert found.service_end == at("2025-04-11T00:00:00+00:00")


def test_without_settlement_nothing_is_given_back():
    found = cancel_now(FEE, day("2025-04-10"), NONE)
    assert (found.kept, str(found.credit)) == (D("10.00"), "0.00")
    with refused("settlement_unknown", settlement="cash"):
        cancel_now(FEE, day("2025-04-10"), "cash")


@pytest.mark.parametrize("outside", ["2025-03-31", "2025-05-01"])
def test_a_cancel_now_lies_inside_the_service(outside):
    with refused("outside_period", at=day(outside), start=APRIL.start, end=APRIL.end):
        cancel_now(FEE, day(outside))


def test_a_cancel_at_the_end_gives_nothing_back():
    found = cancel_at_end(FEE, day("2025-04-10"))
    assert (found.service_end, found.credit, found.kept) == (APRIL.end, 0, D("30.00"))
    assert (found.days_kept, found.due) == (30, 0)
    with refused("outside_period"):
        cancel_at_end(FEE, day("2025-05-02"))


def test_a_fee_in_arrears_is_due_for_the_days_served():
    arrears = Fee(D("30.00"), APRIL, APRIL, D(0), USD)
    found = cancel_now(arrears, day("2025-04-10"))
    assert (found.due, found.credit) == (D("10.00"), 0)
    assert cancel_at_end(arrears, day("2025-04-10")).due == D("30.00")


def test_a_cancel_is_undone_while_the_period_lasts():
    half = fee_for(D("30.00"), APRIL, APRIL, USD, D(50))
    assert undo_cancel(FEE, day("2025-04-10"), day("2025-04-10")) == D("30.00")
    assert undo_cancel(half, day("2025-04-10"), day("2025-04-30")) == D("15.00")
    for undone in ("2025-05-01", "2025-04-09"):
        with refused("cancel_over", day=day(undone), end=APRIL.end):
            undo_cancel(FEE, day("2025-04-10"), day(undone))
    with refused("outside_period"):
        undo_cancel(FEE, day("2025-03-10"), day("2025-04-10"))


@pytest.mark.parametrize(
    ("paid", "settlement", "refund", "offset", "balance"),
    [
        ("18.00", REFUND, "8.00", "12.00", "0.00"),
        ("18.00", CREDIT, "0.00", "12.00", "8.00"),
        ("18.00", OFFSET, "0.00", "12.00", "8.00"),
        ("30.00", REFUND, "20.00", "0.00", "0.00"),
        ("30.00", CREDIT, "0.00", "0.00", "20.00"),
        ("10.00", REFUND, "0.00", "20.00", "0.00"),
        ("0.00", REFUND, "0.00", "20.00", "0.00"),
        ("99.00", REFUND, "20.00", "0.00", "0.00"),
    ],
)
def test_only_what_was_paid_beyond_the_days_served_comes_back(
    paid, settlement, refund, offset, balance
):
    found = give_back(D("30.00"), D("10.00"), D(paid), USD, settlement)
    told = [str(one) for one in (found.amount, found.refund, found.offset, found.balance)]
    assert told == ["20.00", refund, offset, balance]


def test_nothing_is_given_back_where_the_plan_says_so():
    found = give_back(D(30), D(10), D(30), USD, NONE)
    assert (found.amount, found.refund, found.offset, found.balance) == (0, 0, 0, 0)
    assert give_back(D(30), D(10), D(30), USD).balance == 20


def test_amounts_that_cannot_be_are_refused():
    with refused("kept_too_much", kept=D("30.01"), charged=D("30.00")):
        give_back(D(30), D("30.01"), D(0), USD)
    for amounts, name in (((-1, 0, 0), "charged"), ((1, -1, 0), "kept"), ((1, 0, -1), "paid")):
        with refused("number_negative", name=name):
            give_back(*amounts, USD)
    with refused("number_invalid", name="paid"):
        give_back(1, 0, NAN, USD)
    with refused("settlement_unknown", settlement=""):
        give_back(1, 0, 0, USD, "")


@given(CENTS, CENTS, CENTS, st.sampled_from(SETTLEMENTS))
def test_the_parts_add_up_and_nobody_gets_back_more_than_he_paid(one, other, paid, settlement):
    kept, charged = sorted((one, other))
    found = give_back(charged, kept, paid, USD, settlement)
    assert found.refund + found.offset + found.balance == found.amount
    assert found.refund + found.balance <= max(0, paid - kept)
    assert min(found.refund, found.offset, found.balance) >= 0
    assert found.amount == (0 if settlement == NONE else charged - kept)
