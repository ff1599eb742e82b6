"""A closed period rated again: what is billed, what it should be, the difference.

Owns: the difference of two ratings. Does not own: when and on which document it is settled
(`late.py`), the corrected events (`kernel/metering`).

The whole quantity is rated again, so the difference knows the price tiers: one unit more may cost
less where all units fall into a cheaper tier.
"""

from dataclasses import dataclass
from decimal import Decimal

from ..money import Currency
from .arithmetic import minus
from .charge import Charge, rate
from .document import Document, document_for
from .step import Rated


@dataclass(frozen=True)
class Delta:
    """The rating that was billed and the new one."""

    before: Rated
    after: Rated

    @property
    def already_billed(self) -> Decimal:
        """Return what was billed."""
        return self.before.amount

    @property
    def rerated(self) -> Decimal:
        """Return what should have been billed."""
        return self.after.amount

    @property
    def amount(self) -> Decimal:
        """Return what is still owed; below zero it is owed to the customer."""
        return minus(self.rerated, self.already_billed)

    @property
    def document(self) -> Document | None:
        """Return the document of its own that would settle it."""
        return document_for(self.amount)


def rerate(charge: Charge, billed: Decimal, now: Decimal, unit: Currency) -> Delta:
    """Return the difference between a billed quantity and what it is known to be now.

    Raises: Refused (`number_invalid`, `number_negative`, `number_digits`).
    """
    return Delta(rate(charge, billed, unit), rate(charge, now, unit))
