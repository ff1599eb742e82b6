"""Exact arithmetic of decimals, and the numbers that a price may have.

Owns: adding and multiplying without losing a digit, the limits of quantities and prices. Does not
own: rounding (`kernel/money.py`).

Python's own operators round to 28 digits in silence. Here a digit that does not fit is an error.
"""

from collections.abc import Iterable
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow

from ..errors import Refused

WHOLE_DIGITS = 26
DECIMALS = 12
ZERO = Decimal(0)
# Far more than two numbers of 38 digits and a sum over every line of an invoice can need.
_EXACT = Context(prec=400, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])


def times(one: Decimal, other: Decimal) -> Decimal:
    """Return the product."""
    return _EXACT.multiply(one, other)


def plus(numbers: Iterable[Decimal]) -> Decimal:
    """Return the sum; of nothing it is zero."""
    found = ZERO
    for number in numbers:
        found = _EXACT.add(found, number)
    return found


def minus(one: Decimal, other: Decimal) -> Decimal:
    """Return the difference."""
    return _EXACT.subtract(one, other)


def whole_parts(number: Decimal, size: Decimal) -> Decimal:
    """Return how many parts of this size a number needs; the last may be only begun."""
    whole = _EXACT.divide_int(number, size)
    begun = 0 if times(whole, size) == number else 1
    return minus(whole, Decimal(-begun))


def counted(number: Decimal, name: str) -> Decimal:
    """Return a quantity or a price that can be computed with.

    Raises: Refused (`number_invalid`, `number_negative`, `number_digits`) for NaN and infinity, for
    less than zero, for more than 26 digits before the point or 12 behind it.
    """
    if not number.is_finite():
        raise Refused("number_invalid", name=name)
    if number < 0:
        raise Refused("number_negative", name=name, number=number)
    digits = -int(number.as_tuple().exponent)
    if number and (number.adjusted() >= WHOLE_DIGITS or digits > DECIMALS):
        raise Refused("number_digits", name=name, whole=WHOLE_DIGITS, decimals=DECIMALS)
    return number


def plain(number: Decimal) -> str:
    """Return a number as people write it: no exponent, no zeros behind what it says."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
