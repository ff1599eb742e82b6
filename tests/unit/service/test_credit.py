"""The ladder of credits, at each of its borders."""

from decimal import Decimal
from fractions import Fraction

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.money import currency
from saas_business_management.kernel.service.credit import LADDER, Rung, amount, part_back


def percent(text):
    return Fraction(Decimal(text)) / 100


@pytest.mark.parametrize(
    ("reached", "back"),
    [
        ("100", 0),
        ("99.9", 0),
        ("99.8999999", 10),
        ("99", 10),
        ("98.9999999", 25),
        ("95", 25),
        ("94.9999999", 100),
        ("0", 100),
    ],
)
def test_the_ladder_of_a_promise(reached, back):
    assert part_back(percent(reached), Decimal("99.9")) == back


def test_a_rung_above_the_promise_gives_nothing_while_it_is_kept():
    assert part_back(percent("98.5"), Decimal(98)) == 0
    assert part_back(percent("97.9"), Decimal(98)) == 25


def test_a_ladder_of_its_own_and_a_month_without_evidence():
    own = (Rung(None, Decimal(5)), Rung(Decimal("99.5"), Decimal("12.5")))
    assert part_back(percent("99.7"), Decimal("99.9"), own) == 5
    assert part_back(percent("99.4"), Decimal("99.9"), own) == Decimal("12.5")
    assert part_back(percent("0"), Decimal("99.9"), ()) == 0
    assert part_back(None, Decimal("99.9"), LADDER) == 0


def test_the_amount_is_rounded_once_in_the_steps_of_its_currency():
    assert amount(Decimal("89.99"), Decimal(25), currency("EUR")) == Decimal("22.50")
    assert amount(Decimal("1001"), Decimal(10), currency("JPY")) == Decimal("100")
    assert amount(Decimal("0.05"), Decimal(10), currency("USD")) == Decimal("0.01")
    with pytest.raises(Refused) as refused:
        amount(Decimal(-1), Decimal(10), currency("EUR"))
    assert refused.value.code == "number_negative"
