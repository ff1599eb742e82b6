"""Tax as a preview shows it, and the lines that are handed to Odoo.

Owns: both ways of rounding a tax in percent, lines that add up to what is printed. Does not own:
which tax applies; on documents Odoo's `account.tax` computes it.

Source: Odoo's `res.company.tax_calculation_rounding_method`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..errors import Refused
from ..money import Currency, Number, exact, percent, total

PER_LINE, GLOBALLY = "round_per_line", "round_globally"


@dataclass(frozen=True)
class Taxed:
    """Amounts of a document."""

    untaxed: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True)
class Lines:
    """Lines of a document with rounded amounts, their sum, and the sum that the unrounded ones
    would have had."""

    amounts: tuple[Decimal, ...]
    total: Decimal
    raw_total: Decimal


def tax(lines: Sequence[Number], rate_percent: Number, method: str, unit: Currency) -> Taxed:
    """Return the tax on top of lines, rounded for each line or once for all.

    Raises: Refused (`number_invalid`, `percent_range`, `rounding_method`).
    """
    rate = percent(rate_percent, "tax")
    untaxed = total(lines, unit)
    if _checked(method) == PER_LINE:
        amount = total([unit.round(exact(one) * rate) for one in lines], unit)
    else:
        amount = unit.round(sum(map(exact, lines)) * rate)
    return Taxed(untaxed, amount, total([untaxed, amount], unit))


def rounded_lines(raw: Sequence[Number], unit: Currency, method: str = GLOBALLY) -> Lines:
    """Return each line rounded, as it goes to Odoo with quantity 1, so that the total is the sum of
    what is printed.

    Raises: Refused (`number_invalid`, `rounding_method`).
    """
    amounts = tuple(unit.round(one) for one in raw)
    ours = total(amounts, unit)
    return Lines(amounts, ours, ours if _checked(method) == PER_LINE else total(raw, unit))


def _checked(method: str) -> str:
    if method not in (PER_LINE, GLOBALLY):
        raise Refused("rounding_method", method=method)
    return method
