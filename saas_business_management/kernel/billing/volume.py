"""Price tiers, all units at the price of the tier that the whole quantity reaches.

Owns: the model *volume*. Does not own: the bounds (`price_tier.py`).

Source: Kill Bill calls it TOP_TIER. One unit more may cost less: the bill falls where a cheaper
tier begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .block import check_block, in_blocks
from .graduated import tier_steps
from .price_tier import PriceTier, check_tiers, tier_of
from .step import Step


@dataclass(frozen=True)
class VolumePrice:
    """Tiers over units or, with a block, over blocks of so many units, each paid when begun."""

    tiers: tuple[PriceTier, ...]
    block: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse tiers and blocks that are none. Raises: Refused, see `check_tiers`."""
        check_tiers(self.tiers)
        check_block(self.block)

    def steps(self, quantity: Decimal, _transactions: Sequence[Decimal]) -> tuple[Step, ...]:
        """Return the step of the tier reached, and one for what reaching it costs."""
        found = tier_of(self.tiers, in_blocks(quantity, self.block))
        return tuple(tier_steps(found, self.block)) if found else ()
