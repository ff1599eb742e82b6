"""What follows from a look at the records of a host name, and when it is looked at again.

Owns: waiting, grace, the mails they cause. Does not own: the verdict (`proof.py`), the route map.

A name that works is never cut off for one look: two in a row have to find it wrong, then a grace of
three days runs with two mails. No answer is not wrong, however long it lasts.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .proof import FOUND, UNKNOWN

WAITING, LIVE, CHANGE = "waiting", "live", "change"
TRY_EVERY = timedelta(minutes=5)
TRY_FOR = timedelta(hours=48)
LIVE_EVERY = timedelta(days=1)
GRACE = timedelta(days=3)
GRACE_EVERY = timedelta(hours=1)
REMIND_BEFORE = timedelta(days=1)
LOST_EVERY = timedelta(days=1)
LOST_FOR = timedelta(days=30)
WRONG_LOOKS = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """How a host name stands; `holds` = it leads to the tenant. `asked_at` = since when its records
    are waited for. Instants of one kind, all aware or all naive UTC.

    `next_at` None = not looked at again by itself. `mail` is empty, `works` or `change`.
    """

    state: str
    holds: bool
    asked_at: datetime
    failures: int = 0
    grace_until: datetime | None = None
    reminded: bool = False
    next_at: datetime | None = None
    mail: str = ""


def follow(standing: Standing, status: str, now: datetime) -> Standing:
    """Return how it stands after a look that found `status` (`proof.STATUSES`)."""
    standing = replace(standing, mail="")
    if status == UNKNOWN:
        every = TRY_EVERY if standing.state == WAITING else GRACE_EVERY
        return replace(standing, next_at=now + every)
    if status == FOUND:
        return _works(standing, now)
    if standing.holds:
        return _fails(standing, now)
    return _waits(standing, now)


def ask_again(standing: Standing, now: datetime) -> Standing:
    """Return how it stands when a person asks for a look: one that leads nowhere waits anew."""
    if standing.holds:
        return replace(standing, next_at=now)
    return Standing(WAITING, False, asked_at=now, next_at=now)


def _works(standing: Standing, now: datetime) -> Standing:
    mail = "" if standing.state == LIVE else "works"
    return Standing(LIVE, True, standing.asked_at, next_at=now + LIVE_EVERY, mail=mail)


def _waits(standing: Standing, now: datetime) -> Standing:
    waited = now - standing.asked_at
    if waited < TRY_FOR:
        return replace(standing, next_at=now + TRY_EVERY)
    next_at = now + LOST_EVERY if waited < LOST_FOR else None
    mail = "change" if standing.state == WAITING else ""
    return replace(standing, state=CHANGE, next_at=next_at, mail=mail)


def _fails(standing: Standing, now: datetime) -> Standing:
    failures = standing.failures + 1
    if standing.state == LIVE and failures < WRONG_LOOKS:
        return replace(standing, failures=failures, next_at=now + TRY_EVERY)
    if standing.state == LIVE:
        return replace(
            standing,
            state=CHANGE,
            failures=failures,
            grace_until=now + GRACE,
            reminded=False,
            next_at=now + GRACE_EVERY,
            mail="change",
        )
    if standing.grace_until is None or now >= standing.grace_until:
        # From here on it is a name like any other that waits: whoever proves it first has it.
        asked_at = now - TRY_FOR
        return Standing(CHANGE, False, asked_at, failures, next_at=now + LOST_EVERY, mail="change")
    remind = not standing.reminded and standing.grace_until - now <= REMIND_BEFORE
    return replace(
        standing,
        failures=failures,
        reminded=standing.reminded or remind,
        next_at=now + GRACE_EVERY,
        mail="change" if remind else "",
    )
