"""Doing something for each of many every so often, never for all at once.

Owns: when the turn of a name comes. Does not own: what is done then.
"""

import hashlib
from datetime import datetime, timedelta, timezone

_START = datetime(2020, 1, 6, tzinfo=timezone.utc)


def is_due(name: str, last_at: datetime | None, now: datetime, period: timedelta) -> bool:
    """Tell whether the turn of a name came after it was last done.

    Each name has one moment of its own in every period, so two turns are one period apart and a
    turn that nobody kept stays due.
    """
    if last_at is None:
        return True
    return last_at < last_turn(name, now, period)


def last_turn(name: str, now: datetime, period: timedelta) -> datetime:
    """Return the latest turn of a name at or before an instant."""
    share = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64
    offset = _START + period * share
    return offset + ((now - offset) // period) * period
