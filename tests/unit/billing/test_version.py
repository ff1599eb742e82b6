"""The price that a renewal pays when the plan has several."""

import pytest

from saas_business_management.kernel.billing.version import (
    GRANDFATHER,
    MIGRATE,
    PriceVersion,
    price_version,
)

from .figures import D, day, refused

VERSIONS = [
    PriceVersion(2, D(25), day("2025-05-01")),
    PriceVersion(1, D(20), day("2025-01-01")),
    PriceVersion(3, D(24), day("2025-05-01")),
]


@pytest.mark.parametrize(
    ("started", "renewal", "policy", "number"),
    [
        ("2025-02-01", "2025-06-01", GRANDFATHER, 1),
        ("2025-02-01", "2025-06-01", MIGRATE, 3),
        ("2025-05-01", "2025-06-01", GRANDFATHER, 3),
        ("2025-04-30", "2025-06-01", GRANDFATHER, 1),
        ("2025-02-01", "2025-04-30", MIGRATE, 1),
        ("2025-01-01", "2025-01-01", GRANDFATHER, 1),
    ],
)
def test_running_subscriptions_keep_their_price_unless_they_migrate(
    started, renewal, policy, number
):
    found = price_version(VERSIONS, day(started), day(renewal), policy)
    assert found.number == number


def test_without_a_price_on_the_day_nothing_is_charged():
    with refused("price_version_missing", day=day("2024-12-31")):
        price_version(VERSIONS, day("2024-12-31"), day("2025-06-01"), GRANDFATHER)
    with refused("price_version_missing"):
        price_version([], day("2025-01-01"), day("2025-06-01"), MIGRATE)
    with refused("price_policy", policy="free"):
        price_version(VERSIONS, day("2025-01-01"), day("2025-06-01"), "free")
