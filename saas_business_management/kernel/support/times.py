"""How long what of a support access lasts, and the login of the guest.

Owns: the limits and what is over. Does not own: the course (`course.py`), the clock.
"""

import re
from datetime import datetime, timedelta

from ..errors import Refused
from .course import ALLOWED, ASKED, INSIDE

CONSENT = timedelta(days=7)
ENTRY = timedelta(hours=24)
LINK = timedelta(minutes=15)
DEFAULT_MINUTES, LEAST_MINUTES, MOST_MINUTES = 60, 5, 480
LOGIN = re.compile(r"support-[a-z0-9]{12}")


def checked_minutes(minutes: int) -> int:
    """Return the minutes when a visit may take that long.

    Raises:
        Refused: `support_minutes`.
    """
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise Refused("support_minutes", least=LEAST_MINUTES, most=MOST_MINUTES)
    return minutes


def guest_login(random_hex: str) -> str:
    """Return the login of a guest; made of chance, so that no tenant can take it beforehand."""
    return f"support-{random_hex[:12].lower()}"


def overdue(
    state: str,
    now: datetime,
    asked_at: datetime | None,
    answered_at: datetime | None,
    until_at: datetime | None,
) -> str:
    """Return the event that time brings about: `lapsed`, `expired`, or nothing.

    A consent that nobody gave lapses after 7 days, one that nobody used after a day; a visit is
    over to the second.
    """
    if state == ASKED and asked_at is not None and now >= asked_at + CONSENT:
        return "lapsed"
    if state == ALLOWED and answered_at is not None and now >= answered_at + ENTRY:
        return "lapsed"
    if state == INSIDE and until_at is not None and now >= until_at:
        return "expired"
    return ""


def link_end(now: datetime, until_at: datetime) -> datetime:
    """Return until when a login link may work: 15 minutes, never longer than the visit."""
    return min(now + LINK, until_at)
