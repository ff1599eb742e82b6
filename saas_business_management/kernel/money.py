"""Money: exact numbers, and the one rounding to the smallest step of a currency.

Owns: the step of each currency, rounding, percent, splitting an amount. Does not own: prices, rates
between currencies, taxes (Odoo's).

Computing is exact, in fractions, until an amount is rounded, once, half up and away from zero.
Source: Odoo's `tools/float_utils.py`, method HALF-UP; ISO 4217 for the digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise

from .errors import Refused

Number = Decimal | Fraction | int
HUNDRED = 100
_CENT = Decimal("0.01")
# Currencies whose smallest step is not a hundredth.
_DIGITS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}


@dataclass(frozen=True)
class Currency:
    """A currency by its code, and its smallest step such as 0.01."""

    code: str
    step: Decimal = _CENT

    def __post_init__(self) -> None:
        """Refuse a step that nothing can be rounded to.

        Raises: Refused (`currency_step`).
        """
        if not self.step.is_finite() or self.step <= 0:
            raise Refused("currency_step", currency=self.code, step=self.step)

    @property
    def zero(self) -> Decimal:
        """Nothing, with the digits of the currency."""
        return self.round(0)

    def round(self, amount: Number) -> Decimal:
        """Return the amount in whole steps, half up and away from zero; nothing has no sign.

        Raises: Refused (`number_invalid`).
        """
        return round_half_up(amount, self.step)


def currency(code: str) -> Currency:
    """Return a currency with the digits that ISO 4217 gives it."""
    return Currency(code, Decimal(1).scaleb(-_DIGITS.get(code, 2)))


def exact(number: Number, name: str = "amount") -> Fraction:
    """Return a number as a fraction; `name` is told to whoever gave what is none.

    Raises: Refused (`number_invalid`) for NaN and infinity. TypeError for a float or a text, whose
    digits nobody wrote down.
    """
    if isinstance(number, bool | float | str):
        raise TypeError(f"{name} has to be exact, not {number!r}")
    if isinstance(number, Decimal) and not number.is_finite():
        raise Refused("number_invalid", name=name)
    return Fraction(number)


def not_negative(number: Number, name: str = "amount") -> Fraction:
    """Return a number as a fraction when it is zero or more.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    found = exact(number, name)
    if found < 0:
        raise Refused("number_negative", name=name, number=number)
    return found


def percent(number: Number, name: str = "percent") -> Fraction:
    """Return a percentage from 0 to 100 as a fraction of one.

    Raises: Refused (`number_invalid`, `percent_range`).
    """
    found = exact(number, name)
    if not 0 <= found <= HUNDRED:
        raise Refused("percent_range", name=name, number=number)
    return found / HUNDRED


def round_half_up(number: Number, step: Decimal) -> Decimal:
    """Return the number in whole steps, ties away from zero, printed with the digits of the step.

    Raises: Refused (`number_invalid`).
    """
    value = exact(number)
    steps = (abs(value) / Fraction(step) + Fraction(1, 2)).__floor__()
    signed = steps if value >= 0 else -steps
    digits = max(0, -int(step.as_tuple().exponent))
    units = signed * int(Fraction(step) * 10**digits)
    # Built from digits, because arithmetic of decimals would cut what exceeds its precision.
    return Decimal((int(units < 0), tuple(map(int, str(abs(units)))), -digits))


def total(amounts: Iterable[Number], unit: Currency) -> Decimal:
    """Return the sum of amounts, rounded once.

    Raises: Refused (`number_invalid`).
    """
    return unit.round(sum(map(exact, amounts)))


def difference(amount: Number, less: Number, unit: Currency) -> Decimal:
    """Return an amount less another, rounded once.

    Raises: Refused (`number_invalid`).
    """
    return unit.round(exact(amount) - exact(less))


def split(amount: Number, weights: Sequence[Number], unit: Currency) -> tuple[Decimal, ...]:
    """Return a part for each weight; together they are the rounded total, without a remainder.

    Each part is the step of the rounded running sum, so no part is off by more than one step.

    Raises: Refused (`number_invalid`, `number_negative`, `weights_empty`).
    """
    shares = [not_negative(one, "weight") for one in weights]
    whole = sum(shares)
    if not whole:
        raise Refused("weights_empty")
    value = exact(amount)
    marks = [unit.round(value * one / whole) for one in accumulate(shares)]
    return tuple(difference(after, before, unit) for before, after in pairwise([0, *marks]))
