"""How much of the revenue, and how many of the customers, of a day are still there later.

Owns: net and gross retention, churn. Does not own: the figures (`mrr.py`).

The cohort are the customers that paid on the first day; who came later is not counted. A rate of
nobody is None, never zero or a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..money import HUNDRED, Number, not_negative, round_half_up

_STEP = Decimal("0.01")


@dataclass(frozen=True)
class Retention:
    """Rates in percent with two digits."""

    net: Decimal | None
    gross: Decimal | None
    logo_churn: Decimal | None
    revenue_churn: Decimal | None


def retention(start: Mapping[str, Number], end: Mapping[str, Number]) -> Retention:
    """Return what became of the cohort of the first day.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    before = {name: not_negative(amount) for name, amount in start.items()}
    cohort = {name: amount for name, amount in before.items() if amount}
    after = {name: not_negative(end.get(name, 0)) for name in cohort}
    kept = sum(min(cohort[name], after[name]) for name in cohort)
    whole = sum(cohort.values())
    return Retention(
        net=_rate(sum(after.values()), whole),
        gross=_rate(kept, whole),
        logo_churn=_rate(sum(not one for one in after.values()), len(cohort)),
        revenue_churn=_rate(whole - kept, whole),
    )


def _rate(part: Fraction | int, whole: Fraction | int) -> Decimal | None:
    return round_half_up(Fraction(part) * HUNDRED / whole, _STEP) if whole else None
