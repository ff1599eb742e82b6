"""Agreements to test with: one phase of a monthly plan unless told otherwise."""

from datetime import date, datetime, timezone
from decimal import Decimal

from saas_business_management.kernel.billing.agreement import Agreement, Item, Phase
from saas_business_management.kernel.billing.cycle import Cycle
from saas_business_management.kernel.billing.interval import MONTH, Interval
from saas_business_management.kernel.money import currency
from saas_business_management.kernel.period import Period

USD = currency("USD")
APRIL = Period(date(2025, 4, 1), date(2025, 5, 1))


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def monthly(anchor: str, *, unit: str = MONTH, calendar: bool = False) -> Cycle:
    return Cycle(day(anchor), Interval(unit, 1), calendar)


def item(key: str, price: str, quantity: str = "1") -> Item:
    return Item(key, Decimal(price), Decimal(quantity))


def phase(start: str, end: str | None = None, price: str = "30.00", **more) -> Phase:
    values = {
        "key": start,
        "start": day(start),
        "end": day(end) if end else None,
        "cycle": monthly(start),
        "items": (item(f"fee {price}", price),),
        **more,
    }
    return Phase(**values)


def agreement(*phases: Phase, **more) -> Agreement:
    return Agreement(**{"zone": "UTC", "phases": phases, **more})
