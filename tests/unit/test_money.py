"""Exact numbers, the one rounding, splitting without a remainder."""

from decimal import localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.money import (
    Currency,
    currency,
    difference,
    exact,
    not_negative,
    percent,
    round_half_up,
    split,
    total,
)
from tests.unit.billing.figures import ENDLESS, JPY, KWD, NAN, USD, D, refused

AMOUNTS = st.decimals(-(10**12), 10**12, places=4)


@pytest.mark.parametrize(
    ("code", "digits"),
    [("USD", 2), ("EUR", 2), ("JPY", 0), ("XOF", 0), ("KWD", 3), ("TND", 3), ("CLF", 4)],
)
def test_a_currency_has_the_digits_of_its_norm(code, digits):
    unit = currency(code)
    assert unit.code == code
    assert -unit.step.as_tuple().exponent == digits
    assert unit.step == D(1).scaleb(-digits)


@pytest.mark.parametrize(
    ("amount", "unit", "rounded"),
    [
        ("2.5", JPY, "3"),
        ("-2.5", JPY, "-3"),
        ("2.4999999999", JPY, "2"),
        ("1.005", USD, "1.01"),
        ("-1.005", USD, "-1.01"),
        ("1.0049999", USD, "1.00"),
        ("35.7142857", KWD, "35.714"),
        ("0.004", USD, "0.00"),
        ("-0.004", USD, "0.00"),
        ("7", USD, "7.00"),
        ("1E+3", USD, "1000.00"),
        ("12.37", Currency("CHF", D("0.05")), "12.35"),
        ("12.375", Currency("CHF", D("0.05")), "12.40"),
        ("1249", Currency("X", D(500)), "1000"),
        ("1250", Currency("X", D("5E+2")), "1500"),
    ],
)
def test_ties_go_away_from_zero_and_the_digits_are_those_of_the_step(amount, unit, rounded):
    assert str(unit.round(D(amount))) == rounded


def test_nothing_is_printed_with_the_digits_of_the_currency():
    assert [str(one.zero) for one in (USD, JPY, KWD)] == ["0.00", "0", "0.000"]


def test_large_amounts_keep_every_digit_whatever_the_precision_of_decimals_is():
    large = D("12345678901234567890123456789012345.678")
    with localcontext() as context:
        context.prec = 6
        assert str(USD.round(large)) == "12345678901234567890123456789012345.68"
        assert total([large, large], USD) == D("24691357802469135780246913578024691.36")
        assert difference(large, 1, USD) == D("12345678901234567890123456789012344.68")


@pytest.mark.parametrize("step", [D(0), D("-0.01"), NAN, ENDLESS])
def test_a_step_that_nothing_can_be_rounded_to_is_refused(step):
    with refused("currency_step", currency="USD"):
        Currency("USD", step)


@pytest.mark.parametrize("number", [NAN, D("sNaN"), ENDLESS, -ENDLESS])
def test_what_is_no_number_is_refused_by_its_name(number):
    with refused("number_invalid", name="price"):
        exact(number, "price")
    with refused("number_invalid", name="amount"):
        exact(number)
    with refused("number_invalid", name="seats"):
        not_negative(number, "seats")
    with refused("number_invalid", name="discount"):
        percent(number, "discount")
    with refused("number_invalid"):
        USD.round(number)


@pytest.mark.parametrize("number", [1.5, "1.5", True])
def test_floats_and_texts_are_no_exact_numbers(number):
    with pytest.raises(TypeError, match=r"^price has to be exact, not"):
        exact(number, "price")


def test_decimals_whole_numbers_and_fractions_are_exact():
    assert exact(D("0.1")) + exact(Fraction(1, 3)) + exact(2) == Fraction(73, 30)


def test_less_than_nothing_is_refused_and_nothing_is_not():
    assert not_negative(0) == 0
    assert not_negative(D("0.5")) == Fraction(1, 2)
    with refused("number_negative", name="price", number=D("-0.01")):
        not_negative(D("-0.01"), "price")
    with refused("number_negative", name="amount"):
        not_negative(-1)


def test_a_percentage_lies_between_nothing_and_all():
    assert [percent(one) for one in (0, D("12.5"), 100)] == [0, Fraction(1, 8), 1]
    for number in (D("-0.01"), D("100.01")):
        with refused("percent_range", name="percent", number=number):
            percent(number)


def test_a_split_has_no_remainder_line():
    assert split(D(100), (1, 1, 1), USD) == (D("33.33"), D("33.34"), D("33.33"))
    assert split(D("-100"), (1, 1, 1), USD) == (D("-33.33"), D("-33.34"), D("-33.33"))
    assert split(D(1), (0, 1, 0), USD) == (D("0.00"), D("1.00"), D("0.00"))


@pytest.mark.parametrize("weights", [(), (0, 0)])
def test_a_split_needs_a_weight(weights):
    with refused("weights_empty"):
        split(D(1), weights, USD)
    with refused("number_negative", name="weight"):
        split(D(1), (2, -1), USD)


@given(AMOUNTS, st.lists(st.integers(0, 1000), min_size=1, max_size=40).filter(any))
def test_the_parts_of_a_split_are_the_whole_and_none_is_off_by_more_than_a_step(amount, weights):
    parts = split(amount, weights, USD)
    assert sum(parts) == USD.round(amount)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Fraction(part) - Fraction(amount) * weight / sum(weights)) <= Fraction(1, 100)


@given(AMOUNTS, st.sampled_from([D("0.01"), D("0.05"), D(1), D(10), D("0.001")]))
def test_a_rounded_number_is_the_nearest_and_is_rounded_already(amount, step):
    found = round_half_up(amount, step)
    assert abs(found - amount) * 2 <= step
    assert round_half_up(found, step) == found
    assert round_half_up(-amount, step) == -found
