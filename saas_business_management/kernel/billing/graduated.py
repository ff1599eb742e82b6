"""Price tiers, each unit at the price of the tier it lies in.

Owns: the model *graduated*. Does not own: the bounds (`price_tier.py`).

Source: Kill Bill calls it ALL_TIER. More use never costs less.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .block import check_block, in_blocks
from .price_tier import PriceTier, Slice, check_tiers, slices
from .step import ONE, PRICE_TIER, TIER_FLAT, Step


@dataclass(frozen=True)
class GraduatedPrice:
    """Tiers over units or, with a block, over blocks of so many units, each paid when begun."""

    tiers: tuple[PriceTier, ...]
    block: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse tiers and blocks that are none. Raises: Refused, see `check_tiers`."""
        check_tiers(self.tiers)
        check_block(self.block)

    def steps(self, quantity: Decimal, _transactions: Sequence[Decimal]) -> tuple[Step, ...]:
        """Return a step for each tier that is reached, and one for what reaching it costs."""
        found: list[Step] = []
        for one in slices(self.tiers, in_blocks(quantity, self.block)):
            found += tier_steps(one, self.block)
        return tuple(found)


def tier_steps(one: Slice, block: Decimal | None) -> Iterator[Step]:
    """Yield the step of the units in a tier, and that of its flat amount when there is one."""
    bounds = {"size": block or ONE, "over": one.over, "up_to": one.tier.up_to}
    yield Step(PRICE_TIER, one.quantity, one.tier.unit_price, **bounds)
    if one.tier.flat_amount:
        yield Step(TIER_FLAT, ONE, one.tier.flat_amount, **bounds)
