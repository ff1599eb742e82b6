"""What the fees of a period come to, and which documents make it so.

Owns: the parts of a period by phase and item, setting what was charged against what is due. Does
not own: which periods there are (`schedule.py`), rating usage, the words on a line, taxes.

There is one rule for every change: what is due of a period is computed anew from its facts, and the
difference to what its documents say is charged or credited. Doing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from ..money import Currency, exact
from ..period import Period, bounds, in_utc, midnight, zone
from .agreement import Agreement, Item, Phase
from .discount import less_percent
from .proration import prorate

# Bounds are measured in microseconds.
_SECOND = 1_000_000


@dataclass(frozen=True)
class Part:
    """One item on the served days of one phase in a period.

    `days` of `whole_days` are charged; they lie between `start` and `end`, not always all of them.
    Where a change is prorated by the second, `seconds` of `whole_seconds` are.
    """

    phase: str
    item: str
    start: date
    end: date
    days: int
    whole_days: int
    price: Decimal
    quantity: Decimal
    amount: Decimal
    percents_off: tuple[Decimal, ...] = ()
    seconds: int = 0
    whole_seconds: int = 0


@dataclass(frozen=True)
class Charge:
    """A line of an invoice: what is due of an item and not charged yet.

    `parts` explain it; `before` is what earlier documents charged, and is taken off.
    """

    item: str
    amount: Decimal
    parts: tuple[Part, ...]
    before: Decimal

    @property
    def start(self) -> date:
        """The first day it is for."""
        return min(part.start for part in self.parts)

    @property
    def end(self) -> date:
        """The day after the last one it is for."""
        return max(part.end for part in self.parts)


@dataclass(frozen=True)
class Credit:
    """A line of a credit note: what was charged of an item and is not due; `kept` stays."""

    item: str
    amount: Decimal
    kept: Decimal


@dataclass(frozen=True)
class Settlement:
    """What brings the documents of a period in line with its facts; empty when they are."""

    charges: tuple[Charge, ...] = ()
    credits: tuple[Credit, ...] = ()

    @property
    def charged(self) -> Fraction:
        """The sum of the charges."""
        return sum((exact(one.amount) for one in self.charges), Fraction(0))

    @property
    def credited(self) -> Fraction:
        """The sum of the credits."""
        return sum((exact(one.amount) for one in self.credits), Fraction(0))


def parts_of(
    agreement: Agreement,
    period: Period,
    whole: Period,
    unit: Currency,
    percents_off: tuple[Decimal, ...] = (),
) -> tuple[Part, ...]:
    """Return what is due of a period, item by item and phase by phase, in the order of time.

    Percentages of coupons are taken inside the amount, before it is rounded.

    Raises: Refused (`number_invalid`, `number_negative`, `percent_range`, `timezone_unknown`).
    """
    found = []
    for phase in agreement.phases:
        served = _served(agreement, phase, period)
        if served:
            length = _length(agreement, phase, served, whole)
            found += [
                _part(phase, item, served, length, unit, percents_off) for item in phase.items
            ]
    return tuple(found)


def settle(
    parts: tuple[Part, ...],
    charged: Mapping[str, Decimal],
    unit: Currency,
    left: Mapping[str, Decimal] | None = None,
) -> Settlement:
    """Return the charges and credits that make what was charged equal to what is due.

    `charged` holds by item the sum of the lines that billing made for the period, its credit notes
    taken off. `left` is that sum with what people credited by hand taken off too: it bounds a
    credit, and what they gave is not charged again.
    """
    due: dict[str, list[Part]] = {}
    for part in parts:
        due.setdefault(part.item, []).append(part)
    charges, credits_ = [], []
    for item in dict.fromkeys((*due, *charged)):
        before = exact(charged.get(item, Decimal(0)))
        target = sum((exact(part.amount) for part in due.get(item, ())), Fraction(0))
        rest = unit.round(target - before)
        if rest > 0:
            charges.append(Charge(item, rest, tuple(due[item]), unit.round(before)))
        elif rest < 0:
            bound = charged if left is None else left
            amount = min(-rest, unit.round(exact(bound.get(item, Decimal(0)))))
            if amount > 0:
                credits_.append(Credit(item, amount, unit.round(target)))
    return Settlement(tuple(charges), tuple(credits_))


def _served(agreement: Agreement, phase: Phase, period: Period) -> tuple[Period, ...]:
    start = max(period.start, phase.start)
    end = period.end if phase.end is None else min(period.end, phase.end)
    return agreement.served(Period(start, end)) if start < end else ()


@dataclass(frozen=True)
class _Length:
    """How much of a whole is served: in days, and in seconds where a change counts them."""

    days: int
    whole_days: int
    seconds: int = 0
    whole_seconds: int = 0

    @property
    def share(self) -> tuple[int, int]:
        """The part and the whole, in the finer of both."""
        if self.whole_seconds:
            return self.seconds, self.whole_seconds
        return self.days, self.whole_days


def _length(
    agreement: Agreement, phase: Phase, served: tuple[Period, ...], whole: Period
) -> _Length:
    """Measure the served days of a phase; the first day of a change by the second is shared by the
    phases on both of its sides.
    """
    days = sum(one.length for one in served)
    place = agreement.phases.index(phase)
    following = agreement.phases[place + 1] if place + 1 < len(agreement.phases) else None
    before = after = 0
    if phase.begins_at and served[0].start == phase.start:
        before = _since_midnight(phase, agreement)
    if following and following.begins_at and served[-1].end == phase.end == following.start:
        after = _since_midnight(following, agreement)
    if not before and not after:
        return _Length(days, whole.length)
    where = zone(agreement.zone)
    there = sum(bounds(one, where).length for one in served)
    seconds = there // _SECOND - before + after
    return _Length(days, whole.length, seconds, bounds(whole, where).length // _SECOND)


def _since_midnight(phase: Phase, agreement: Agreement) -> int:
    """Return the seconds of the first day of a phase that are still the one before it."""
    start = midnight(phase.start, zone(agreement.zone))
    return (in_utc(phase.begins_at) - start) // timedelta(seconds=1)


def _part(
    phase: Phase,
    item: Item,
    served: tuple[Period, ...],
    length: _Length,
    unit: Currency,
    percents_off: tuple[Decimal, ...],
) -> Part:
    full = exact(item.price, "price") * exact(item.quantity, "quantity")
    price = less_percent(full, *percents_off)
    return Part(
        phase=phase.key,
        item=item.key,
        start=served[0].start,
        end=served[-1].end,
        days=length.days,
        whole_days=length.whole_days,
        price=item.price,
        quantity=item.quantity,
        percents_off=percents_off,
        seconds=length.seconds,
        whole_seconds=length.whole_seconds,
        amount=prorate(price, *length.share, unit),
    )
