"""How often tenants and outside services are looked at.

Owns: the intervals, who is looked at more often, how long a look counts. Does not own: spreading
looks over an interval and resting after failures (`kernel/metering/cadence.py`), the clock.
"""

from datetime import datetime, timedelta

DOOR_MINUTES = (1, 5, 15)
DOOR_DEFAULT = 5
PROBE_DEFAULT = 5
PROBE_MINUTES = (1, 60)
IDLE_SECONDS = 30 * 60
FULL_SECONDS = 60
ALARMED_SECONDS = 60
AUDIT_SECONDS = 3600
# So many looks may be missed until what was seen is no evidence any more.
LOOKS_OF_EVIDENCE = 3
# A round is ordered each minute; who is due within these seconds comes along.
SLACK = timedelta(seconds=20)


def door_minutes(chosen: int, default: int) -> int:
    """Return how often a front door is looked at: as its service tier says, else as for all."""
    return next((one for one in (chosen, default) if one in DOOR_MINUTES), DOOR_DEFAULT)


def evidence(minutes: int) -> timedelta:
    """Return how long a look counts that is repeated after so many minutes."""
    return timedelta(minutes=LOOKS_OF_EVIDENCE * minutes)


def door_due(seen_at: datetime | None, minutes: int, now: datetime) -> bool:
    """Tell whether a front door is to be looked at again; a look in the future counts as none."""
    if seen_at is None or seen_at > now:
        return True
    return now - seen_at + SLACK >= timedelta(minutes=minutes)


def probe_minutes(told: int) -> int:
    """Return the minutes between probes that a setting means."""
    return min(max(told or PROBE_DEFAULT, PROBE_MINUTES[0]), PROBE_MINUTES[1])


def probe_seconds(minutes: int, full: bool, idle: bool, alarmed: bool) -> int:
    """Return how often a tenant is asked: each minute when something is wrong with it, or when it
    is at work and its service tier promises all there is; an idle one seldom.
    """
    if alarmed:
        return ALARMED_SECONDS
    if idle:
        return max(IDLE_SECONDS, 60 * minutes)
    return FULL_SECONDS if full else 60 * minutes
