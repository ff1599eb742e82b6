"""Ending a subscription: at the end of its period or at once, and undoing that.

Owns: the last day, what is kept, given back, refunded. Does not own: usage to the end (`charges`),
what was recognised of it (`deferral.py`), the tenant (lifecycle).

The day of an immediate cancel is consumed. Nobody is refunded more than he paid for what he did not
use; what he had not paid yet is taken off the open invoice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from ..errors import Refused
from ..money import Currency, Number, difference, exact, not_negative
from .proration import Fee

IMMEDIATE, PERIOD_END = "immediate", "period_end"
CREDIT, REFUND, OFFSET, NONE = "credit", "refund", "offset", "none"
SETTLEMENTS = (CREDIT, REFUND, OFFSET, NONE)


@dataclass(frozen=True)
class Cancellation:
    """What a cancel leaves. `kept` is for the days served, `credit` is given back, `due` is still
    to be invoiced (a fee in arrears). The service ends before `service_end`; nothing renews."""

    service_end: date
    days_kept: int
    kept: Decimal
    credit: Decimal
    due: Decimal


@dataclass(frozen=True)
class Unused:
    """Where the value of unused days goes: back to where it came from, off the open invoice, to the
    customer's balance."""

    amount: Decimal
    refund: Decimal
    offset: Decimal
    balance: Decimal


def cancel_now(fee: Fee, at: date, settlement: str = CREDIT) -> Cancellation:
    """Return what an immediate cancel on a day leaves; the day is served (to the second: the time
    before the instant is).

    Raises: Refused (`outside_period`, `settlement_unknown`).
    """
    _known(settlement)
    if not fee.service.holds(at):
        span = fee.service
        raise Refused("outside_period", at=at, start=span.start, end=span.end)
    end = at if isinstance(at, datetime) else at + timedelta(days=1)
    credit = fee.unit.zero if settlement == NONE else fee.credit(end)
    return _left(fee, end, credit)


def cancel_at_end(fee: Fee, on: date) -> Cancellation:
    """Return what a cancel on a day leaves that takes effect when the period is over.

    Raises: Refused (`outside_period`).
    """
    fee.whole.until(on)
    return _left(fee, fee.service.end, fee.unit.zero)


def undo_cancel(fee: Fee, scheduled_on: date, undone_on: date) -> Decimal:
    """Return what the next renewal costs after a scheduled cancel was taken back in time; no
    document is needed.

    Raises: Refused (`cancel_over`, `outside_period`).
    """
    fee.whole.until(scheduled_on)
    if not scheduled_on <= undone_on < fee.whole.end:
        raise Refused("cancel_over", day=undone_on, end=fee.whole.end)
    return fee.renewal_amount


def give_back(
    charged: Number, kept: Number, paid: Number, unit: Currency, settlement: str = CREDIT
) -> Unused:
    """Return where the difference between charged and kept goes. All amounts with tax.

    What is open of the invoice is paid by it first, except that a refund returns what was paid
    beyond what is kept.

    Raises: Refused (`number_invalid`, `number_negative`, `settlement_unknown`, `kept_too_much`).
    """
    _known(settlement)
    charged, kept = not_negative(charged, "charged"), not_negative(kept, "kept")
    if kept > charged:
        raise Refused("kept_too_much", kept=unit.round(kept), charged=unit.round(charged))
    unused = unit.zero if settlement == NONE else difference(charged, kept, unit)
    beyond = difference(max(kept, not_negative(paid, "paid")), kept, unit)
    money = min(beyond, unused)
    refund = money if settlement == REFUND else unit.zero
    return Unused(
        amount=unused,
        refund=refund,
        offset=difference(unused, money, unit),
        balance=difference(money, refund, unit),
    )


def _left(fee: Fee, end: date, credit: Decimal) -> Cancellation:
    kept = fee.kept(end)
    return Cancellation(
        service_end=end,
        days_kept=fee.service.until(end),
        kept=kept,
        credit=credit,
        due=max(fee.unit.zero, fee.unit.round(exact(kept) - exact(fee.charged))),
    )


def _known(settlement: str) -> None:
    if settlement not in SETTLEMENTS:
        raise Refused("settlement_unknown", settlement=settlement)
