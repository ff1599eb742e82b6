"""Monthly recurring revenue, and the movements that explain its change.

Owns: what a subscription counts as a month, one movement for each change, their sums. Does not own:
rates between currencies, the ledger (records).

Counted are recurring fees after discounts, without tax, usage, trials and what is sold once. Who is
suspended stays counted, as at risk, until he is cancelled.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..money import Currency, Number, difference, exact, not_negative, total
from ..period import MONTHS
from . import states
from .interval import Interval

NEW, EXPANSION, REACTIVATION = "new", "expansion", "reactivation"
CONTRACTION, CHURN = "contraction", "churn"
KINDS = (NEW, EXPANSION, REACTIVATION, CONTRACTION, CHURN)
COUNTED = (states.ACTIVE, states.PAST_DUE, states.RESTRICTED, states.SUSPENDED)
AT_RISK = (states.SUSPENDED,)


@dataclass(frozen=True)
class Recurring:
    """The fee of a subscription for an interval; None for what is sold once."""

    amount: Decimal
    interval: Interval | None
    state: str = states.ACTIVE


@dataclass(frozen=True)
class Revenue:
    """Monthly and yearly recurring revenue, and how much of the monthly one is at risk."""

    mrr: Decimal
    arr: Decimal
    at_risk: Decimal


@dataclass(frozen=True)
class Movement:
    """One change of a customer's monthly revenue; contraction and churn are negative."""

    customer: str
    kind: str
    amount: Decimal


@dataclass(frozen=True)
class Movements:
    """All changes between two days. The sums are positive, each of its kind."""

    start: Decimal
    end: Decimal
    rows: tuple[Movement, ...]
    unit: Currency

    def sum_of(self, kind: str) -> Decimal:
        """Return how much the changes of a kind come to, without a sign."""
        return total([abs(one.amount) for one in self.rows if one.kind == kind], self.unit)

    def count_of(self, kind: str) -> int:
        """Return how many customers changed in this way."""
        return sum(one.kind == kind for one in self.rows)


def monthly(fee: Recurring, unit: Currency) -> Decimal:
    """Return what a subscription counts a month: a year is 12 months or 52 weeks.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    amount = not_negative(fee.amount)
    if fee.interval is None or fee.state not in COUNTED:
        return unit.zero
    return unit.round(amount * fee.interval.per_year / MONTHS)


def revenue(fees: Iterable[Recurring], unit: Currency) -> Revenue:
    """Return the recurring revenue of subscriptions, each rounded as its row in the ledger is.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    counted = [(fee.state, monthly(fee, unit)) for fee in fees]
    mrr = total([amount for _state, amount in counted], unit)
    at_risk = total([amount for state, amount in counted if state in AT_RISK], unit)
    return Revenue(mrr, unit.round(exact(mrr) * MONTHS), at_risk)


def movement(
    customer: str, before: Number, after: Number, unit: Currency, was_customer: bool = False
) -> Movement | None:
    """Return the movement of a customer between two figures, None when nothing changed.

    `was_customer` tells that he paid at some time before and had left.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    old, new = not_negative(before), not_negative(after)
    amount = difference(new, old, unit)
    if not amount:
        return None
    if not old:
        return Movement(customer, REACTIVATION if was_customer else NEW, amount)
    if not new:
        return Movement(customer, CHURN, amount)
    return Movement(customer, EXPANSION if amount > 0 else CONTRACTION, amount)


def movements(
    start: Mapping[str, Number],
    end: Mapping[str, Number],
    unit: Currency,
    churned: Collection[str] = (),
) -> Movements:
    """Return what leads from the figures of one day to those of another, by customer.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    found = [
        movement(name, start.get(name, 0), end.get(name, 0), unit, name in churned)
        for name in _names(start, end)
    ]
    rows = tuple(one for one in found if one is not None)
    return Movements(total(start.values(), unit), total(end.values(), unit), rows, unit)


def _names(start: Mapping[str, Number], end: Mapping[str, Number]) -> Sequence[str]:
    return list(dict.fromkeys([*start, *end]))
