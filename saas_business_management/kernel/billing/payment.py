"""Money that came in, set against an invoice.

Owns: what is still open, what came in too much and what is to be done with it. Does not own:
reconciling (Odoo's), charging (`charging.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..money import Currency, not_negative
from .arithmetic import minus, plus

NOT_PAID = "not_paid"
PARTIAL = "partial"
PAID = "paid"
REFUND_TASK = "refund_task"


@dataclass(frozen=True)
class Allocation:
    """`residual` is open, `unallocated` came in beyond the invoice; both zero or more."""

    total: Decimal
    residual: Decimal
    unallocated: Decimal

    @property
    def payment_state(self) -> str:
        """Return the state of the invoice as Odoo calls it."""
        if not self.residual:
            return PAID
        return NOT_PAID if self.residual == self.total else PARTIAL

    @property
    def dunning_amount(self) -> Decimal:
        """Return what the ladder goes on with."""
        return self.residual

    @property
    def action(self) -> str:
        """Return what a person has to decide: to give back what was paid twice."""
        return REFUND_TASK if self.unallocated else ""


def allocate(total: Decimal, payments: Sequence[Decimal], unit: Currency) -> Allocation:
    """Return how payments settle an invoice; none pays more than is open.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    owed = unit.round(not_negative(total, "total"))
    came = unit.round(plus(unit.round(not_negative(one, "payment")) for one in payments))
    settled = min(owed, came)
    return Allocation(owed, minus(owed, settled), minus(came, settled))
