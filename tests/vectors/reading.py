"""Values of the product, read from the texts of a vector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests import bare

bare.install()

from saas_business_management.kernel.money import Currency, currency  # noqa: E402
from saas_business_management.kernel.period import Period  # noqa: E402

DOLLAR = "USD"


def number(text: Any) -> Decimal:
    """Return a decimal, from a text or a whole number."""
    return Decimal(text)


def numbers(texts: Sequence[Any]) -> list[Decimal]:
    """Return each as a decimal."""
    return [number(one) for one in texts]


def unit(asked: Mapping[str, Any]) -> Currency:
    """Return the currency of a vector; dollars where it names none."""
    return currency(asked.get("currency", DOLLAR))


def day(text: str | None) -> date | None:
    """Return a day; nothing for nothing."""
    return None if text is None else date.fromisoformat(text)


def instant(text: str) -> datetime:
    """Return an instant as written, with its offset."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def days(pair: Sequence[str]) -> Period:
    """Return a period of days from its two borders."""
    return Period(*map(date.fromisoformat, pair))


def pair(period: Period) -> list[date]:
    """Return the two borders of a period."""
    return [period.start, period.end]
