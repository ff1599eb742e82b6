"""The invoices that a subscription will get.

Owns: playing a plan through its periods with assumed usage, for previews and simulations. Does not
own: making invoices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..money import Currency, total
from ..period import Period
from .charge import Charge
from .cycle import IN_ADVANCE, Cycle, due, usage_cycle
from .document import Document, document_for
from .interval import Interval
from .proration import fee_for
from .segment import rate_segment

BASE, OVERAGE = "base", "overage"


@dataclass(frozen=True)
class Plan:
    """A fee, and usage that is invoiced after each of its own periods."""

    price: Decimal
    unit: Currency
    timing: str = IN_ADVANCE
    usage_interval: Interval | None = None
    usage: Charge | None = None


@dataclass(frozen=True)
class Line:
    """One line: the kind, the days it is for, the units beyond the allowance (usage alone)."""

    kind: str
    service: Period
    amount: Decimal
    units: Decimal | None = None


@dataclass(frozen=True)
class Invoice:
    """What is invoiced on a day; without lines there is no document."""

    on: date
    lines: tuple[Line, ...]
    unit: Currency

    @property
    def total(self) -> Decimal:
        """The sum of the lines."""
        return total([line.amount for line in self.lines], self.unit)

    @property
    def document(self) -> Document | None:
        """The document; none where there is nothing to pay."""
        return document_for(self.total)


def forecast(plan: Plan, cycle: Cycle, usage: Sequence[Decimal]) -> tuple[Invoice, ...]:
    """Return the invoices from the first day on, until the last period of usage was invoiced.

    Raises: Refused (`usage_interval`, `timing_unknown`, and as `fee_for` and `rate`).
    """
    metered = usage_cycle(cycle, plan.usage_interval or cycle.interval)
    return tuple(_invoice(plan, cycle, metered, usage, number) for number in range(len(usage) + 1))


def _invoice(
    plan: Plan, cycle: Cycle, metered: Cycle, usage: Sequence[Decimal], number: int
) -> Invoice:
    """The invoice on boundary `number` of the usage periods."""
    on = metered.boundary(number)
    lines = _fees(plan, cycle, on, metered.boundary(number - 1) if number else None)
    if number and plan.usage:
        service = metered.period(number - 1)
        whole = metered.whole(number - 1)
        rated = rate_segment(plan.usage, usage[number - 1], plan.unit, service.length, whole.length)
        if rated.amount:
            lines.append(Line(OVERAGE, service, rated.amount, rated.overage))
    return Invoice(on, tuple(lines), plan.unit)


def _fees(plan: Plan, cycle: Cycle, on: date, before: date | None) -> list[Line]:
    """The fees that fell due after the boundary before, until this one."""
    found = due(cycle, on, plan.timing)
    known = due(cycle, before, plan.timing).numbers if before else ()
    fees = [
        fee_for(plan.price, cycle.period(number), cycle.whole(number), plan.unit)
        for number in found.numbers[len(known) :]
    ]
    return [Line(BASE, fee.service, fee.charged) for fee in fees if fee.charged]
