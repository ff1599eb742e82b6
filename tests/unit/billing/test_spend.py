"""The least and the most of a period."""

from decimal import Decimal

import pytest

from saas_business_management.kernel.billing.spend import Spend, adjustment

from .agreements import USD


@pytest.mark.parametrize(
    ("spend", "least", "most", "last", "expected"),
    [
        (("50.00", "30.00", "0.00", 30, 30), "100.00", "0", True, "20.00"),
        (("25.00", "15.00", "0.00", 15, 30), "100.00", "0", True, "10.00"),
        (("50.00", "30.00", "0.00", 30, 30), "100.00", "0", False, "0.00"),
        (("50.00", "60.00", "0.00", 30, 30), "100.00", "0", True, "0.00"),
        (("50.00", "60.00", "0.00", 30, 30), "0", "100.00", True, "-10.00"),
        (("50.00", "60.00", "40.00", 30, 30), "0", "100.00", False, "-50.00"),
        (("120.00", "60.00", "0.00", 30, 30), "0", "100.00", True, "-60.00"),
        (("25.00", "30.00", "0.00", 15, 30), "0", "100.00", True, "-5.00"),
        (("25.00", "30.00", "0.00", 15, 30), "0", "0", True, "0.00"),
    ],
)
def test_fee_and_usage_stay_between_the_least_and_the_most(spend, least, most, last, expected):
    fee, usage, before, days, whole = spend
    found = Spend(Decimal(fee), Decimal(usage), Decimal(before), days, whole)
    assert str(adjustment(found, Decimal(least), Decimal(most), USD, last)) == expected
