"""A flat price: the same amount whatever was used.

Owns: the model *flat*. Does not own: fees for days of a period (proration).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .arithmetic import counted
from .step import FLAT, Step, alone


@dataclass(frozen=True)
class FlatPrice:
    """One amount."""

    amount: Decimal

    def __post_init__(self) -> None:
        """Refuse what is no price. Raises: Refused, see `counted`."""
        counted(self.amount, "amount")

    def steps(self, _quantity: Decimal, _transactions: Sequence[Decimal]) -> tuple[Step, ...]:
        """Return the amount as one step."""
        return (alone(FLAT, self.amount),)
