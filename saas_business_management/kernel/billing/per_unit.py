"""A price for each unit.

Owns: the model *per unit*. Does not own: included units (`charge.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .arithmetic import counted
from .step import UNITS, Step


@dataclass(frozen=True)
class UnitPrice:
    """Every unit costs the same, a part of one its part."""

    unit_price: Decimal

    def __post_init__(self) -> None:
        """Refuse what is no price. Raises: Refused, see `counted`."""
        counted(self.unit_price, "unit_price")

    def steps(self, quantity: Decimal, _transactions: Sequence[Decimal]) -> tuple[Step, ...]:
        """Return the units as one step, none for nothing."""
        return (Step(UNITS, quantity, self.unit_price),) if quantity else ()
