"""The billing run of one period: one row, one document, whatever happens in between.

Owns: the states of a period's row, what a run does with it, resuming, consolidating. Does not own:
the unique index that holds the promise (records), which periods are due (`cycle.py`).

A row goes open → rating → draft → posted, or closed where nothing is to be invoiced. Each step is
safe to repeat: a run that finds a row goes on where the last one stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ..money import Currency, Number, total
from ..period import Period
from .document import INVOICE, Document, document_for

OPEN, RATING, DRAFT, POSTED, CLOSED = "open", "rating", "draft", "posted", "closed"
DONE = (POSTED, CLOSED)
CREATED, RESUMED, SKIPPED = "created", "resumed", "skipped_existing"
# The step that leads out of a state.
BEGIN, RATE, POST = "begin", "rate", "post"
STEPS = {OPEN: BEGIN, RATING: RATE, DRAFT: POST}


@dataclass(frozen=True)
class Key:
    """What there is one row of."""

    subscription: str
    kind: str
    period: Period


@dataclass(frozen=True)
class Row:
    """The row of a period: its state, and its document once there is one."""

    key: Key
    state: str = OPEN
    document: Document | None = None
    amount: Decimal = Decimal(0)


@dataclass(frozen=True)
class Sheet:
    """The lines that rating found, as rounded amounts; whether a document of nothing is wanted."""

    amounts: tuple[Number, ...]
    unit: Currency
    emit_zero: bool = False


def decide(rows: Mapping[Key, Row], key: Key) -> str:
    """Return what a run does with a period: create its row, resume it, or skip what is done."""
    row = rows.get(key)
    if row is None:
        return CREATED
    return SKIPPED if row.state in DONE else RESUMED


def advance(row: Row, sheet: Sheet) -> Row:
    """Return the row after its next step; one that is done stays as it is.

    Raises: Refused (`number_invalid`).
    """
    step = STEPS.get(row.state)
    if step == BEGIN:
        return replace(row, state=RATING)
    if step == RATE:
        amount = total(sheet.amounts, sheet.unit)
        made = document_for(amount) or (Document(INVOICE, amount) if sheet.emit_zero else None)
        return replace(row, state=DRAFT if made else CLOSED, document=made, amount=amount)
    return replace(row, state=POSTED) if step == POST else row


def carry_out(rows: Mapping[Key, Row], key: Key, sheet: Sheet) -> Iterator[Mapping[Key, Row]]:
    """Yield all rows after each step of a run over one period; whoever stops listening has
    crashed there.

    Raises: Refused (`number_invalid`).
    """
    running = dict(rows)
    if decide(rows, key) == SKIPPED:
        return
    running.setdefault(key, Row(key))
    yield dict(running)
    while running[key].state not in DONE:
        running[key] = advance(running[key], sheet)
        yield dict(running)


def finish(rows: Mapping[Key, Row], key: Key, sheet: Sheet) -> Mapping[Key, Row]:
    """Return all rows after a run over one period came to its end.

    Raises: Refused (`number_invalid`).
    """
    return [rows, *carry_out(rows, key, sheet)][-1]


def stop_at(rows: Mapping[Key, Row], key: Key, sheet: Sheet, state: str) -> Mapping[Key, Row]:
    """Return all rows when a run died as soon as its period had come to a state.

    Raises: Refused (`number_invalid`).
    """
    steps = carry_out(rows, key, sheet)
    return next((one for one in steps if one[key].state == state), rows)


def invoices(rows: Mapping[Key, Row]) -> int:
    """Return how many documents there are."""
    return sum(row.document is not None for row in rows.values())


@dataclass(frozen=True)
class Share:
    """What one subscription adds to an invoice."""

    customer: str
    currency: Currency
    amount: Decimal


@dataclass(frozen=True)
class Consolidated:
    """One invoice for several subscriptions of a customer."""

    customer: str
    currency: Currency
    total: Decimal


def consolidate(shares: Iterable[Share], together: bool = True) -> tuple[Consolidated, ...]:
    """Return the invoices of one day: one for each customer and currency, or one for each
    subscription where customers want them apart.

    Raises: Refused (`number_invalid`).
    """
    groups: dict[object, list[Share]] = {}
    for number, one in enumerate(shares):
        key = (one.customer, one.currency) if together else number
        groups.setdefault(key, []).append(one)
    return tuple(map(_joined, groups.values()))


def _joined(shares: Sequence[Share]) -> Consolidated:
    first = shares[0]
    amount = total([one.amount for one in shares], first.currency)
    return Consolidated(first.customer, first.currency, amount)
