"""Pauses give their days back, suspensions do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.charge import Charge
from saas_business_management.kernel.billing.cycle import Cycle
from saas_business_management.kernel.billing.interval import MONTH, Interval
from saas_business_management.kernel.billing.pause import (
    BILLED,
    NOT_BILLED,
    come_back,
    pause,
    suspended_amount,
)
from saas_business_management.kernel.billing.per_unit import UnitPrice
from saas_business_management.kernel.billing.proration import fee_for, prorate
from saas_business_management.kernel.period import Period

from .figures import APRIL, USD, D, day, days, refused

FEE = fee_for(D("30.00"), APRIL, APRIL, USD)
MONTHLY = Cycle(day("2025-04-01"), Interval(MONTH))
CHARGE = Charge(UnitPrice(D("0.10")))


def test_a_pause_credits_its_days_and_keeps_the_boundary():
    found = pause(FEE, [days("2025-04-11", "2025-04-21")])
    assert (found.credits, found.net) == ((D("-10.00"),), D("20.00"))
    assert (found.renewal_on, found.renewal_amount) == (APRIL.end, D("30.00"))
    assert found.fee.whole == APRIL and found.fee.creditable == D("20.00")


def test_two_pauses_in_a_term_are_credited_in_any_order():
    year = days("2025-01-01", "2026-01-01")
    fee = fee_for(D("365.00"), year, year, USD)
    both = [days("2025-06-01", "2025-06-21"), days("2025-03-01", "2025-03-11")]
    assert pause(fee, both).credits == (D("-20.00"), D("-10.00"))
    touching = [days("2025-03-01", "2025-03-11"), days("2025-03-11", "2025-03-21")]
    assert pause(fee, touching).net == D("345.00")
    assert pause(fee, []).net == D("365.00")


def test_pauses_do_not_overlap_and_lie_inside():
    first, second = days("2025-04-11", "2025-04-21"), days("2025-04-20", "2025-04-22")
    for order in ([first, second], [second, first]):
        with refused("pauses_overlap", start=day("2025-04-20"), end=day("2025-04-21")):
            pause(FEE, order)
    with refused("outside_period"):
        pause(FEE, [days("2025-04-11", "2025-05-02")])


def test_a_pause_gives_no_more_back_than_is_left():
    left = FEE.with_credit(D("25.00"))
    found = pause(left, [days("2025-04-11", "2025-04-21")])
    assert (found.credits, found.net) == ((D("-5.00"),), 0)


@given(st.lists(st.integers(0, 30), min_size=2, max_size=12, unique=True), st.integers(0, 99_999))
def test_pauses_and_served_days_add_up_to_the_fee(marks, cents):
    price = D(cents).scaleb(-2)
    fee = fee_for(price, APRIL, APRIL, USD)
    dates = [date_of(number) for number in sorted(marks)]
    spans = [Period(a, b) for a, b in zip(dates[::2], dates[1::2], strict=False)]
    found = pause(fee, spans)
    served = fee.charged + sum(found.credits)
    assert found.net == served >= 0
    assert pause(fee, [APRIL]).net == 0
    for span, credit in zip(spans, found.credits, strict=True):
        assert abs(-credit - prorate(price, span.length, 30, USD)) <= D("0.01")


def date_of(number):
    return APRIL.end if number == 30 else APRIL.start.replace(day=number + 1)


def test_coming_back_bills_the_rest_of_the_running_period():
    found = come_back(MONTHLY, D("30.00"), USD, day("2025-05-01"), day("2025-06-13"))
    assert found.not_invoiced == (days("2025-05-01", "2025-06-01"),)
    assert (found.fee.service, found.fee.charged) == (days("2025-06-13", "2025-07-01"), D("18.00"))
    assert (found.renewal_on, str(found.credit)) == (day("2025-07-01"), "0.00")


@pytest.mark.parametrize(
    ("back", "missed", "charged", "renewal"),
    [
        ("2025-04-20", 0, None, "2025-05-01"),
        ("2025-04-30", 0, None, "2025-05-01"),
        ("2025-05-01", 0, "30.00", "2025-06-01"),
        ("2025-05-02", 0, "29.03", "2025-06-01"),
        ("2025-06-01", 1, "30.00", "2025-07-01"),
        ("2025-08-31", 3, "0.97", "2025-09-01"),
    ],
)
def test_periods_that_began_in_a_suspension_are_never_invoiced(back, missed, charged, renewal):
    found = come_back(MONTHLY, D("30.00"), USD, day("2025-05-01"), day(back))
    assert len(found.not_invoiced) == missed
    assert (found.fee.charged if found.fee else None) == (D(charged) if charged else None)
    assert (found.renewal_on, found.credit) == (day(renewal), 0)


def test_nobody_comes_back_before_he_came():
    with refused("before_anchor"):
        come_back(MONTHLY, D(30), USD, day("2025-05-01"), day("2025-03-31"))


def test_usage_of_a_suspension_is_billed_by_policy_alone():
    assert str(suspended_amount(CHARGE, D(50), USD)) == "0.00"
    assert suspended_amount(CHARGE, D(50), USD, NOT_BILLED) == 0
    assert suspended_amount(CHARGE, D(50), USD, BILLED) == D("5.00")
    with refused("usage_policy", policy=""):
        suspended_amount(CHARGE, D(50), USD, "")
    with refused("number_negative"):
        suspended_amount(CHARGE, D(-1), USD)
