"""What a look at the front door of a tenant says about its health.

Owns: the four words, the reasons, how long a look is evidence. Does not own: looking
(`jobs/check_health.py`), sentences (`messages/health.py`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

OK = "ok"
WARNING = "warning"
CRITICAL = "critical"
UNKNOWN = "unknown"
# From worst to best, as people should read them.
HEALTHS = (CRITICAL, WARNING, UNKNOWN, OK)

# Reasons.
NO_ANSWER = "no_answer"
WRONG_PAGE = "wrong_page"
FIRST_WRONG = "first_wrong"
SLOW = "slow"
NO_CERTIFICATE = "no_certificate"
UNTRUSTED = "untrusted"
CERTIFICATE_ENDS = "certificate_ends"
NEVER_LOOKED = "never_looked"
STALE = "stale"
NOT_MADE = "not_made"
REASONS = (
    NO_ANSWER,
    WRONG_PAGE,
    FIRST_WRONG,
    SLOW,
    NO_CERTIFICATE,
    UNTRUSTED,
    CERTIFICATE_ENDS,
    NEVER_LOOKED,
    STALE,
    NOT_MADE,
)

# How long a look counts whose cadence nobody wrote down (`cadence.py` tells the others).
EVIDENCE = timedelta(minutes=15)
SLOW_SECONDS = 5.0
CERTIFICATE_LASTS = timedelta(days=14)
# One wrong answer may be a restart; two in a row are an outage.
WRONG_FOR_CRITICAL = 2


@dataclass(frozen=True)
class Look:
    """What was seen at a front door: `problem` is the code of an error, empty when a page came;
    `status` its HTTP status, 0 when none came; `seconds` how long it took. `until` (aware) and
    `trusted` are of the certificate, None and True where there is no TLS.
    """

    problem: str = ""
    status: int = 0
    seconds: float = 0.0
    until: datetime | None = None
    trusted: bool = True


@dataclass(frozen=True)
class Verdict:
    """A health with its reason (empty when all is well) and how many wrong looks came in a row."""

    health: str
    reason: str = ""
    wrong: int = 0


def judge(look: Look, wrong_before: int, now: datetime) -> Verdict:
    """Return what a look means after `wrong_before` wrong ones in a row; `now` is aware.

    No answer leaves the count as it is: nobody knows what visitors meet.
    """
    if look.problem == "certificate_refused":
        return _wrong(wrong_before, NO_CERTIFICATE)
    if look.problem:
        return Verdict(UNKNOWN, NO_ANSWER, wrong_before)
    if not 200 <= look.status < 400:
        return _wrong(wrong_before, WRONG_PAGE)
    return Verdict(WARNING, why) if (why := _trouble(look, now)) else Verdict(OK)


def shown(
    found: str,
    reason: str,
    checked_at: datetime | None,
    now: datetime,
    fresh_until: datetime | None = None,
) -> tuple[str, str]:
    """Return health and reason as they may be told now: a look that is too old proves nothing."""
    if checked_at is None:
        return UNKNOWN, NEVER_LOOKED
    if now > (fresh_until or checked_at + EVIDENCE):
        return UNKNOWN, STALE
    return found or UNKNOWN, reason


def _wrong(before: int, reason: str) -> Verdict:
    wrong = before + 1
    if wrong >= WRONG_FOR_CRITICAL:
        return Verdict(CRITICAL, reason, wrong)
    return Verdict(WARNING, FIRST_WRONG, wrong)


def _trouble(look: Look, now: datetime) -> str:
    if not look.trusted:
        return UNTRUSTED
    if look.until and look.until - now < CERTIFICATE_LASTS:
        return CERTIFICATE_ENDS
    return SLOW if look.seconds > SLOW_SECONDS else ""
