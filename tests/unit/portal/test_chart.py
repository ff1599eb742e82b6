"""Charts of days: what is unknown is no zero, and everything stays inside the drawing."""

from datetime import date, timedelta
from decimal import Decimal

from saas_business_management.kernel.portal.chart import HEIGHT, WIDTH, chart

LAST = date(2027, 3, 31)


def test_the_days_stand_in_order_and_fill_the_width() -> None:
    told = chart({}, LAST, 30)
    assert [bar.day for bar in told.bars] == [LAST - timedelta(days=n) for n in range(29, -1, -1)]
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in told.bars)


def test_the_highest_day_fills_the_height_and_others_their_part() -> None:
    told = chart({LAST: Decimal(10), LAST - timedelta(days=1): Decimal(5)}, LAST, 2)
    assert [(bar.y, bar.height) for bar in told.bars] == [(HEIGHT // 2, HEIGHT // 2), (0, HEIGHT)]


def test_an_unknown_day_has_no_bar_and_a_day_without_use_has_a_flat_one() -> None:
    unknown, zero = chart({LAST: Decimal(0)}, LAST, 2).bars
    assert (unknown.quantity, unknown.height) == (None, 0)
    assert (zero.quantity, zero.height) == (Decimal(0), 0)


def test_a_little_use_is_still_seen() -> None:
    quantities = {LAST: Decimal(1), LAST - timedelta(days=1): Decimal(1_000_000)}
    assert chart(quantities, LAST, 2).bars[1].height == 1


def test_the_limit_is_drawn_while_it_leaves_the_bars_readable() -> None:
    quantities = {LAST: Decimal(10)}
    assert chart(quantities, LAST, 2, Decimal(20)).limit_y == 0
    assert chart(quantities, LAST, 2, Decimal(20)).bars[1].height == HEIGHT // 2
    assert chart(quantities, LAST, 2, Decimal(5)).limit_y == HEIGHT // 2
    assert chart(quantities, LAST, 2, Decimal(21)).limit_y is None
    assert chart(quantities, LAST, 2).limit_y is None


def test_a_day_outside_the_chart_does_not_set_its_height() -> None:
    quantities = {LAST: Decimal(1), LAST - timedelta(days=9): Decimal(1000)}
    assert chart(quantities, LAST, 2).top == Decimal(1)
