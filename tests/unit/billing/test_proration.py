"""What a part costs, what is kept, what is given back."""

from itertools import pairwise

import pytest

from saas_business_management.kernel.billing.proration import (
    DAY,
    NONE,
    Fee,
    fee_for,
    prorate,
)
from saas_business_management.kernel.money import currency
from saas_business_management.kernel.period import bounds, zone

from .figures import APRIL, ENDLESS, JPY, NAN, USD, D, at, day, days, refused

FEE = fee_for(D("100.00"), APRIL, APRIL, USD)


@pytest.mark.parametrize(
    ("price", "part", "whole", "percent", "amount"),
    [
        ("50.00", 21, 28, 0, "37.50"),
        ("50.00", 25, 30, 0, "41.67"),
        ("1188.00", 243, 366, 0, "788.75"),
        ("100.00", 10, 30, 10, "30.00"),
        ("0.01", 1, 2, 0, "0.01"),
        ("100.00", 0, 30, 0, "0.00"),
        ("100.00", 30, 30, 100, "0.00"),
        ("0", 30, 30, 0, "0.00"),
    ],
)
def test_a_part_costs_its_share_rounded_once(price, part, whole, percent, amount):
    assert str(prorate(D(price), part, whole, USD, D(percent))) == amount


def test_a_discount_is_inside_the_one_rounding():
    # 0.05 less a half is 0.025, of which a half is 0.0125: rounding twice would give 0.02.
    assert prorate(D("0.05"), 1, 2, USD, 50) == D("0.01")


@pytest.mark.parametrize("price", [NAN, ENDLESS])
def test_a_price_that_is_no_number_is_refused(price):
    with refused("number_invalid", name="price"):
        prorate(price, 1, 1, USD)
    with refused("number_invalid", name="price"):
        Fee(price, APRIL, APRIL, D(1), USD)
    with refused("number_invalid", name="charged"):
        Fee(D(1), APRIL, APRIL, price, USD)


def test_negative_prices_and_discounts_out_of_range_are_refused():
    with refused("number_negative", name="price"):
        fee_for(D("-1"), APRIL, APRIL, USD)
    with refused("number_negative", name="charged"):
        Fee(D(1), APRIL, APRIL, D(-1), USD)
    with refused("number_negative", name="credited"):
        Fee(D(1), APRIL, APRIL, D(1), USD, credited=D(-1))
    with refused("percent_range", name="discount"):
        fee_for(D(1), APRIL, APRIL, USD, D("100.1"))


@pytest.mark.parametrize(
    "service", [days("2025-03-31", "2025-04-10"), days("2025-04-10", "2025-05-02")]
)
def test_a_service_lies_inside_its_period(service):
    with refused("service_outside_period", start=service.start, end=service.end):
        fee_for(D(1), service, APRIL, USD)


def test_a_fee_without_proration_is_the_whole_price():
    late = days("2025-04-16", "2025-05-01")
    assert fee_for(D(30), late, APRIL, USD, by=NONE).charged == D("30.00")
    assert fee_for(D(30), late, APRIL, USD, by=DAY).charged == D("15.00")
    half = fee_for(D(30), late, APRIL, USD, D(50), by=NONE)
    assert (half.charged, half.renewal_amount) == (D("15.00"), D("15.00"))
    assert half.discount_percent == 50


def test_what_is_kept_and_given_back_is_what_was_charged():
    assert (FEE.kept(day("2025-04-11")), FEE.credit(day("2025-04-11"))) == (D("33.33"), D("66.67"))
    assert FEE.kept(APRIL.start) == 0 and FEE.credit(APRIL.start) == D("100.00")
    assert FEE.kept(APRIL.end) == D("100.00") and FEE.credit(APRIL.end) == 0
    assert str(FEE.credit(APRIL.end)) == "0.00"
    with refused("outside_period"):
        FEE.kept(day("2025-05-02"))


def test_a_credit_is_never_more_than_what_is_left_of_the_line():
    credited = FEE.with_credit(D("60.00"))
    assert credited.creditable == D("40.00")
    assert credited.credit(day("2025-04-11")) == D("40.00")
    assert credited.credit(day("2025-04-21")) == D("33.33")
    assert credited.with_credit(D("40.00")).creditable == 0
    with refused("exceeds_creditable", creditable=D("40.00")):
        credited.with_credit(D("40.01"))
    with refused("number_negative", name="credit"):
        credited.with_credit(D("-0.01"))
    with refused("exceeds_creditable", creditable=D("10.00")):
        Fee(D(10), APRIL, APRIL, D("10.00"), USD, credited=D("10.01"))


def test_who_was_charged_less_than_he_used_gets_nothing_back():
    cheap = Fee(D("100.00"), APRIL, APRIL, D("20.00"), USD)
    assert cheap.credit(day("2025-04-16")) == 0
    assert cheap.credit(day("2025-04-04")) == D("10.00")


def test_gaps_between_days_add_up():
    marks = [day(f"2025-04-{number:02d}") for number in (1, 4, 11, 25)] + [APRIL.end]
    gaps = [FEE.gap(a, b) for a, b in pairwise(marks)]
    assert gaps == [D("10.00"), D("23.33"), D("46.67"), D("20.00")]
    assert sum(gaps) == FEE.charged


def test_a_fee_to_the_second_counts_the_hour_that_the_clocks_take():
    march = bounds(days("2025-03-01", "2025-04-01"), zone("Europe/Berlin"))
    fee = fee_for(D("743.00"), march, march, currency("EUR"))
    assert fee.kept(at("2025-03-01T01:00:00+01:00")) == D("1.00")
    assert fee.credit(at("2025-03-31T23:00:00+02:00")) == D("1.00")


def test_amounts_have_the_digits_of_the_currency():
    yen = fee_for(D(1000), days("2025-04-11", "2025-05-01"), APRIL, JPY)
    assert str(yen.charged) == "667"
    assert str(yen.with_credit(1).creditable) == "666"
