"""Meters that come with the product: which readings each is made of.

Owns: the names of readings and of built-in meters, their sum and divisor. Does not own: taking
readings (adapters), a meter's record, when to look (`cadence.py`).

A reading that nobody could take is unknown, and so is every meter it is a part of: never zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .quantity import as_quantity

SIZES = "sizes"
USERS = "users"
BUSINESS = "business"
GATEWAY = "gateway"
EVENTS = "events"
# Who is asked for readings, one after the other; the gateway tells by itself, products send events.
ASKED = (SIZES, USERS, BUSINESS)
GB = 10**9


@dataclass(frozen=True)
class Builtin:
    """A meter of the product: the sum of its parts divided by `divisor`."""

    code: str
    source: str
    parts: tuple[str, ...]
    divisor: int = 1


BUILTIN: dict[str, Builtin] = {
    one.code: one
    for one in (
        Builtin("storage_gb", SIZES, ("database_bytes", "filestore_bytes"), GB),
        Builtin("database_gb", SIZES, ("database_bytes",), GB),
        Builtin("filestore_gb", SIZES, ("filestore_bytes",), GB),
        Builtin("users", USERS, ("internal_users",)),
        Builtin("portal_users", USERS, ("portal_users",)),
        Builtin("active_users", USERS, ("active_users",)),
        Builtin("api_calls", GATEWAY, ("api_calls",)),
        Builtin("requests", GATEWAY, ("requests",)),
        Builtin("bandwidth_gb", GATEWAY, ("bytes_in", "bytes_out"), GB),
        Builtin("bandwidth_in_gb", GATEWAY, ("bytes_in",), GB),
        Builtin("bandwidth_out_gb", GATEWAY, ("bytes_out",), GB),
        Builtin("response_ms", GATEWAY, ("response_ms",)),
        Builtin("cron_seconds", GATEWAY, ("cron_ms",), 1000),
    )
}


def source_of(code: str) -> str:
    """Return who tells what a meter counts; of a meter that is not ours events do."""
    return BUILTIN[code].source if code in BUILTIN else EVENTS


def quantities(readings: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
    """Return the quantity of every built-in meter all of whose parts were read."""
    return {
        one.code: as_quantity(sum(map(Fraction, parts), Fraction(0)) / one.divisor)
        for one in BUILTIN.values()
        for parts in [[readings.get(name) for name in one.parts]]
        if None not in parts
    }
