"""Texts that are numbers: which ones, and their one spelling."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing import decimals
from saas_business_management.kernel.errors import Refused

NUMBERS = st.decimals(
    min_value=0, max_value=Decimal(10) ** 26 - 1, places=12, allow_nan=False, allow_infinity=False
)


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("0", "0"),
        ("-0.00", "0"),
        (" 12400 ", "12400"),
        ("0.50", "0.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+7", "7"),
        ("007", "7"),
        ("1e3", "1000"),
        ("1E-3", "0.001"),
        ("100", "100"),
        ("0.000000000001", "0.000000000001"),
        ("9" * 26 + "." + "9" * 12, "9" * 26 + "." + "9" * 12),
    ],
)
def test_a_number_has_one_spelling(typed: str, spelled: str) -> None:
    assert decimals.spell(decimals.read(typed)) == spelled


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "decimal_form"),
        ("ten", "decimal_form"),
        ("NaN", "decimal_form"),
        ("sNaN", "decimal_form"),
        ("Infinity", "decimal_form"),
        ("1,000", "decimal_form"),
        ("1 000", "decimal_form"),
        ("1_000", "decimal_form"),
        ("٣", "decimal_form"),
        ("--1", "decimal_form"),
        ("1e1000", "decimal_form"),
        ("1" * 61, "decimal_form"),
        ("0.0000000000001", "decimal_fine"),
        ("1e-13", "decimal_fine"),
        ("1" * 27, "decimal_large"),
        ("1e26", "decimal_large"),
        ("-1", "decimal_negative"),
        ("-0.000000000001", "decimal_negative"),
    ],
)
def test_what_is_no_number_of_ours_is_refused_with_a_reason(typed: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        decimals.read(typed)
    assert refused.value.code == code


def test_a_signed_number_may_be_below_zero() -> None:
    assert decimals.read("-1.5", signed=True) == Decimal("-1.5")


@given(NUMBERS)
def test_a_spelling_reads_as_the_number_it_was_made_of(number: Decimal) -> None:
    assert decimals.read(decimals.spell(number)) == number


@given(NUMBERS, NUMBERS)
def test_equal_numbers_and_equal_spellings_are_the_same(one: Decimal, other: Decimal) -> None:
    assert (one == other) == (decimals.spell(one) == decimals.spell(other))
