"""When a tenant is looked at again.

Owns: how often, spreading tenants over time, resting after failures. Does not own: the clock, what
is looked at.

A tenant has the same place in every interval, told by its name, so that a thousand of them never
come at once; who was never looked at comes at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from ..period import in_utc
from .builtin import BUSINESS, SIZES, USERS

RESTS_AFTER = 3
REST = timedelta(minutes=15)


@dataclass(frozen=True)
class Cadence:
    """How often a tenant at work and an idle one are looked at, in seconds."""

    active_seconds: int
    idle_seconds: int

    def seconds(self, active: bool) -> int:
        """Return the interval."""
        return self.active_seconds if active else self.idle_seconds


CADENCES = {
    SIZES: Cadence(900, 6 * 3600),
    USERS: Cadence(300, 1800),
    BUSINESS: Cadence(3600, 6 * 3600),
}


@dataclass(frozen=True)
class Look:
    """The last look: when, and how many in a row got no answer."""

    asked_at: datetime | None = None
    failures: int = 0


def is_due(key: str, look: Look, every_seconds: int, now: datetime) -> bool:
    """Tell whether it is time to look again; `key` names the tenant.

    After three looks without an answer in a row a tenant rests for a quarter of an hour.
    """
    if look.asked_at is None:
        return True
    if look.failures >= RESTS_AFTER and in_utc(now) - in_utc(look.asked_at) < REST:
        return False
    # A clock that was set back does not stop the looks.
    return _slot(key, look.asked_at, every_seconds) != _slot(key, now, every_seconds)


def _slot(key: str, at: datetime, every_seconds: int) -> int:
    """Return the number of a tenant's interval that an instant lies in."""
    offset = int.from_bytes(sha256(key.encode()).digest()[:8]) % every_seconds
    return (int(in_utc(at).timestamp()) + offset) // every_seconds
