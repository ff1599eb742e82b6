"""Prepaid credits in the books: a liability when they are bought, revenue as they are used up.

Owns: both running figures. Does not own: which grant is used first (the wallet), accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..errors import Refused
from ..money import Currency, Number, difference, not_negative


@dataclass(frozen=True)
class Prepaid:
    """The liability after the purchase and after each use; the revenue of each use."""

    liability: tuple[Decimal, ...]
    revenue: tuple[Decimal, ...]


def recognize(purchase: Number, used: Sequence[Number], unit: Currency) -> Prepaid:
    """Return what bought credits are in the books while they are used, in order.

    Raises: Refused (`number_invalid`, `number_negative`, `prepaid_overdrawn`).
    """
    left = [unit.round(not_negative(purchase, "purchase"))]
    revenue = []
    for amount in used:
        revenue.append(unit.round(not_negative(amount, "used")))
        left.append(difference(left[-1], revenue[-1], unit))
        if left[-1] < 0:
            raise Refused("prepaid_overdrawn", left=left[-2], used=revenue[-1])
    return Prepaid(tuple(left), tuple(revenue))
