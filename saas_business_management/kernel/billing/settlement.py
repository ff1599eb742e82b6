"""The order in which an invoice is lowered and paid.

Owns: discount → tax → credit notes → wallet → payment. Does not own: the tax (Odoo's; its amount is
an argument), which grants the wallet uses (`wallet.py`), the payment.

Before tax the price changes; after tax only who has paid it already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..money import Currency, not_negative
from .arithmetic import minus, plus

DISCOUNT = "discount"
TAX = "tax"
CREDIT_NOTES = "credit_notes"
WALLET = "wallet"
PAYMENT = "payment"
ORDER = (DISCOUNT, TAX, CREDIT_NOTES, WALLET, PAYMENT)


@dataclass(frozen=True)
class Settled:
    """What pays an invoice: customer credit, wallet, and the rest by payment.

    `credit_left` is the customer's credit behind it.
    """

    total: Decimal
    credit_used: Decimal
    wallet_used: Decimal
    due: Decimal
    credit_left: Decimal

    @property
    def steps(self) -> tuple[tuple[str, Decimal], ...]:
        """Return each payer and its part, in their order."""
        parts = (self.credit_used, self.wallet_used, self.due)
        return tuple(zip((CREDIT_NOTES, WALLET, PAYMENT), parts, strict=True))


def settle(total: Decimal, credit: Decimal, wallet: Decimal, unit: Currency) -> Settled:
    """Return who pays a total with tax: credit first, then the wallet, then a payment.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    owed, there, purse = (
        unit.round(not_negative(number, name))
        for number, name in ((total, "total"), (credit, "credit"), (wallet, "wallet"))
    )
    by_credit = min(owed, there)
    by_wallet = min(minus(owed, by_credit), purse)
    due = minus(owed, plus((by_credit, by_wallet)))
    return Settled(owed, by_credit, by_wallet, due, minus(there, by_credit))


def settle_each(totals: Sequence[Decimal], credit: Decimal, unit: Currency) -> tuple[Settled, ...]:
    """Return how a credit is used up by one invoice after the other.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    found: list[Settled] = []
    left = credit
    for total in totals:
        found.append(settle(total, left, unit.zero, unit))
        left = found[-1].credit_left
    return tuple(found)
