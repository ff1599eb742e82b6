"""How an offer is shown to a stranger: in which currency first, and what it costs a month.

Owns: these two. Does not own: prices and how they are written.
"""

from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def first_currency(wishes: Collection[str], sold: Collection[str]) -> str:
    """Return the first wish that is sold, else the first that is sold; empty when nothing is."""
    found = [code for code in wishes if code in sold]
    return (found or [*sold, ""])[0]


def a_month(amount: Decimal, periods_a_year: Fraction, digits: int) -> Decimal:
    """Return what an amount for a period comes to in a month, rounded half up to `digits`."""
    exact = Fraction(amount) * periods_a_year / 12
    unit = Decimal(1).scaleb(-digits)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(unit, ROUND_HALF_UP)
