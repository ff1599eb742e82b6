"""The least and the most that fee and usage of a period cost together.

Owns: what is added to reach the one, what is taken off beyond the other. Does not own: the fee
(`fees.py`), the usage (`charge.py`), documents.

Both are shared out by days where only a part of the period is served. The fee itself is never
lowered: only usage is left out beyond the most.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..money import Currency, exact, not_negative
from .commitment import true_up


@dataclass(frozen=True)
class Spend:
    """What a period comes to before its bounds: `usage` is that of the document at hand, `before`
    that of earlier documents of the period; `days` of `whole_days` are served."""

    fee: Decimal
    usage: Decimal
    before: Decimal
    days: int
    whole_days: int


def adjustment(
    spend: Spend, least: Decimal, most: Decimal, unit: Currency, last_run: bool
) -> Decimal:
    """Return what is added to the usage at hand, or, below zero, taken off; 0 bounds are none.

    Raises: Refused (`number_invalid`, `number_negative`, `commitment_days`).
    """
    total = exact(spend.fee) + exact(spend.before) + exact(spend.usage)
    cap = unit.round(not_negative(most, "maximum") * spend.days / spend.whole_days)
    if most and total > exact(cap):
        beyond = total - exact(cap)
        return unit.round(-min(beyond, exact(spend.usage)))
    parts = (spend.fee, spend.before, spend.usage)
    return true_up(least, parts, unit, spend.days, spend.whole_days, last_run).amount
