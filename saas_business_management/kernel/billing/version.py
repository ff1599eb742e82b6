"""Which version of a plan's price a subscription pays.

Owns: the choice. Does not own: the versions (records), prorating (`proration.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..errors import Refused

GRANDFATHER, MIGRATE = "grandfather", "migrate_at_renewal"


@dataclass(frozen=True)
class PriceVersion:
    """A price that new subscriptions get from a day on."""

    number: int
    price: Decimal
    from_on: date


def price_version(
    versions: Iterable[PriceVersion], started_on: date, renewal_on: date, policy: str
) -> PriceVersion:
    """Return the version that a renewal is charged by: the one of the subscription's start, or
    with `migrate_at_renewal` the one that is valid on the day of the renewal.

    Raises: Refused (`price_policy`, `price_version_missing`).
    """
    if policy not in (GRANDFATHER, MIGRATE):
        raise Refused("price_policy", policy=policy)
    day = renewal_on if policy == MIGRATE else started_on
    valid = [one for one in versions if one.from_on <= day]
    if not valid:
        raise Refused("price_version_missing", day=day)
    return max(valid, key=lambda one: (one.from_on, one.number))
