"""Charges for the tests of rating."""

from decimal import Decimal

from hypothesis import strategies as st

from saas_business_management.kernel.billing.charge import Charge, rate
from saas_business_management.kernel.billing.charge_form import read_charge
from saas_business_management.kernel.billing.price_tier import PriceTier
from saas_business_management.kernel.billing.step import Rated
from saas_business_management.kernel.money import currency

EUR = currency("EUR")
TIERS = [
    {"up_to": 5, "unit_price": "7"},
    {"up_to": 10, "unit_price": "6.5"},
    {"up_to": None, "unit_price": "6"},
]


def charge(model="per_unit", **form) -> Charge:
    """A charge as plans write it."""
    return read_charge({"model": model, **form})


def rated(quantity, model="per_unit", transactions=(), **form) -> Rated:
    """What a quantity costs."""
    amounts = [Decimal(one) for one in transactions]
    return rate(charge(model, **form), Decimal(quantity), EUR, amounts)


def amount(quantity, model="per_unit", **form) -> str:
    """The printed amount."""
    return str(rated(quantity, model, **form).amount)


def numbers(most: int, places: int):
    """Numbers from zero to a most, with so many places."""
    return st.integers(0, most * 10**places).map(lambda one: Decimal(one).scaleb(-places))


quantities = numbers(10_000, 4)
unit_prices = numbers(100, 6)
money = numbers(100_000, 2)


@st.composite
def price_tiers(draw):
    """Tiers that touch each other, the last without an end."""
    widths = draw(st.lists(numbers(500, 3).filter(bool), max_size=5))
    bounds, found, below = [], [], Decimal(0)
    for width in widths:
        below += width
        bounds.append(below)
    for up_to in [*bounds, None]:
        flat = draw(st.one_of(st.just(Decimal(0)), numbers(50, 2)))
        found.append(PriceTier(up_to, draw(unit_prices), flat))
    return tuple(found)
