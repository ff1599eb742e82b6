"""What a status page says of each part of the service: its state, and its last days.

Owns: parts, states, what evidence makes of them, days with uptime. Does not own: evidence
(`models/saas_status_evidence.py`), the page. Unknown is never operational and never down.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone, tzinfo
from decimal import ROUND_DOWN, Decimal

LOGIN, WEB, API, MAIL, WORK = "login", "web", "api", "mail", "work"
COMPONENTS = (LOGIN, WEB, API, MAIL, WORK)

OPERATIONAL, DEGRADED, PARTIAL = "operational", "degraded", "partial"
MAJOR, MAINTENANCE, UNKNOWN = "major", "maintenance", "unknown"
# From worst to best, as one word for several is chosen.
WORST_FIRST = (MAJOR, PARTIAL, DEGRADED, MAINTENANCE, UNKNOWN, OPERATIONAL)
STATES = WORST_FIRST
IMPACTS = (DEGRADED, PARTIAL, MAJOR)
_DOWN = (PARTIAL, MAJOR)
# They say nothing about how well it ran.
_APART = (MAINTENANCE, UNKNOWN)

# Judged every five minutes; two looks may be missed.
EVIDENCE = timedelta(minutes=15)
DAYS = 90

BAD, SLOW, GOOD = "bad", "slow", "good"
# Shares of the tenants that were seen.
_MAJOR_SHARE, _PARTIAL_SHARE, _DEGRADED_SHARE = Decimal("0.5"), Decimal("0.1"), Decimal("0.02")
_SLOW_SHARE = Decimal("0.2")
# Less than half of the tenants seen is no evidence for the whole.
_SEEN_SHARE = Decimal("0.5")


@dataclass(frozen=True)
class Evidence:
    """How many tenants there are, and what was seen of those that were looked at."""

    tenants: int = 0
    good: int = 0
    slow: int = 0
    bad: int = 0

    @property
    def seen(self) -> int:
        """How many were looked at."""
        return self.good + self.slow + self.bad


def judge(evidence: Evidence, impacts: Iterable[str] = (), under_maintenance: bool = False) -> str:
    """Return the state of a part: what is told of open incidents, else what was measured.

    Maintenance explains what is measured, never an incident that was told.
    """
    told = worst(impacts)
    if told in IMPACTS:
        measured = measure(evidence)
        return worst((told, measured)) if measured in IMPACTS else told
    return MAINTENANCE if under_maintenance else measure(evidence)


def measure(evidence: Evidence) -> str:
    """Return what was measured; unknown when too few were looked at."""
    if not evidence.seen or evidence.seen < _SEEN_SHARE * evidence.tenants:
        return UNKNOWN
    bad = Decimal(evidence.bad) / evidence.seen
    if bad >= _MAJOR_SHARE:
        return MAJOR
    if bad >= _PARTIAL_SHARE:
        return PARTIAL
    slow = Decimal(evidence.bad + evidence.slow) / evidence.seen
    return DEGRADED if bad >= _DEGRADED_SHARE or slow >= _SLOW_SHARE else OPERATIONAL


def worst(states: Iterable[str]) -> str:
    """Return the worst of several states; operational of none."""
    return min(states, key=WORST_FIRST.index, default=OPERATIONAL)


# What one tenant's figures mean

_FAILURES, _FAILURE_SHARE = 5, 0.1
_LAG_SLOW, _LAG_BAD = 600, 3600
_MAIL_SLOW, _MAIL_BAD, _MAIL_WRONG = 900, 3600, 20


def of_requests(requests: float, failures: float) -> str:
    """Return what a tenant's requests of some minutes mean, empty when there were none."""
    if requests <= 0:
        return ""
    wrong = failures >= _FAILURES and failures >= _FAILURE_SHARE * requests
    return BAD if wrong else GOOD


def of_scheduled_work(lag_seconds: float) -> str:
    """Return what it means that the oldest scheduled work waits for so long."""
    return _by_age(lag_seconds, _LAG_SLOW, _LAG_BAD)


def of_mail(oldest_seconds: float, exceptions_percent: float) -> str:
    """Return what it means that mail waits for so long, and that so much of it failed."""
    if exceptions_percent >= _MAIL_WRONG:
        return BAD
    return _by_age(oldest_seconds, _MAIL_SLOW, _MAIL_BAD)


def _by_age(seconds: float, slow: int, bad: int) -> str:
    return BAD if seconds >= bad else SLOW if seconds >= slow else GOOD


# Days


@dataclass(frozen=True)
class Period:
    """A state from one aware instant until before another."""

    state: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Day:
    """A calendar day: its worst state, and seconds in each."""

    day: date
    state: str
    seconds: dict[str, int] = field(default_factory=dict)

    @property
    def uptime(self) -> Decimal | None:
        """Percent of what is known without maintenance; None when nothing is known."""
        return uptime((self,))


def days(periods: Iterable[Period], now: datetime, zone: tzinfo, count: int = DAYS) -> list[Day]:
    """Return the last days, today last, as they are where the zone is: 23 or 25 hours at times.

    What no period covers is unknown. Periods do not overlap.
    """
    periods = list(periods)
    today = now.astimezone(zone).date()
    found = []
    for back in range(count - 1, -1, -1):
        day = today - timedelta(days=back)
        begin, end = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
        found.append(_day(day, periods, begin, min(end, now)))
    return found


def uptime(counted: Iterable[Day]) -> Decimal | None:
    """Return percent with two digits, rounded down: what was down for a second is never 100."""
    up = down = 0
    for day in counted:
        for state, seconds in day.seconds.items():
            if state in _DOWN:
                down += seconds
            elif state not in _APART:
                up += seconds
    if not up + down:
        return None
    share = Decimal(100) * up / (up + down)
    return share.quantize(Decimal("0.01"), rounding=ROUND_DOWN)


def _day(day: date, periods: list[Period], begin: datetime, end: datetime) -> Day:
    seconds: dict[str, int] = {}
    for one in periods:
        first, last = max(one.start, begin), min(one.end, end)
        if first < last:
            length = int((last - first).total_seconds())
            seconds[one.state] = seconds.get(one.state, 0) + length
    whole = int((end - begin).total_seconds())
    dark = whole - sum(seconds.values())
    if dark > 0:
        seconds[UNKNOWN] = seconds.get(UNKNOWN, 0) + dark
    known = [state for state in seconds if state != UNKNOWN]
    return Day(day, worst(known) if known else UNKNOWN, seconds)


def _midnight(day: date, zone: tzinfo) -> datetime:
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return local.astimezone(timezone.utc)
