"""Price tiers: bands of a quantity, without gap and without overlap.

Owns: the bounds `(over, up_to]`, what of a quantity lies in each tier. Does not own: what a tier
costs (`graduated.py`, `volume.py`).

Bounds are continuous: half a unit more than the first bound is half a unit in the second tier.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..errors import Refused
from .arithmetic import ZERO, counted, minus


@dataclass(frozen=True)
class PriceTier:
    """A band up to and with `up_to` (None: without end), its price for a unit, and an amount for
    whoever comes into it at all. `over` is where it begins, for whom wants it checked.
    """

    up_to: Decimal | None
    unit_price: Decimal
    flat_amount: Decimal = ZERO
    over: Decimal | None = None


@dataclass(frozen=True)
class Slice:
    """The part of a quantity that lies in a tier, and where the tier begins."""

    tier: PriceTier
    over: Decimal
    quantity: Decimal


def check_tiers(tiers: Sequence[PriceTier]) -> None:
    """Refuse tiers that leave a quantity without a price, or give it two.

    Raises: Refused (`tiers_empty`, `tiers_open`, `tiers_overlap`, `tiers_gap`, `number_invalid`,
    `number_negative`, `number_digits`).
    """
    if not tiers:
        raise Refused("tiers_empty")
    below = ZERO
    for number, tier in enumerate(tiers, start=1):
        counted(tier.unit_price, "unit_price")
        counted(tier.flat_amount, "flat_amount")
        _check_begin(number, tier, below)
        if (tier.up_to is None) != (number == len(tiers)):
            raise Refused("tiers_open", tier=number)
        below = tier.up_to or below


def slices(tiers: Sequence[PriceTier], quantity: Decimal) -> Iterator[Slice]:
    """Yield every tier that the quantity reaches; together they hold all of it, nothing twice."""
    below = ZERO
    for tier in tiers:
        if quantity <= below:
            return
        top = quantity if tier.up_to is None else min(quantity, tier.up_to)
        yield Slice(tier, below, minus(top, below))
        below = top


def tier_of(tiers: Sequence[PriceTier], quantity: Decimal) -> Slice | None:
    """Return the tier in which the whole quantity lies, none for nothing."""
    reached = list(slices(tiers, quantity))
    return Slice(reached[-1].tier, reached[-1].over, quantity) if reached else None


def _check_begin(number: int, tier: PriceTier, below: Decimal) -> None:
    """Refuse a tier that does not go on where the one before ends, or that holds nothing."""
    begin = below if tier.over is None else counted(tier.over, "over")
    if begin > below:
        raise Refused("tiers_gap", tier=number, begin=begin, end=below)
    if (tier.up_to is not None and counted(tier.up_to, "up_to") <= below) or begin < below:
        raise Refused("tiers_overlap", tier=number, begin=begin, end=below)
