"""Days without service: a pause that the customer wishes, a suspension because he does not pay.

Owns: credits of pauses, periods that are not invoiced, the bill of coming back. Does not own: who
is suspended when (`dunning`), the tenant (lifecycle).

A pause credits its days and keeps the anchor. A suspension credits nothing; no period that begins
while it lasts is invoiced, and coming back is billed to the next boundary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from ..errors import Refused
from ..money import Currency, exact
from ..period import Period
from .charge import Charge, rate
from .cycle import Cycle
from .proration import Fee, fee_for

NOT_BILLED, BILLED = "not_billed", "billed"
USAGE_FLAG = "usage_while_suspended"


@dataclass(frozen=True)
class Pauses:
    """What pauses of one period give back, each zero or negative; what the period costs in the end;
    the fee after them. Period and anchor stay."""

    credits: tuple[Decimal, ...]
    net: Decimal
    fee: Fee

    @property
    def renewal_on(self) -> date:
        """The next boundary."""
        return self.fee.whole.end

    @property
    def renewal_amount(self) -> Decimal:
        """What the next period costs."""
        return self.fee.renewal_amount


@dataclass(frozen=True)
class Return:
    """Coming back from a suspension: the periods that were never invoiced, the fee for the rest of
    the running one (None where it was invoiced before), the next boundary, the credit: nothing."""

    not_invoiced: tuple[Period, ...]
    fee: Fee | None
    renewal_on: date
    credit: Decimal


def pause(fee: Fee, pauses: Sequence[Period]) -> Pauses:
    """Return the credit for each pause of a charged period. Pauses do not overlap and lie inside.

    Raises: Refused (`pauses_overlap`, `outside_period`).
    """
    for before, after in pairwise(sorted(pauses)):
        if after.start < before.end:
            raise Refused("pauses_overlap", start=after.start, end=before.end)
    given, running = [], fee
    for one in pauses:
        credit = min(running.gap(one.start, one.end), running.creditable)
        running = running.with_credit(credit)
        given.append(fee.unit.round(-exact(credit)))
    return Pauses(tuple(given), running.creditable, running)


def come_back(
    cycle: Cycle, price: Decimal, unit: Currency, invoiced_until: date, back_on: date
) -> Return:
    """Return what is billed when a suspended subscription is active again on a day.

    `invoiced_until` is the end of the last period that was invoiced; that one stays due.

    Raises: Refused (`before_anchor`, and as `fee_for`).
    """
    first, now = cycle.number_at(invoiced_until), cycle.number_at(back_on)
    current = cycle.period(now)
    if back_on < invoiced_until:
        return Return((), None, current.end, unit.zero)
    missed = tuple(cycle.period(number) for number in range(first, now))
    fee = fee_for(price, Period(back_on, current.end), cycle.whole(now), unit)
    return Return(missed, fee, current.end, unit.zero)


def suspended_amount(
    charge: Charge, units: Decimal, unit: Currency, policy: str = NOT_BILLED
) -> Decimal:
    """Return what usage of a suspension costs; it is stored and flagged either way.

    Raises: Refused (`usage_policy`, and as `rate`).
    """
    if policy not in (NOT_BILLED, BILLED):
        raise Refused("usage_policy", policy=policy)
    amount = rate(charge, units, unit).amount
    return amount if policy == BILLED else unit.zero
