"""Discount, tax, credit, wallet, payment: what lowers an invoice, and in which order."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.compose import Sources, compose
from saas_business_management.kernel.billing.coupon import (
    Coupon,
    Redemption,
    check_coupon,
    holds,
)
from saas_business_management.kernel.billing.discount import (
    less_fixed,
    less_percent,
    same_currency,
)
from saas_business_management.kernel.billing.settlement import ORDER, settle, settle_each
from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.money import currency, round_half_up

from .prices import EUR, money

TEN = Decimal(10)
SPRING = Coupon(
    "SPRING",
    amount_off=TEN,
    currency="EUR",
    from_on=date(2025, 3, 1),
    until_on=date(2025, 5, 31),
    most_uses=100,
    most_invoices=3,
    plans=frozenset({"basic", "team"}),
)
WISH = Redemption(date(2025, 4, 1), "basic", "EUR", 99, 2)
lines = st.lists(money, min_size=1, max_size=5).map(tuple)


def twenty_percent(net: tuple[Decimal, ...]) -> Decimal:
    """A tax on everything."""
    return round_half_up(sum(map(Fraction, net)) / 5, EUR.step)


def code(call) -> str:
    """The code of a refusal."""
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def test_a_coupon_holds_on_its_days_for_its_plans_as_often_as_it_may() -> None:
    assert holds(SPRING, WISH)
    assert holds(SPRING, replace(WISH, on=date(2025, 3, 1)))
    assert holds(SPRING, replace(WISH, on=date(2025, 5, 31)))
    assert holds(Coupon("ANY", percent_off=TEN), Redemption(date.min, "x", "JPY", 10**9, 10**9))
    check_coupon(SPRING, WISH)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"on": date(2025, 2, 28)}, "coupon_too_early"),
        ({"on": date(2025, 6, 1)}, "coupon_expired"),
        ({"plan": "pro"}, "coupon_plan"),
        ({"currency": "USD"}, "coupon_currency"),
        ({"uses": 100}, "coupon_used_up"),
        ({"invoices": 3}, "coupon_used_up"),
    ],
)
def test_otherwise_it_says_why_not(change: dict, refusal: str) -> None:
    wish = replace(WISH, **change)
    assert not holds(SPRING, wish)
    with pytest.raises(Refused) as caught:
        check_coupon(SPRING, wish)
    assert caught.value.code == refusal
    assert caught.value.facts == {
        "coupon": "SPRING",
        "from_on": date(2025, 3, 1),
        "until_on": date(2025, 5, 31),
        "currency": "EUR",
    }


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({}, "coupon_form"),
        ({"percent_off": TEN, "amount_off": TEN, "currency": "EUR"}, "coupon_form"),
        ({"amount_off": TEN}, "coupon_form"),
        ({"amount_off": Decimal(0), "currency": "EUR"}, "coupon_form"),
        ({"amount_off": -TEN, "currency": "EUR"}, "number_negative"),
        ({"amount_off": Decimal("NaN"), "currency": "EUR"}, "number_invalid"),
        ({"percent_off": Decimal(101)}, "percent_range"),
        ({"percent_off": -TEN}, "percent_range"),
        ({"percent_off": TEN, "from_on": date.max, "until_on": date.min}, "coupon_days"),
    ],
)
def test_a_coupon_without_sense_is_refused(terms: dict, refusal: str) -> None:
    assert code(lambda: Coupon("X", **terms)) == refusal


def test_a_coupon_may_hold_for_one_day() -> None:
    one = Coupon("X", percent_off=TEN, from_on=WISH.on, until_on=WISH.on)
    assert holds(one, WISH)


def test_percentages_are_taken_one_of_what_the_other_left() -> None:
    assert less_percent(Decimal(100)) == 100
    assert less_percent(Decimal(100), 10, 50) == 45
    assert less_percent(Decimal("0.05"), 50) == Fraction(1, 40)
    assert code(lambda: less_percent(Decimal(1), 101)) == "percent_range"


def test_a_fixed_amount_is_spread_over_the_lines_by_their_weight() -> None:
    found, left = less_fixed((Decimal(30), Decimal(10), Decimal(-5)), TEN, EUR)
    assert (list(map(str, found)), left) == (["22.50", "7.50", "-5.00"], 0)


@pytest.mark.parametrize(
    ("net", "taken", "left"),
    [((4, 2), 6, 4), ((0, 0), 0, 10), ((-4,), 0, 10), ((), 0, 10), ((10,), 10, 0)],
)
def test_no_line_falls_below_zero(net: tuple, taken: int, left: int) -> None:
    before = tuple(map(Decimal, net))
    found, rest = less_fixed(before, TEN, EUR)
    assert sum(before) - sum(found) == taken and rest == left


@given(lines, money)
def test_what_is_taken_off_is_taken_off_the_lines(net, off) -> None:
    found, left = less_fixed(net, off, EUR)
    assert sum(net) - sum(found) + left == off
    assert all(0 <= after <= before for before, after in zip(net, found, strict=True))
    assert not left or not sum(found)


def test_another_currency_is_not_converted() -> None:
    same_currency(EUR, "EUR")
    with pytest.raises(Refused) as caught:
        same_currency(EUR, "USD")
    assert caught.value.code == "currency_differs"
    assert caught.value.facts == {"wanted": "EUR", "found": "USD"}


@pytest.mark.parametrize(
    ("total", "credit", "wallet", "used", "due", "left"),
    [
        (100, 30, 50, (30, 50), 20, 0),
        (100, 100, 50, (100, 0), 0, 0),
        (100, 150, 50, (100, 0), 0, 50),
        (100, 30, 90, (30, 70), 0, 0),
        (0, 30, 90, (0, 0), 0, 30),
        (100, 0, 0, (0, 0), 100, 0),
    ],
)
def test_credit_pays_before_the_wallet_and_the_wallet_before_a_payment(
    total, credit, wallet, used, due, left
) -> None:
    found = settle(Decimal(total), Decimal(credit), Decimal(wallet), EUR)
    assert (found.credit_used, found.wallet_used) == used
    assert (found.due, found.credit_left) == (due, left)
    assert [payer for payer, _part in found.steps] == list(ORDER[2:])
    assert sum(part for _payer, part in found.steps) == found.total


@pytest.mark.parametrize("place", range(3))
def test_nobody_pays_less_than_nothing(place: int) -> None:
    numbers = [Decimal(1)] * 3
    numbers[place] = Decimal(-1)
    assert code(lambda: settle(*numbers, EUR)) == "number_negative"


@given(st.lists(money, max_size=6), money)
def test_a_credit_is_used_up_by_one_invoice_after_the_other(totals, credit) -> None:
    found = settle_each(totals, credit, EUR)
    left = found[-1].credit_left if found else credit
    assert sum(one.credit_used for one in found) + left == credit
    assert sum(one.due for one in found) == max(sum(totals) - credit, 0)


def test_the_order_changes_the_tax() -> None:
    sources = Sources((Decimal(20),), Decimal(30), Decimal(10), Decimal(15))
    found = compose((Decimal(100), Decimal(50)), sources, twenty_percent, EUR)
    # 150 − 20 − 30 = 100, and 20 tax on that; then 10 of credit and 15 of the wallet.
    assert (found.discount, found.promo_used, found.tax) == (20, 30, 20)
    assert sum(found.lines) == 100
    assert (found.settled.credit_used, found.settled.wallet_used, found.due) == (10, 15, 95)


def test_coupons_before_promotions_leave_the_promotions() -> None:
    sources = Sources((Decimal(20), Decimal(20)), Decimal(30))
    found = compose((Decimal(30),), sources, twenty_percent, EUR)
    assert (found.discount, found.promo_used, found.tax, found.due) == (30, 0, 0, 0)


@given(lines, st.lists(money, max_size=3).map(tuple), money, money, money)
def test_every_cent_of_an_invoice_has_one_payer(net, coupons, promo, credit, wallet) -> None:
    found = compose(net, Sources(coupons, promo, credit, wallet), twenty_percent, EUR)
    assert found.discount + found.promo_used + sum(found.lines) == sum(net)
    assert found.discount <= sum(coupons) and found.promo_used <= promo
    assert found.tax == twenty_percent(found.lines)
    assert found.settled.total == sum(found.lines) + found.tax
    assert sum(part for _payer, part in found.settled.steps) == found.settled.total
    assert min(found.due, *found.lines) >= 0


def test_lines_are_rounded_before_anything_is_taken() -> None:
    found = compose((Decimal("0.5"),), Sources(), lambda net: Decimal(0), currency("JPY"))
    assert (found.lines, found.due) == ((1,), 1)
