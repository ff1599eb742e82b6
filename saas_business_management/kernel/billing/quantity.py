"""Changing how many seats are paid for in the middle of a period.

Owns: the charge for more and the credit for fewer. Does not own: the price of a seat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..money import Currency, Number, difference, exact, not_negative
from .arithmetic import times
from .change import PERIOD_END, ChangePolicy
from .document import Document
from .papers import documents
from .proration import NONE, Fee, Span, fee_for, prorate


@dataclass(frozen=True)
class QuantityChange:
    """What a change of quantity costs: `amount` is negative for a credit. Lengths are days."""

    delta: Decimal | int
    days: int
    period_days: int
    amount: Decimal
    renewal_amount: Decimal
    documents: tuple[Document, ...] = ()


def seats_fee(unit_price: Decimal, quantity: Decimal | int, period: Span, unit: Currency) -> Fee:
    """Return the fee for so many units in a whole period.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    not_negative(unit_price, "price")
    not_negative(quantity, "quantity")
    return fee_for(times(unit_price, Decimal(quantity)), period, period, unit)


def change_quantity(
    fee: Fee,
    unit_price: Number,
    old: Decimal | int,
    new: Decimal | int,
    at: date,
    policy: ChangePolicy,
) -> QuantityChange:
    """Return what it costs to pay for `new` units instead of `old` ones from a day on.

    More units are an own line of the rest of the period; for fewer the fee is credited, never more
    than is left of it.

    Raises: Refused (`number_invalid`, `number_negative`, `outside_period`).
    """
    each = not_negative(unit_price, "price")
    more = not_negative(new, "quantity") - not_negative(old, "quantity")
    when, by = policy.of(more >= 0)
    days = fee.service.length - fee.service.until(at)
    whole, unit = fee.whole.length, fee.unit
    amount = prorate(abs(more) * each, days, whole, unit, fee.discount_percent)
    if when == PERIOD_END or by == NONE:
        amount = unit.zero
    charged, back = (amount, unit.zero) if more >= 0 else (unit.zero, min(amount, fee.creditable))
    return QuantityChange(
        delta=new - old,
        days=days,
        period_days=whole,
        amount=difference(charged, back, unit),
        renewal_amount=prorate(exact(new) * each, whole, whole, unit, fee.discount_percent),
        documents=documents(back, charged, unit),
    )
