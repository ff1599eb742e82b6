"""What is given back for a month that was worse than promised.

Owns: the ladder, the percentage, the amount. Does not own: who approves, documents.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..money import Currency, Number, not_negative, percent


@dataclass(frozen=True)
class Rung:
    """Below an availability, so many percent of the fee are given back; without `below` it is
    below the promise itself.
    """

    below: Decimal | None
    percent: Decimal


LADDER = (
    Rung(None, Decimal(10)),
    Rung(Decimal(99), Decimal(25)),
    Rung(Decimal(95), Decimal(100)),
)


def part_back(
    availability: Fraction | None, target: Decimal, ladder: Sequence[Rung] = LADDER
) -> Decimal:
    """Return the percentage of the fee that is given back; 0 when the promise was kept.

    A rung above the promise gives nothing while the promise is kept.

    Raises: Refused (`percent_range`).
    """
    promised = percent(target, "target")
    if availability is None or availability >= promised:
        return Decimal(0)
    reached = [
        one.percent
        for one in ladder
        if availability < (promised if one.below is None else percent(one.below, "below"))
    ]
    return max(reached, default=Decimal(0))


def amount(fee: Number, part: Decimal, unit: Currency) -> Decimal:
    """Return what is given back of a fee, rounded once.

    Raises: Refused (`number_negative`, `percent_range`).
    """
    return unit.round(not_negative(fee, "fee") * percent(part, "part"))
