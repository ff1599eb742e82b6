"""Credit notes: how much of an invoice may still be credited, and the tax of it.

Owns: caps, the tax of a partial credit, service credits. Does not own: why something is credited
(`change.py`, `cancel.py`, `pause.py`), using a balance (`settlement.py`), the documents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..errors import Refused
from ..money import Currency, Number, difference, exact, not_negative, percent, total
from .tax import Taxed


@dataclass(frozen=True)
class PostedLine:
    """A line of a posted invoice; `credited` is what earlier credit notes took off it, untaxed."""

    untaxed: Decimal
    tax_percent: Decimal = Decimal(0)
    credited: Decimal = Decimal(0)


def creditable(invoiced: Number, credited: Number, asked: Number, unit: Currency) -> Decimal:
    """Return what may still be credited after a further credit note of the amount asked for.

    Raises: Refused (`number_invalid`, `number_negative`, `exceeds_creditable`).
    """
    open_amount = difference(
        not_negative(invoiced, "invoice"), not_negative(credited, "credit"), unit
    )
    if not_negative(asked, "credit") > exact(open_amount):
        raise Refused("exceeds_creditable", creditable=open_amount)
    return difference(open_amount, asked, unit)


def credit_lines(
    lines: Sequence[PostedLine], credits: Mapping[int, Number], unit: Currency
) -> Taxed:
    """Return a credit note over amounts by the number of their line, the first being 0.

    Each line keeps its tax. Tax is the step of the rounded running sum, so that crediting a line in
    pieces gives back exactly the tax that was charged.

    Raises: Refused (`number_invalid`, `number_negative`, `percent_range`, `exceeds_creditable`,
        `credit_line`).
    """
    untaxed, taxes = [], []
    for number, amount in credits.items():
        if not 0 <= number < len(lines):
            raise Refused("credit_line", number=number, count=len(lines))
        line = lines[number]
        creditable(line.untaxed, line.credited, amount, unit)
        rate = percent(line.tax_percent, "tax")
        marks = [exact(line.credited), exact(line.credited) + exact(amount)]
        before, after = (unit.round(mark * rate) for mark in marks)
        untaxed.append(amount)
        taxes.append(difference(after, before, unit))
    return Taxed(total(untaxed, unit), total(taxes, unit), total([*untaxed, *taxes], unit))


def service_credit(recurring: Number, credit_percent: Number, unit: Currency) -> Decimal:
    """Return the credit for a missed service level, a percentage of the recurring fee alone.

    Raises: Refused (`number_invalid`, `number_negative`, `percent_range`).
    """
    return unit.round(not_negative(recurring, "fee") * percent(credit_percent, "credit"))
