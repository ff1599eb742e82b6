"""Exact arithmetic, and the numbers a price may have."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.arithmetic import (
    counted,
    minus,
    plain,
    plus,
    times,
    whole_parts,
)
from saas_business_management.kernel.billing.block import check_block, in_blocks
from saas_business_management.kernel.errors import Refused

wide = st.decimals(-(10**26) + 1, 10**26 - 1, places=12, allow_nan=False)


@given(wide, wide)
def test_no_digit_is_lost(one: Decimal, other: Decimal) -> None:
    assert Fraction(times(one, other)) == Fraction(one) * Fraction(other)
    assert Fraction(minus(one, other)) == Fraction(one) - Fraction(other)
    assert Fraction(plus((one, other, one))) == 2 * Fraction(one) + Fraction(other)


def test_a_sum_of_nothing_is_zero() -> None:
    assert plus(()) == 0


@pytest.mark.parametrize(
    ("number", "size", "parts"),
    [("0", "10", 0), ("0.001", "10", 1), ("10", "10", 1), ("10.001", "10", 2), ("7", "0.5", 14)],
)
def test_a_begun_block_is_a_block(number: str, size: str, parts: int) -> None:
    assert whole_parts(Decimal(number), Decimal(size)) == parts
    assert in_blocks(Decimal(number), Decimal(size)) == parts


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_blocks_hold_the_quantity_and_the_last_is_begun(number: int, size: int) -> None:
    parts = whole_parts(Decimal(number), Decimal(size))
    assert (parts - 1) * size < number <= parts * size or number == parts == 0


def test_without_a_size_units_stay_units() -> None:
    assert in_blocks(Decimal("1.5"), None) == Decimal("1.5")
    check_block(None)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("NaN", "number_invalid"),
        ("sNaN", "number_invalid"),
        ("Infinity", "number_invalid"),
        ("-Infinity", "number_invalid"),
        ("-0.01", "number_negative"),
        ("1E26", "number_digits"),
        ("1E999999", "number_digits"),
        ("1E-13", "number_digits"),
        ("0.0000000000001", "number_digits"),
    ],
)
def test_what_cannot_be_computed_with_is_refused(number: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        counted(Decimal(number), "price")
    assert caught.value.code == code and caught.value.facts["name"] == "price"


@pytest.mark.parametrize("number", ["0", "-0", "0E-20", "1E25", "9.999999999999", "0.000000000001"])
def test_what_fits_is_taken_as_it_is(number: str) -> None:
    assert counted(Decimal(number), "price") == Decimal(number)


def test_an_empty_block_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        check_block(Decimal(0), "package_size")
    assert (caught.value.code, caught.value.facts) == ("block_empty", {"name": "package_size"})


@pytest.mark.parametrize(
    ("number", "text"), [("1.500", "1.5"), ("100", "100"), ("1E+3", "1000"), ("0.00", "0")]
)
def test_numbers_are_read_without_empty_zeros(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text
