"""Values of the product, read from the texts of a vector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests import bare

bare.install()

from saas_business_management.kernel.billing.interval import MONTH, Interval  # noqa: E402
from saas_business_management.kernel.billing.proration import SECOND  # noqa: E402
from saas_business_management.kernel.money import Currency, currency  # noqa: E402
from saas_business_management.kernel.period import Bounds, Period, bounds, zone  # noqa: E402

DOLLAR = "USD"
FIRST = 1


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


def interval(asked: Mapping[str, Any], name: str = "interval") -> Interval:
    """Return the interval of a vector, a month where it names none; `once` has none."""
    word = asked.get(name) or MONTH
    return Interval(word.replace("-", "_"), asked.get("interval_count", FIRST))


def span(asked: Mapping[str, Any], name: str = "period") -> Period | Bounds:
    """Return a period of days, or one of instants where the vector is written to the second."""
    if f"{name}_instants" in asked:
        return Bounds(*map(instant, asked[f"{name}_instants"]))
    if asked.get("granularity") == SECOND:
        return bounds(days(asked[name]), clock(asked))
    return days(asked[name])


def clock(asked: Mapping[str, Any]) -> ZoneInfo:
    """Return the time zone of a vector, UTC where it names none."""
    return zone(asked.get("timezone", "UTC"))


def each(asked: Mapping[str, Any], name: str, default: Any = None) -> list[Any]:
    """Return a value that may be one or a list as a list."""
    found = asked.get(name, default)
    return found if isinstance(found, list) else [found]


def one_or_all(asked: Mapping[str, Any], name: str, answers: Sequence[Any]) -> Any:
    """Return the answers as a list where the value of that name was one, else the only answer."""
    return list(answers) if isinstance(asked.get(name), list) else answers[0]


def month(day: date) -> str:
    """Return the name of a month."""
    return f"{day:%Y-%m}"
