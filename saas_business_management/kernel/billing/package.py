"""Packages of units, each paid when its first unit is used.

Owns: the model *package*. Does not own: tiers of packages (`graduated.py` with blocks).

Source: Lago's PackageService: free units come first, then packages from the first unit on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .arithmetic import ZERO, counted, minus
from .block import check_block, in_blocks
from .step import INCLUDED, PACKAGE, Step


@dataclass(frozen=True)
class PackagePrice:
    """So many units for one price, after the free ones."""

    package_size: Decimal
    package_price: Decimal
    free_units: Decimal = ZERO

    def __post_init__(self) -> None:
        """Refuse what is no price, and an empty package. Raises: Refused, see `check_block`."""
        check_block(self.package_size, "package_size")
        counted(self.package_price, "package_price")
        counted(self.free_units, "free_units")

    def steps(self, quantity: Decimal, _transactions: Sequence[Decimal]) -> tuple[Step, ...]:
        """Return the free units and the begun packages, none of what was not used."""
        free = min(quantity, self.free_units)
        packages = in_blocks(minus(quantity, free), self.package_size)
        found = (
            Step(INCLUDED, free, ZERO),
            Step(PACKAGE, packages, self.package_price, size=self.package_size),
        )
        return tuple(step for step in found if step.quantity)
