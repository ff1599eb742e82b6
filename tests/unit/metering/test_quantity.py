"""Measured quantities: what is read, one form, exact sums."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.metering.quantity import (
    as_quantity,
    read_value,
    total,
    written,
)

values = st.decimals(
    min_value=-(10**26) + 1, max_value=10**26 - 1, places=12, allow_nan=False, allow_infinity=False
)


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ("5", "5"),
        ("-5.50", "-5.5"),
        ("+0.000000000001", "0.000000000001"),
        (7, "7"),
        (Decimal("1E+3"), "1000"),
        ("1e3", "1000"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("0.1000000000000000", "0.1"),
        ("9" * 26, "9" * 26),
        (10**26 - 1, "9" * 26),
    ],
)
def test_a_number_is_read_as_written(told: object, value: str) -> None:
    found = read_value(told)
    assert found is not None and format(found, "f") == value


@pytest.mark.parametrize(
    "told",
    [
        "abc",
        "",
        " 5",
        "5 ",
        "1_000",
        "٣",
        "NaN",
        "Infinity",
        "0x1",
        "1e999",
        "5.",
        ".5",
        "--5",
        None,
        True,
        False,
        1.5,
        [],
        {},
        Decimal("NaN"),
        Decimal("Infinity"),
        "9" * 27,
        "1e26",
        "0.0000000000001",
        "9" * 61,
        10**26,
    ],
)
def test_what_is_no_number_of_the_ledger_is_not_read(told: object) -> None:
    assert read_value(told) is None


@given(values)
def test_the_written_form_is_read_again(value: Decimal) -> None:
    assert read_value(written(value)) == value
    assert written(Decimal(written(value))) == written(value)


@given(st.lists(values))
def test_a_sum_loses_no_digit(numbers: list[Decimal]) -> None:
    assert Fraction(total(numbers)) == sum(map(Fraction, numbers))


def test_only_what_has_no_end_is_rounded() -> None:
    assert str(as_quantity(Fraction(1, 3))) == "0.333333333333"
    assert str(as_quantity(Fraction(2, 3))) == "0.666666666667"
    assert str(as_quantity(Fraction(5, 2))) == "2.5"


def test_a_number_of_thousands_of_digits_is_not_read() -> None:
    assert read_value(-(10**5000)) is None and read_value(2**100) is None
