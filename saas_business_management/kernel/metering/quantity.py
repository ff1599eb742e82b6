"""Measured quantities: reading one, writing it in one form, adding them exactly.

Owns: numbers of at most 26 digits before the point and 12 behind it, the form in which the ledger
keeps them. Does not own: amounts of money (`kernel/money.py`).
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from ..money import round_half_up

WHOLE_DIGITS = 26
DECIMALS = 12
BITS_MOST = 100
STEP = Decimal(1).scaleb(-DECIMALS)
_NUMBER = re.compile(r"[+-]?[0-9]{1,60}(\.[0-9]{1,60})?([eE][+-]?[0-9]{1,2})?")


def read_value(raw: object) -> Decimal | None:
    """Return a finite number that the ledger can keep, without zeros at its end, else None.

    Texts, whole numbers and decimals are read; a float is refused, for nobody wrote its digits.
    """
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        return None
    # A number of thousands of digits would not even become a text.
    text = "" if isinstance(raw, int) and raw.bit_length() > BITS_MOST else str(raw)
    if not _NUMBER.fullmatch(text):
        return None
    value = Decimal(written(Decimal(text)))
    if value.adjusted() >= WHOLE_DIGITS or -int(value.as_tuple().exponent) > DECIMALS:
        return None
    return value


def written(value: Decimal) -> str:
    """Return a number in the one form in which equal numbers are equal texts."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def as_quantity(number: Fraction) -> Decimal:
    """Return an exact number as the ledger keeps it; only what has no end is rounded."""
    if number.denominator == 1:
        return Decimal(number.numerator)
    return Decimal(written(round_half_up(number, STEP)))


def total(values: Iterable[Decimal]) -> Decimal:
    """Return the sum; not one digit is lost, however many there are."""
    return as_quantity(sum((Fraction(value) for value in values), Fraction(0)))
