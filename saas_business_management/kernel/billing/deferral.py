"""Revenue of the months that a line serves.

Owns: the schedule of a line, what of it is recognised when it ends early, sums for one entry a
month. Does not own: accounts, journals, entries (Odoo's).

Amounts are without tax. By days the running sum is rounded, so the months add up to the line; by
full months each begun month of the service, counted from its first, gets the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from ..errors import Refused
from ..money import Currency, Number, difference, split, total
from ..period import MONTHS, Period, add_months

DAYS, FULL_MONTHS = "days", "full_months"


@dataclass(frozen=True)
class Portion:
    """What is revenue of a month, named by its first day."""

    month: date
    amount: Decimal


@dataclass(frozen=True)
class Closing:
    """A deferral that ends early: what stays revenue, what is reversed with the credit note, what
    is deferred afterwards."""

    recognized: Decimal
    reversed: Decimal
    deferred: Decimal


def schedule(
    amount: Number, service: Period, unit: Currency, method: str = DAYS
) -> tuple[Portion, ...]:
    """Return the revenue of each month of a service that was invoiced at once.

    Raises: Refused (`number_invalid`, `deferral_method`).
    """
    months = _months(service, method)
    weights = [1 for _one in months] if method == FULL_MONTHS else _days(service, months)
    return tuple(map(Portion, months, split(amount, weights, unit)))


def at_once(amount: Number, on: date, unit: Currency) -> tuple[Portion, ...]:
    """Return the revenue of a line that nothing of is deferred: usage, on the day it is invoiced.

    Raises: Refused (`number_invalid`).
    """
    return (Portion(on.replace(day=1), unit.round(amount)),)


def close(
    amount: Number, service: Period, last_on: date, unit: Currency, method: str = DAYS
) -> Closing:
    """Return what becomes of a deferral when `last_on` is the last day that was served.

    By full months that day's month of the service is recognised whole.

    Raises: Refused (`number_invalid`, `deferral_method`, `outside_period`).
    """
    if not service.holds(last_on):
        raise Refused("outside_period", at=last_on, start=service.start, end=service.end)
    part = _size(Period(service.start, last_on + timedelta(days=1)), method)
    recognized, rest = split(amount, (part, _size(service, method) - part), unit)
    return Closing(recognized, rest, difference(amount, total([recognized, rest], unit), unit))


def respread(
    rest: Number, month: date, service: Period, unit: Currency, method: str = DAYS
) -> tuple[Portion, ...]:
    """Return the revenue from a month on when only `rest` is left for what is still served.

    `service` are the days of the line that are served after all. Where they end before the month,
    the whole rest is revenue of it.

    Raises: Refused (`number_invalid`, `deferral_method`).
    """
    first = max(service.start, month)
    if service.end <= first:
        return at_once(rest, month, unit)
    return schedule(rest, Period(first, service.end), unit, method)


def by_month(
    lines: Iterable[tuple[Hashable, Sequence[Portion]]], unit: Currency
) -> Mapping[tuple[Hashable, date], Decimal]:
    """Return one sum for each pair of accounts (any key) and month, so that it is one entry."""
    amounts: dict[tuple[Hashable, date], list[Decimal]] = defaultdict(list)
    for key, portions in lines:
        for one in portions:
            amounts[key, one.month].append(one.amount)
    return {key: total(found, unit) for key, found in amounts.items()}


def _size(service: Period, method: str) -> int:
    months = len(_months(service, method))
    return months if method == FULL_MONTHS else service.length


def _months(service: Period, method: str) -> list[date]:
    """The first day of each month that gets a portion."""
    if method not in (DAYS, FULL_MONTHS):
        raise Refused("deferral_method", method=method)
    first = service.start.replace(day=1)
    last = service.end.replace(day=1)
    count = (last.year - first.year) * MONTHS + last.month - first.month
    if method == DAYS:
        count += service.end != last
    else:
        count += add_months(service.start, count) < service.end
    return [add_months(first, number) for number in range(count)]


def _days(service: Period, months: Sequence[date]) -> list[int]:
    marks = [service.start, *months[1:], service.end]
    return [(after - before).days for before, after in pairwise(marks)]
