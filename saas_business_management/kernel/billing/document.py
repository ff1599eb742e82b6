"""Which document an amount becomes: an invoice, a credit note, or none.

Owns: the choice by sign. Does not own: making documents (Odoo's `account.move`).

A document is never negative: what is owed to the customer is a credit note of the positive amount.
"""

from dataclasses import dataclass
from decimal import Decimal

INVOICE = "out_invoice"
CREDIT_NOTE = "out_refund"


@dataclass(frozen=True)
class Document:
    """A kind of document and its amount, above zero."""

    kind: str
    amount: Decimal

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


def document_for(amount: Decimal) -> Document | None:
    """Return the document for an amount in whole steps of its currency; none for nothing."""
    if not amount:
        return None
    return Document(INVOICE if amount > 0 else CREDIT_NOTE, amount.copy_abs())
