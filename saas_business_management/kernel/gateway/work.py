"""How much of a node a tenant's work may take: requests at once, scheduled actions, when.

Owns: what of it is understood, when a scheduled action waits. Does not own: counting and holding
back (`gateway/turns.py`, `gateway/gate.py`), where the numbers come from (control plane).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY_MINUTES = 24 * 60
HOUR_SECONDS = 3600
MOST_AT_ONCE = 10_000
# What runs at least once an hour is short, and people wait for it: mails, reminders.
_LIGHT_MINUTES = 60
_MINUTES = {"minutes": 1, "hours": 60}


@dataclass(frozen=True, slots=True)
class Night:
    """A part of the day as minutes since midnight of a time zone; it may go past midnight."""

    since: int
    until: int
    zone: str = "UTC"

    def holds(self, now: float) -> bool:
        """Tell whether it is night at this Unix time."""
        local = datetime.fromtimestamp(now, _zone(self.zone))
        minute = local.hour * 60 + local.minute
        if self.since <= self.until:
            return self.since <= minute < self.until
        return minute >= self.since or minute < self.until


@dataclass(frozen=True, slots=True)
class Work:
    """A tenant's share; 0 and None are no limit of its own."""

    requests: int = 0
    cron_seconds: int = 0
    night: Night | None = None

    def at_once(self, processes: int) -> int:
        """Return how many requests may run at once in one of so many processes, at least one."""
        return max(1, self.requests // max(1, processes)) if self.requests else 0

    def waits(self, interval_number: object, interval_type: object, now: float) -> bool:
        """Tell whether a scheduled action has to wait for the night.

        One that is due at least once an hour never does.
        """
        if self.night is None or self.night.holds(now):
            return False
        unit = _MINUTES.get(str(interval_type))
        light = unit and isinstance(interval_number, int)
        return not (light and interval_number * unit <= _LIGHT_MINUTES)


def read_work(found: Mapping[str, object]) -> tuple[Work, tuple[str, ...]]:
    """Return what is understood, and the names of what is not, which limits nothing."""
    wrong = [name for name in found if name not in ("requests", "cron_seconds", "night")]
    numbers = {}
    for name, most in (("requests", MOST_AT_ONCE), ("cron_seconds", HOUR_SECONDS)):
        value = found.get(name, 0)
        if _is_whole(value) and 0 <= value <= most:
            numbers[name] = value
        else:
            wrong.append(name)
    night = _night(found["night"]) if found.get("night") is not None else None
    if night is None and found.get("night") is not None:
        wrong.append("night")
    return Work(night=night, **numbers), tuple(str(name)[:40] for name in wrong)


def _night(found: object) -> Night | None:
    if not isinstance(found, Mapping):
        return None
    since, until, zone = found.get("since"), found.get("until"), found.get("zone", "UTC")
    known = all(_is_whole(one) and 0 <= one < DAY_MINUTES for one in (since, until))
    return Night(since, until, zone) if known and isinstance(zone, str) else None


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _zone(name: str) -> tzinfo:
    """Return a time zone; one that this machine does not know counts as UTC."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.utc
