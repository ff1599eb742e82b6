"""Changing the plan in the middle of a period.

Owns: when a change takes effect, credit and charge, the anchor after it. Does not own: seats
(`quantity.py`), usage on both sides of it (`allowance.py`), who may change.

The day of a change belongs to the new plan. A new interval begins a new cycle on that day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone, tzinfo
from decimal import Decimal
from fractions import Fraction

from ..errors import Refused
from ..money import difference, exact, not_negative, total
from ..period import Period, bounds, local_day
from .document import Document
from .interval import Interval
from .papers import SEPARATE, documents
from .proration import DAY, GRANULARITIES, NONE, Fee, fee_for

IMMEDIATE, PERIOD_END = "immediate", "period_end"


@dataclass(frozen=True)
class Terms:
    """Price of a whole period and how long that is; the interval may be left out where it stays."""

    price: Decimal
    interval: Interval | None = None
    discount_percent: Decimal = Decimal(0)


@dataclass(frozen=True)
class ChangePolicy:
    """What a plan says of changes, apart for dearer and cheaper terms: when they take effect and
    how they are prorated (`day`, `second`, `none`); and which documents they become."""

    upgrade_at: str = IMMEDIATE
    downgrade_at: str = PERIOD_END
    upgrade_by: str = DAY
    downgrade_by: str = DAY
    papers: str = SEPARATE

    def __post_init__(self) -> None:
        """Refuse words that nobody knows.

        Raises: Refused (`change_policy`).
        """
        for word in (self.upgrade_at, self.downgrade_at):
            if word not in (IMMEDIATE, PERIOD_END):
                raise Refused("change_policy", word=word)
        for word in (self.upgrade_by, self.downgrade_by):
            if word not in GRANULARITIES:
                raise Refused("change_policy", word=word)

    def of(self, upward: bool) -> tuple[str, str]:
        """Return when a change takes effect, and how it is prorated."""
        if upward:
            return self.upgrade_at, self.upgrade_by
        return self.downgrade_at, self.downgrade_by


@dataclass(frozen=True)
class Change:
    """What a change costs. `credit` is zero or negative, `charge` zero or positive, `net` their
    sum; what is left of a negative one, `renewal_due` already pays.

    `fee` is the fee that runs from then on; `anchor_on` is set where the cycle begins anew.
    """

    effective_on: date
    kept: Decimal
    credit: Decimal
    charge: Decimal
    net: Decimal
    renewal_amount: Decimal
    renewal_due: Decimal
    fee: Fee
    documents: tuple[Document, ...] = ()
    anchor_on: date | None = None
    period: Period | None = None

    @property
    def renewal_on(self) -> date:
        """The next boundary."""
        return self.fee.whole.end


@dataclass(frozen=True)
class Changes:
    """Several changes of one period, in order, and what the customer paid for it in the end."""

    steps: tuple[Change, ...]
    paid: Decimal


def is_upgrade(old: Terms, new: Terms) -> bool:
    """Tell whether new terms cost as much as the old ones or more; by the year, if both say it.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    before, after = _yearly(old, new), _yearly(new, old)
    return after >= before


def change_plan(
    fee: Fee,
    old: Terms,
    new: Terms,
    at: date,
    policy: ChangePolicy,
    where: tzinfo = timezone.utc,
) -> Change:
    """Return what a change on a day (or at an instant, in a zone) costs.

    Raises: Refused (`number_invalid`, `number_negative`, `percent_range`, `outside_period`).
    """
    when, by = policy.of(is_upgrade(old, new))
    rest = fee.service.length - fee.service.until(at)
    if when == PERIOD_END or not rest:
        return _later(fee, new, fee.service.end)
    if new.interval and old.interval and new.interval != old.interval:
        return _anew(fee, new, at, policy.papers, where)
    if by == NONE:
        return _later(fee, new, at)
    after = fee_for(
        new.price, type(fee.service)(at, fee.service.end), fee.whole, fee.unit, new.discount_percent
    )
    return _now(fee, after, at, policy.papers)


def change_plans(
    fee: Fee, old: Terms, changes: Sequence[tuple[date, Terms]], policy: ChangePolicy
) -> Changes:
    """Return several changes of one period, each on the fee that the one before it left.

    Raises: Refused (as `change_plan`).
    """
    steps = []
    running, terms = fee, old
    for at, new in changes:
        step = change_plan(running, terms, new, at, policy)
        running, terms = step.fee, new
        steps.append(step)
    paid = total([fee.creditable, *(step.net for step in steps)], fee.unit)
    return Changes(tuple(steps), paid)


def _now(fee: Fee, after: Fee, at: date, papers: str) -> Change:
    back, unit = fee.credit(at), fee.unit
    net = difference(after.charged, back, unit)
    renewal = after.renewal_amount
    return Change(
        effective_on=at,
        kept=fee.kept(at),
        credit=unit.round(-exact(back)),
        charge=after.charged,
        net=net,
        renewal_amount=renewal,
        renewal_due=max(unit.zero, total([renewal, min(net, unit.zero)], unit)),
        fee=after,
        documents=documents(back, after.charged, unit, papers),
    )


def _anew(fee: Fee, new: Terms, at: date, papers: str, where: tzinfo) -> Change:
    """The cycle begins anew on the day of the change, and its first period is charged in full."""
    is_instant = isinstance(at, datetime)
    day = local_day(at, where) if is_instant else at
    days = Period(day, new.interval.after(day, 1))
    term = bounds(days, where, follows=at) if is_instant else days
    after = fee_for(new.price, term, term, fee.unit, new.discount_percent)
    return replace(_now(fee, after, at, papers), anchor_on=day, period=days)


def _later(fee: Fee, new: Terms, on: date) -> Change:
    """Nothing is credited or charged; the next renewal has the new price."""
    zero = fee.unit.zero
    renewal = fee_for(new.price, fee.whole, fee.whole, fee.unit, new.discount_percent).charged
    return Change(on, fee.charged, zero, zero, zero, renewal, renewal, fee)


def _yearly(terms: Terms, other: Terms) -> Fraction:
    price = not_negative(terms.price, "price")
    both = terms.interval and other.interval
    return price * terms.interval.per_year if both else price
