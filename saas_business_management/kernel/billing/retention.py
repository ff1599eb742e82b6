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


@dataclass(frozen=True)
class Cohort:
    """The sums of a cohort: how many paid on the first day and how many of them pay nothing later;
    what they paid, what they pay later, and of that what each of them paid before.
    """

    count: int
    gone: int
    whole: Number
    after: Number
    kept: Number


def retention(start: Mapping[str, Number], end: Mapping[str, Number]) -> Retention:
    """Return what became of the cohort of the first day.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    before = {name: not_negative(amount) for name, amount in start.items()}
    first = {name: amount for name, amount in before.items() if amount}
    after = {name: not_negative(end.get(name, 0)) for name in first}
    return rates(
        Cohort(
            count=len(first),
            gone=sum(not one for one in after.values()),
            whole=sum(first.values(), Fraction(0)),
            after=sum(after.values(), Fraction(0)),
            kept=sum((min(first[name], after[name]) for name in first), Fraction(0)),
        )
    )


def rates(cohort: Cohort) -> Retention:
    """Return what became of a cohort whose sums are known.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    whole, after = not_negative(cohort.whole), not_negative(cohort.after)
    kept = not_negative(cohort.kept)
    return Retention(
        net=rate(after, whole),
        gross=rate(kept, whole),
        logo_churn=rate(cohort.gone, cohort.count),
        revenue_churn=rate(whole - kept, whole),
    )


def rate(part: Fraction | int, whole: Fraction | int) -> Decimal | None:
    """Return a part in percent with two digits, half up; None of nothing."""
    return round_half_up(Fraction(part) * HUNDRED / whole, _STEP) if whole else None
