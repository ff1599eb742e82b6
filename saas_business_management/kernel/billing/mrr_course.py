"""The monthly revenue of one subscription, day by day, as its history tells it.

Owns: what a history is, its figure on a day, the days on which the figure changes. Does not own:
what a fee counts a month (`mrr.py`), rates between currencies and the ledger (`mrr_ledger.py`).

What is told once is told the same again: the figures of past days follow from the history alone, so
a ledger that was never kept can be written afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ..money import Currency, exact
from .discount import less_percent
from .interval import Interval
from .mrr import Recurring, monthly
from .states import DRAFT


@dataclass(frozen=True)
class Offer:
    """A fee for an interval, in force on days; `end` is the first day without it, None: open."""

    start: date
    end: date | None
    fee: Decimal
    interval: Interval


@dataclass(frozen=True)
class Reduction:
    """What a coupon takes off on days: percents of each fee, or an amount of all of them."""

    start: date
    end: date | None
    percent: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class Standing:
    """The state in which a subscription was at the end of a day, and stayed."""

    on: date
    state: str


@dataclass(frozen=True)
class History:
    """Everything the figure follows from; standings in the order of time."""

    offers: tuple[Offer, ...]
    standings: tuple[Standing, ...]
    reductions: tuple[Reduction, ...] = ()


@dataclass(frozen=True)
class Mark:
    """From a day on the monthly revenue is this much."""

    on: date
    amount: Decimal


def monthly_on(history: History, day: date, unit: Currency) -> Decimal:
    """Return what the subscription counts a month on a day, in its own currency.

    Raises: Refused (`number_invalid`, `number_negative`, `percent_range`).
    """
    offers = [one for one in history.offers if _holds(one, day)]
    if not offers:
        return unit.zero
    state = _state(history, day)
    reductions = [one for one in history.reductions if _holds(one, day)]
    percents = [one.percent for one in reductions if one.percent is not None]
    off = sum((exact(one.amount) for one in reductions if one.amount is not None), Fraction(0))
    return _sum(offers, percents, off, state, unit)


def course(history: History, until: date, unit: Currency) -> tuple[Mark, ...]:
    """Return the days, the last one included, on which the figure became another one.

    Before the first it is nothing. Raises: as `monthly_on`.
    """
    found, before = [], unit.zero
    for day in sorted({one for one in _days(history) if one <= until}):
        amount = monthly_on(history, day, unit)
        if amount != before:
            found.append(Mark(day, amount))
            before = amount
    return tuple(found)


def _sum(
    offers: list[Offer], percents: list[Decimal], off: Fraction, state: str, unit: Currency
) -> Decimal:
    """The fees of each interval together, rounded once; amounts are taken off the first ones."""
    fees: dict[Interval, Fraction] = {}
    for one in offers:
        left = less_percent(one.fee, *percents)
        fees[one.interval] = fees.get(one.interval, Fraction(0)) + left
    found = Fraction(0)
    for interval, fee in fees.items():
        taken = min(fee, off) if off else off
        off -= taken
        found += exact(monthly(Recurring(fee - taken, interval, state), unit))
    return unit.round(found)


def _holds(one: Offer | Reduction, day: date) -> bool:
    return one.start <= day and (one.end is None or day < one.end)


def _state(history: History, day: date) -> str:
    known = [one.state for one in history.standings if one.on <= day]
    return known[-1] if known else DRAFT


def _days(history: History) -> Iterator[date]:
    for one in (*history.offers, *history.reductions):
        yield one.start
        if one.end is not None:
            yield one.end
    for standing in history.standings:
        yield standing.on
