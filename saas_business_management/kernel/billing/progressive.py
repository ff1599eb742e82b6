"""Invoices inside a period, when the spend crosses thresholds.

Owns: when one is due and what it nets. Does not own: measuring the spend, the document.

Source: Lago's ProgressiveBillingService: each invoice bills the spend so far less what was billed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..errors import Refused
from ..money import Currency, not_negative
from .arithmetic import ZERO, counted, minus, plus
from .commitment import true_up


@dataclass(frozen=True)
class Progress:
    """The invoices of a period; the last one is below zero when more was billed than spent."""

    invoices: tuple[Decimal, ...]
    final: Decimal

    @property
    def total(self) -> Decimal:
        """Return what the period costs in all."""
        return plus((*self.invoices, self.final))


def crossing(thresholds: Sequence[Decimal], billed_at: Decimal, spend: Decimal) -> bool:
    """Tell whether the spend reached a threshold that lies above the spend billed last."""
    return any(billed_at < one <= spend for one in thresholds)


def progress(
    thresholds: Sequence[Decimal],
    spends: Sequence[Decimal],
    end_spend: Decimal,
    unit: Currency,
    commitment: Decimal = ZERO,
) -> Progress:
    """Return the invoices that a growing spend makes, and the last one of the period.

    Only the last one looks at the least amount of the period.

    Raises: Refused (`number_invalid`, `number_negative`, `number_digits`, `threshold_empty`).
    """
    if not all(counted(one, "threshold") for one in thresholds):
        raise Refused("threshold_empty")
    invoices: list[Decimal] = []
    billed = unit.zero
    for spend in spends:
        if crossing(thresholds, billed, counted(spend, "spend")):
            now = unit.round(spend)
            invoices.append(minus(now, billed))
            billed = now
    least = true_up(commitment, [unit.round(not_negative(end_spend, "spend"))], unit)
    return Progress(tuple(invoices), minus(least.total, billed))
