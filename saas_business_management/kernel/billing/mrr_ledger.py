"""The rows that a new figure of a subscription adds to the ledger of recurring revenue.

Owns: amounts in the currency of the books, their kind, rows for another rate. Does not own: the
figure (`mrr_course.py`), which rate a month has (records).

A month has one rate. When that of a new row is another one than that of the balance, a row of its
own says what the rate did, so no customer seems to pay more because a currency rose. All rows of a
subscription together are its figure at the rate of the last one; when it ends, nothing is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..money import Currency, Number, difference, exact, total
from .mrr import CONTRACTION, EXPANSION, KINDS, movement

REVALUATION = "revaluation"
ROWS = (*KINDS, REVALUATION)


@dataclass(frozen=True)
class Balance:
    """What the ledger says before: the figure of a subscription in its currency, and its worth in
    that of the books; the worth of the customer's other subscriptions; whether he ever paid.
    """

    fee: Decimal
    worth: Decimal
    others: Decimal = Decimal(0)
    was_customer: bool = False


@dataclass(frozen=True)
class Row:
    """One row: its kind, the change in the currency of the subscription, and of the books."""

    kind: str
    fee: Decimal
    worth: Decimal


@dataclass(frozen=True)
class Books:
    """The currency of a subscription, that of the books, and what one of the first is worth."""

    contract: Currency
    unit: Currency
    rate: Number = 1


def rows_for(balance: Balance, after: Decimal, books: Books) -> tuple[Row, ...]:
    """Return the rows that make a balance the figure `after`, none when it is that already.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    worth = _worth(balance.fee, books)
    found = []
    if worth != balance.worth:
        moved = difference(worth, balance.worth, books.unit)
        found.append(Row(REVALUATION, books.contract.zero, moved))
    if after != balance.fee:
        found.append(_moved(balance, worth, after, books))
    return tuple(found)


def _moved(balance: Balance, worth: Decimal, after: Decimal, books: Books) -> Row:
    """The row of a change: new, more, less, gone or back, as the customer as a whole sees it."""
    fee = difference(after, balance.fee, books.contract)
    before = total([balance.others, worth], books.unit)
    then = total([balance.others, _worth(after, books)], books.unit)
    moved = movement("", before, then, books.unit, balance.was_customer)
    if moved is None:
        # Less than the smallest step of the books.
        return Row(EXPANSION if fee > 0 else CONTRACTION, fee, books.unit.zero)
    return Row(moved.kind, fee, moved.amount)


def _worth(fee: Decimal, books: Books) -> Decimal:
    return books.unit.round(exact(fee) * exact(books.rate, "rate"))
