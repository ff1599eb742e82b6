"""What is taken off lines before tax.

Owns: a percentage inside an amount, a fixed coupon over an invoice. Does not own: whether a coupon
holds (`coupon.py`), tax.

A percentage is taken inside the amount of a line, before it is rounded. A fixed amount is taken
once from an invoice, never by days, and spread over its lines, so that each tax loses its part.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from ..errors import Refused
from ..money import Currency, Number, exact, percent, split
from .arithmetic import counted, minus, plus


def less_percent(amount: Number, *percents: Number) -> Fraction:
    """Return an amount after percentages, one of what the other left; not rounded.

    Raises: Refused (`number_invalid`, `percent_range`).
    """
    left = exact(amount)
    for one in percents:
        left *= 1 - percent(one)
    return left


def less_fixed(
    lines: Sequence[Decimal], amount: Decimal, unit: Currency
) -> tuple[tuple[Decimal, ...], Decimal]:
    """Return the lines after a fixed amount, and what of it was left over.

    No line falls below zero. Lines at or below zero bear nothing.

    Raises: Refused (`number_invalid`, `number_negative`, `number_digits`).
    """
    off = unit.round(counted(amount, "amount_off"))
    weights = [max(line, Decimal(0)) for line in lines]
    room = plus(weights)
    taken = min(off, unit.round(room))
    if not taken:
        return tuple(lines), off
    parts = split(taken, weights, unit)
    return tuple(map(minus, lines, parts)), minus(off, taken)


def same_currency(unit: Currency, code: str) -> None:
    """Refuse an amount in another currency: nothing is converted in silence.

    Raises: Refused (`currency_differs`).
    """
    if unit.code != code:
        raise Refused("currency_differs", wanted=unit.code, found=code)
