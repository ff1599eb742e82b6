"""Bars of a chart with one bar a day: where each stands and how high it is.

Owns: places in whole units of the drawing. Does not own: numbers as people read them, colours, the
page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

WIDTH, HEIGHT = 600, 120
GAP = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A day; without a quantity nobody read it, and nothing is drawn."""

    day: date
    quantity: Decimal | None
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Chart:
    """All days, the oldest first; `top` is what the full height stands for, `limit_y` where the
    limit is drawn, None when it is above the drawing.
    """

    bars: tuple[Bar, ...]
    top: Decimal
    limit_y: int | None


def chart(
    quantities: Mapping[date, Decimal], last: date, days: int, limit: Decimal = Decimal(0)
) -> Chart:
    """Return the chart of so many days up to `last`; days without a quantity are unknown, not zero.

    A limit of more than twice the highest day would flatten every bar: it is left out then.
    """
    shown = [last - timedelta(days=days - 1 - number) for number in range(days)]
    most = max((quantities[day] for day in shown if day in quantities), default=Decimal(0))
    with_limit = Decimal(0) < limit <= most * 2
    top = max(most, limit if with_limit else most) or Decimal(1)
    step = WIDTH // days
    bars = tuple(
        _bar(day, quantities.get(day), top, number * step, step - GAP)
        for number, day in enumerate(shown)
    )
    return Chart(bars, top, HEIGHT - _high(limit, top) if with_limit else None)


def _bar(day: date, quantity: Decimal | None, top: Decimal, x: int, width: int) -> Bar:
    # What was used, however little, is seen.
    high = max(_high(quantity, top), 1 if quantity else 0) if quantity is not None else 0
    return Bar(day, quantity, x, HEIGHT - high, width, high)


def _high(quantity: Decimal, top: Decimal) -> int:
    return int(quantity * HEIGHT / top)
