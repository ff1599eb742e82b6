"""The price models: amounts, their steps, and what holds for any price."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.charge import Charge, rate
from saas_business_management.kernel.billing.graduated import GraduatedPrice
from saas_business_management.kernel.billing.package import PackagePrice
from saas_business_management.kernel.billing.per_unit import UnitPrice
from saas_business_management.kernel.billing.percentage import PercentagePrice
from saas_business_management.kernel.billing.price_tier import slices, tier_of
from saas_business_management.kernel.billing.step import CAP, KINDS, total
from saas_business_management.kernel.billing.volume import VolumePrice
from saas_business_management.kernel.money import currency

from .prices import EUR, TIERS, amount, money, price_tiers, quantities, rated, unit_prices

FLATS = [{"up_to": 5, "unit_price": 1, "flat_amount": 10}, {"unit_price": 2, "flat_amount": 20}]
packages = st.builds(PackagePrice, quantities.filter(bool), money, quantities)
prices = st.one_of(
    st.builds(UnitPrice, unit_prices),
    st.builds(GraduatedPrice, price_tiers(), st.none() | quantities.filter(bool)),
    st.builds(VolumePrice, price_tiers(), st.none() | quantities.filter(bool)),
    packages,
)


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [("0", "0.00"), ("5", "35.00"), ("5.5", "38.25"), ("10", "67.50"), ("11", "73.50")],
)
def test_graduated_prices_each_unit_in_its_tier(quantity: str, expected: str) -> None:
    assert amount(quantity, "graduated", tiers=TIERS) == expected


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [("0", "0.00"), ("5", "35.00"), ("5.5", "35.75"), ("10", "65.00"), ("11", "66.00")],
)
def test_volume_prices_all_units_in_the_tier_reached(quantity: str, expected: str) -> None:
    assert amount(quantity, "volume", tiers=TIERS) == expected


@pytest.mark.parametrize(
    ("model", "quantity", "expected"),
    [
        ("graduated", "0", "0.00"),
        ("graduated", "5", "15.00"),
        ("graduated", "6", "37.00"),
        ("volume", "0", "0.00"),
        ("volume", "5", "15.00"),
        ("volume", "6", "32.00"),
    ],
)
def test_who_comes_into_a_tier_pays_its_flat_amount(model, quantity, expected) -> None:
    assert amount(quantity, model, tiers=FLATS) == expected


def test_tiers_over_blocks_count_begun_blocks() -> None:
    tiers = [{"up_to": 100, "unit_price": "1"}, {"up_to": None, "unit_price": "0.5"}]
    assert amount("1500", "graduated", tiers=tiers, block=10) == "125.00"
    assert amount("1500", "volume", tiers=tiers, block=10) == "75.00"
    assert amount("1501", "graduated", tiers=tiers, block=10) == "125.50"
    (first, second) = rated("1500", "graduated", tiers=tiers, block=10).steps
    assert (first.quantity, first.size, first.over, first.up_to) == (100, 10, 0, 100)
    assert (second.quantity, second.size, second.over, second.up_to) == (50, 10, 100, None)


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [(0, "0.00"), (100, "0.00"), (101, "2.00"), (1100, "2.00"), (1101, "4.00"), (2100, "4.00")],
)
def test_a_package_counts_from_its_first_unit(quantity: int, expected: str) -> None:
    form = {"package_size": 1000, "package_price": "2.00", "free_units": 100}
    assert amount(quantity, "package", **form) == expected


def test_a_flat_price_does_not_look_at_the_quantity() -> None:
    assert amount(0, "flat", amount="9.90") == amount(100, "flat", amount="9.90") == "9.90"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({}, "4.98"),
        ({"per_transaction_max": "2.50"}, "4.38"),
        ({"per_transaction_min": "1.00"}, "5.40"),
        ({"per_transaction_min": "1.00", "per_transaction_max": "2.50"}, "4.80"),
        ({"free_transactions": 1}, "3.68"),
        ({"free_transactions": 3}, "0.00"),
        ({"free_transactions": 9}, "0.00"),
        ({"free_amount": "100"}, "3.68"),
        ({"free_amount": "150"}, "3.08"),
        ({"free_amount": "1000"}, "0.00"),
        ({"free_transactions": 1, "free_amount": "250"}, "0.58"),
        ({"max_amount": "3"}, "3.00"),
    ],
)
def test_a_percentage_looks_at_each_transaction(form: dict, expected: str) -> None:
    fixed = {"rate_percent": "1.2", "fixed_fee": "0.10"}
    assert amount(0, "percentage", transactions=[100, 250, 40], **fixed, **form) == expected


def test_a_percentage_of_a_quantity_is_one_transaction() -> None:
    form = {"rate_percent": "1.2", "fixed_fee": "0.10"}
    assert amount(250, "percentage", **form) == "3.10"
    assert amount(0, "percentage", **form) == "0.00"
    # An empty transaction happened; it costs its fee.
    assert amount(0, "percentage", transactions=[0], **form) == "0.10"


def test_every_price_explains_itself() -> None:
    assert rated("5.5", "graduated", tiers=TIERS).reading == "5 × 7 + 0.5 × 6.5 = 38.25"
    assert rated(12400, included=10000, unit_price="0.002").reading == (
        "10000 × 0 + 2400 × 0.002 = 4.80"
    )
    assert rated(1234567, unit_price="0.000123").reading == (
        "1234567 × 0.000123 = 151.851741 ≈ 151.85"
    )
    assert rated(0, unit_price="1").reading == "0 = 0.00"
    assert rated(632, unit_price="0.10", max_amount="50").reading == (
        "632 × 0.1 + 1 × -13.2 = 50.00"
    )
    assert rated(1101, "package", package_size=1000, package_price=2, free_units=100).reading == (
        "100 × 0 + 2 × 2 = 4.00"
    )
    fee = rated(0, "percentage", transactions=[100, 50], rate_percent="1", fixed_fee="0.10")
    assert [(one.kind, str(one.quantity), str(one.amount)) for one in fee.steps] == [
        ("percent", "150", "1.50"),
        ("fixed_fee", "2", "0.20"),
    ]


def test_the_most_of_a_period_takes_away_what_exceeds_it() -> None:
    found = rated(632, unit_price="0.10", max_amount="50.00")
    assert (str(found.amount), str(found.capped)) == ("50.00", "13.20")
    assert found.steps[-1].kind == CAP
    below = rated(500, unit_price="0.10", max_amount="50.00")
    assert (str(below.amount), str(below.capped), len(below.steps)) == ("50.00", "0.00", 1)


def test_a_line_is_one_of_the_rounded_amount() -> None:
    line = rated(1234567, unit_price="0.000123").line
    assert (str(line.quantity), str(line.price_unit)) == ("1", "151.85")


def test_an_amount_has_the_digits_of_its_currency() -> None:
    price = Charge(UnitPrice(Decimal("0.5")))
    assert str(rate(price, Decimal(1), currency("JPY")).amount) == "1"
    assert str(rate(price, Decimal("0.25"), currency("KWD")).amount) == "0.125"


def test_several_meters_add_up_by_their_printed_lines() -> None:
    lines = [rated(1, unit_price="0.005"), rated(1, unit_price="0.005")]
    assert str(total(lines, EUR)) == "0.02"
    assert str(total([], EUR)) == "0.00"


@given(price_tiers(), quantities)
def test_tiers_hold_all_of_a_quantity_and_nothing_twice(tiers, quantity) -> None:
    found = list(slices(tiers, quantity))
    assert sum(one.quantity for one in found) == quantity
    assert all(one.quantity > 0 for one in found)
    borders = [(one.over, one.tier.up_to) for one in found]
    assert all(upper[0] == lower[1] for lower, upper in pairwise(borders))
    top = tier_of(tiers, quantity)
    if top is None:
        assert not quantity
    else:
        assert top.over < quantity and (top.tier.up_to is None or quantity <= top.tier.up_to)
        assert top.quantity == quantity


@given(prices, quantities, quantities, st.none() | money)
def test_the_steps_add_up_to_the_amount(price, quantity, included, most) -> None:
    found = rate(Charge(price, included, most), quantity, EUR)
    assert sum(step.amount for step in found.steps) == found.exact
    assert found.amount == EUR.round(found.exact) and found.amount >= 0
    assert most is None or found.exact <= most
    assert {step.kind for step in found.steps} <= set(KINDS)
    assert found.reading.endswith(str(found.amount))


@given(st.builds(UnitPrice, unit_prices) | st.builds(GraduatedPrice, price_tiers()), quantities)
def test_units_of_the_steps_are_the_quantity(price, quantity) -> None:
    found = rate(Charge(price, Decimal(7)), quantity, EUR)
    units = [one.quantity for one in found.steps if one.kind != "tier_flat"]
    assert sum(units) == quantity


@given(st.builds(GraduatedPrice, price_tiers()) | packages, quantities, quantities)
def test_more_use_never_costs_less_in_tiers_and_packages(price, one, other) -> None:
    less, more = sorted((one, other))
    charge = Charge(price)
    assert rate(charge, less, EUR).exact <= rate(charge, more, EUR).exact


def test_by_volume_more_use_may_cost_less() -> None:
    tiers = [{"up_to": 15, "unit_price": 10}, {"unit_price": 5}]
    assert amount(15, "volume", tiers=tiers) == "150.00"
    assert amount(16, "volume", tiers=tiers) == "80.00"


@given(price_tiers(), quantities)
def test_both_readings_agree_inside_the_first_tier(tiers, quantity) -> None:
    first = quantity if tiers[0].up_to is None else min(quantity, tiers[0].up_to)
    in_order, at_once = Charge(GraduatedPrice(tiers)), Charge(VolumePrice(tiers))
    assert rate(in_order, first, EUR).steps == rate(at_once, first, EUR).steps


@given(
    st.builds(
        PercentagePrice,
        unit_prices,
        money,
        st.none() | st.just(Decimal(1)),
        st.none() | st.just(Decimal(20)),
        st.integers(0, 3),
        money,
    ),
    st.lists(money, max_size=6),
)
def test_each_transaction_costs_between_its_least_and_its_most(price, transactions) -> None:
    found = rate(Charge(price), Decimal(0), EUR, transactions)
    assert sum(step.amount for step in found.steps) == found.exact
    paid = max(len(transactions) - price.free_transactions, 0)
    if price.per_transaction_max is not None:
        assert found.exact <= paid * price.per_transaction_max
    if price.per_transaction_min is not None and not price.free_amount:
        assert found.exact >= paid * price.per_transaction_min
