"""The form of a charge, and what is refused in it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.charge import rate
from saas_business_management.kernel.billing.charge_form import MODELS, read_charge, read_number
from saas_business_management.kernel.billing.per_unit import UnitPrice
from saas_business_management.kernel.errors import Refused

from .prices import EUR, TIERS, amount, charge, rated

HUGE = Decimal("1E999999")


def code(form: dict) -> str:
    """The code of a refusal."""
    with pytest.raises(Refused) as caught:
        read_charge(form)
    return caught.value.code


def test_the_models_are_these() -> None:
    assert MODELS == ("flat", "per_unit", "graduated", "volume", "package", "percentage")


@pytest.mark.parametrize("model", ["stairs", "", None, 7, ["flat"], "Flat"])
def test_an_unknown_model_is_refused(model: object) -> None:
    with pytest.raises(Refused) as caught:
        read_charge({"model": model})
    assert (caught.value.code, caught.value.facts) == ("price_model_unknown", {"model": model})


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("flat", "amount"),
        ("per_unit", "unit_price"),
        ("package", "package_size"),
        ("percentage", "rate_percent"),
    ],
)
def test_what_a_model_needs_has_to_be_there(model: str, name: str) -> None:
    for form in ({}, {name: None}):
        with pytest.raises(Refused) as caught:
            read_charge({"model": model, **form})
        assert (caught.value.code, caught.value.facts) == ("price_missing", {"name": name})


def test_numbers_may_be_texts_whole_numbers_or_decimals() -> None:
    assert charge(unit_price=2).price == charge(unit_price="2").price == UnitPrice(Decimal(2))
    assert charge(unit_price=Decimal("0.5"), colour="red").price == UnitPrice(Decimal("0.5"))
    assert read_number("1e3", "x") == 1000


@pytest.mark.parametrize("value", ["abc", "", "NaN", "-Infinity", 1.5, True, [], {}, "1,5"])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(Refused) as caught:
        charge(unit_price=value)
    assert (caught.value.code, caught.value.facts) == ("number_invalid", {"name": "unit_price"})


@pytest.mark.parametrize(
    "form",
    [
        {"model": "flat", "amount": -1},
        {"model": "per_unit", "unit_price": -1},
        {"model": "per_unit", "unit_price": 1, "included": -1},
        {"model": "per_unit", "unit_price": 1, "max_amount": -1},
        {"model": "package", "package_size": -1, "package_price": 1},
        {"model": "package", "package_size": 1, "package_price": -1},
        {"model": "package", "package_size": 1, "package_price": 1, "free_units": -1},
        {"model": "graduated", "tiers": [{"unit_price": -1}]},
        {"model": "volume", "tiers": [{"unit_price": 1, "flat_amount": -1}]},
        {"model": "volume", "tiers": [{"unit_price": 1}], "block": -1},
        {"model": "graduated", "tiers": [{"unit_price": 1}], "block": -1},
        {"model": "percentage", "rate_percent": -1},
        {"model": "percentage", "rate_percent": 1, "fixed_fee": -1},
        {"model": "percentage", "rate_percent": 1, "per_transaction_min": -1},
        {"model": "percentage", "rate_percent": 1, "per_transaction_max": -1},
        {"model": "percentage", "rate_percent": 1, "free_transactions": -1},
        {"model": "percentage", "rate_percent": 1, "free_amount": -1},
        {"model": "volume", "tiers": [{"up_to": -1, "unit_price": 1}, {"unit_price": 1}]},
        {"model": "volume", "tiers": [{"over": -1, "unit_price": 1}]},
    ],
)
def test_nothing_of_a_price_is_negative(form: dict) -> None:
    assert code(form) == "number_negative"


@pytest.mark.parametrize(
    ("form", "refusal"),
    [
        ({"model": "package", "package_size": 0, "package_price": 1}, "block_empty"),
        ({"model": "graduated", "tiers": [{"unit_price": 1}], "block": 0}, "block_empty"),
        ({"model": "volume", "tiers": [{"unit_price": 1}], "block": 0}, "block_empty"),
        ({"model": "percentage", "rate_percent": "100.01"}, "percent_range"),
        (
            {
                "model": "percentage",
                "rate_percent": 1,
                "per_transaction_min": 2,
                "per_transaction_max": 1,
            },
            "fee_bounds",
        ),
        ({"model": "percentage", "rate_percent": 1, "free_transactions": "1.5"}, "number_invalid"),
        ({"model": "percentage", "rate_percent": 1, "free_transactions": HUGE}, "number_digits"),
        ({"model": "percentage", "rate_percent": 1, "included": 5}, "percentage_included"),
        ({"model": "per_unit", "unit_price": HUGE}, "number_digits"),
        ({"model": "per_unit", "unit_price": "0.0000000000001"}, "number_digits"),
    ],
)
def test_what_cannot_be_sold_is_refused(form: dict, refusal: str) -> None:
    assert code(form) == refusal


def test_equal_least_and_largest_fee_is_a_fixed_fee() -> None:
    form = {"rate_percent": 1, "per_transaction_min": 2, "per_transaction_max": 2}
    assert amount(0, "percentage", transactions=[1, 1000], **form) == "4.00"


def tiers(*bounds: object) -> dict:
    """A form with these upper bounds."""
    return {"model": "graduated", "tiers": [{"up_to": one, "unit_price": 1} for one in bounds]}


@pytest.mark.parametrize(
    ("form", "refusal"),
    [
        ({"model": "graduated"}, "tiers_empty"),
        ({"model": "volume", "tiers": "no"}, "tiers_empty"),
        ({"model": "volume", "tiers": [1]}, "tiers_empty"),
        (tiers(), "tiers_empty"),
        (tiers(5), "tiers_open"),
        (tiers(None, None), "tiers_open"),
        (tiers(None, 5), "tiers_open"),
        (tiers(5, 10), "tiers_open"),
        (tiers(5, 5, None), "tiers_overlap"),
        (tiers(10, 5, None), "tiers_overlap"),
        (tiers(0, None), "tiers_overlap"),
    ],
)
def test_tiers_with_holes_or_overlaps_are_refused(form: dict, refusal: str) -> None:
    assert code(form) == refusal


@pytest.mark.parametrize(
    ("over", "refusal"), [("5", ""), ("4.999", "tiers_overlap"), ("5.001", "tiers_gap")]
)
def test_a_tier_that_says_where_it_begins_begins_where_the_other_ends(over, refusal) -> None:
    rows = [{"up_to": 5, "unit_price": 1, "over": 0}, {"unit_price": 1, "over": over}]
    form = {"model": "graduated", "tiers": rows}
    if refusal:
        assert code(form) == refusal
    else:
        assert len(read_charge(form).price.tiers) == 2


def test_the_first_tier_begins_at_nothing() -> None:
    assert code({"model": "graduated", "tiers": [{"unit_price": 1, "over": 1}]}) == "tiers_gap"


def test_a_complaint_names_the_tier() -> None:
    with pytest.raises(Refused) as caught:
        read_charge({"model": "volume", "tiers": [*TIERS[:2], {"up_to": 8, "unit_price": 1}]})
    assert caught.value.facts == {"tier": 3, "begin": Decimal(10), "end": Decimal(10)}


@pytest.mark.parametrize(
    ("quantity", "refusal"),
    [("-1", "number_negative"), ("NaN", "number_invalid"), ("1E26", "number_digits")],
)
def test_what_is_no_quantity_is_refused(quantity: str, refusal: str) -> None:
    for call in (
        lambda: rated(quantity, unit_price=1),
        lambda: rated(0, "percentage", transactions=[1, quantity], rate_percent=1),
    ):
        with pytest.raises(Refused) as caught:
            call()
        assert caught.value.code == refusal


def test_with_transactions_the_quantity_is_their_sum() -> None:
    price = charge("percentage", rate_percent=1)
    found = rate(price, Decimal(99), EUR, [Decimal(1), Decimal(2)])
    assert found.quantity == 3


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)
names = st.sampled_from(
    "unit_price amount package_size package_price free_units rate_percent fixed_fee included "
    "per_transaction_min per_transaction_max free_transactions free_amount max_amount block".split()
)
tier_names = st.sampled_from(["up_to", "unit_price", "flat_amount", "over"])
small = st.integers(-1, 9) | st.none() | anything
tier_rows = st.lists(st.dictionaries(tier_names, small), max_size=3) | anything


@given(st.sampled_from(MODELS), st.dictionaries(names, small), tier_rows)
def test_whatever_a_form_holds_is_a_charge_or_refused(model, form, tiers) -> None:
    try:
        found = read_charge({**form, "model": model, "tiers": tiers})
    except Refused as refused:
        assert refused.code
    else:
        assert rate(found, Decimal(3), EUR).amount >= 0
