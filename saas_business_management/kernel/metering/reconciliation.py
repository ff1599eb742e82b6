"""Whether every accepted unit of a period went somewhere: the identity behind a month's closing.

Owns: the equation and its difference. Does not own: counting the parts, who may close a month.
"""

from dataclasses import dataclass
from decimal import Decimal

from .quantity import total


@dataclass(frozen=True)
class Reconciliation:
    """Units of one meter in one period: what came in, and the five places where it can be."""

    accepted: Decimal
    billed: Decimal
    included: Decimal
    late_pending: Decimal
    voided: Decimal
    unbilled_by_policy: Decimal

    @property
    def variance(self) -> Decimal:
        """Return the units that nobody accounts for; below zero when some are told twice."""
        parts = (self.billed, self.included, self.late_pending, self.voided)
        told = total((*parts, self.unbilled_by_policy))
        return total([self.accepted, told.copy_negate()])

    @property
    def ok(self) -> bool:
        """Tell whether the month may close."""
        return not self.variance
