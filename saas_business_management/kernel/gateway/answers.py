"""What a visitor is told when his request does not reach a database.

Owns: status, waiting time and words of every answer, dates in them. Does not own: when which is
given (`decide.py`), a brand's own words (`brand.py`). Visitors read "database"; no name of a
database, server or state of ours stands in any text.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; without `retry_seconds` no Retry-After, without `refresh_seconds` no new try.

    `{name}` is the tenant's name and stands only where a sentence begins.
    """

    code: str
    status: int
    title: str
    message: str
    next_step: str = ""
    retry_seconds: int = 0
    refresh_seconds: int = 0


_SAFE = "Your data is safe."
SAYS_SINCE = frozenset({"suspended", "archived", "migrating", "deleting"})
_MONTHS = (
    "January February March April May June July August September October November December"
).split()


def day_in_words(iso: str) -> str:
    """Return "14 March 2026" for a date or instant in ISO form, empty for anything else."""
    year, _, rest = iso[:10].partition("-")
    month, _, day = rest.partition("-")
    known = year.isdecimal() and month.isdecimal() and day.isdecimal() and 1 <= int(month) <= 12
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}" if known else ""


def since_in_words(state: str, since: str) -> str:
    """Return since when a database is closed, empty when that is unknown or says nothing."""
    began = day_in_words(since) if state in SAYS_SINCE else ""
    return f"Since {began}." if began else ""


def kept_in_words(message: str, kept_until: str) -> str:
    """Return the message with the day until which the data is kept, when that is known."""
    ends = day_in_words(kept_until)
    if not ends:
        return message
    if _SAFE in message:
        return message.replace(_SAFE, f"Your data is safe and kept until {ends}.")
    return f"{message} Its data is kept until {ends}."


REASONS = {
    400: "Bad Request",
    402: "Payment Required",
    404: "Not Found",
    429: "Too Many Requests",
    503: "Service Unavailable",
}
BAD_HOST = Answer(
    "bad_host",
    400,
    "This request cannot be answered",
    "It names no valid web address, or more than one.",
)
UNKNOWN_HOST = Answer(
    "unknown_host",
    404,
    "There is no database at this address",
    "Nothing is served under this web address.",
    "Check its spelling, or ask whoever gave it to you.",
)
NOT_FOUND = Answer(
    "not_found", 404, "This page does not exist", "There is nothing at this address."
)
PREPARING = Answer(
    "preparing",
    503,
    "Almost ready",
    "{name} is being prepared. This usually takes a few seconds.",
    "This page looks again by itself.",
    retry_seconds=5,
    refresh_seconds=2,
)
MIGRATING = Answer(
    "migrating",
    503,
    "Maintenance",
    f"{{name}} is being moved or brought up to date. {_SAFE}",
    "This page looks again by itself and opens when the work is done.",
    retry_seconds=30,
    refresh_seconds=30,
)
ARCHIVED = Answer(
    "archived",
    503,
    "{name} is archived",
    f"This database is out of service. {_SAFE}",
    "Its owner can ask the provider to open it again.",
)
DELETING = Answer(
    "deleting",
    503,
    "{name} is closed",
    "This database was closed for good and is going to be deleted.",
    "Until then its owner can ask the provider to undo that.",
)
CLOSED = Answer(
    "closed",
    503,
    "{name} is closed",
    f"This database is closed for the moment. {_SAFE}",
    "Its owner can ask the provider when it opens again.",
    retry_seconds=3600,
)
CLOSED_BY_REASON = {
    "payment": Answer(
        "closed_payment",
        402,
        "{name} is closed",
        f"This database is closed because an invoice is unpaid. {_SAFE}",
        "It opens again the moment the invoice is paid. Its owner can do that.",
    ),
    "quota": Answer(
        "closed_quota",
        503,
        "{name} is closed",
        f"This database is closed because it used more than its plan includes. {_SAFE}",
        "It opens again when its owner chooses a bigger plan or the usage falls.",
        retry_seconds=3600,
    ),
    "trial_end": Answer(
        "closed_trial_end",
        503,
        "The trial of {name} has ended",
        f"This database is closed because its trial is over. {_SAFE}",
        "It opens again when its owner chooses a plan.",
        retry_seconds=3600,
    ),
    "security": Answer(
        "closed_security",
        503,
        "{name} is closed",
        f"This database is closed to protect it. {_SAFE}",
        "Its owner was told and can ask the provider for the details.",
        retry_seconds=3600,
    ),
}
BUSY = Answer(
    "busy",
    503,
    "{name} is busy",
    "More requests came at once than this database may answer.",
    "This page tries again by itself.",
    retry_seconds=1,
    refresh_seconds=2,
)
NO_ANSWER = Answer(
    "no_answer",
    503,
    "{name} does not answer at the moment",
    f"The connection to this database could not be made. {_SAFE}",
    "This page tries again by itself; nobody is logged out.",
    retry_seconds=5,
    refresh_seconds=5,
)
STARTING = Answer(
    "starting",
    503,
    "Almost ready",
    "The service is starting.",
    "This page looks again by itself.",
    retry_seconds=5,
    refresh_seconds=2,
)
THROTTLED = Answer(
    "throttled",
    429,
    "Too many tries to log in",
    "Several logins from your network failed, so the next one has to wait. Nobody else is held up.",
    "Try again in a moment.",
    retry_seconds=10,
)
OVER_API = Answer(
    "over_limit_api",
    429,
    "{name} has reached its limit of calls",
    "The calls by other programs that the plan includes are used up{since}{limit}.",
    "Pages work as before. Calls are answered again when the limit starts anew{until}, or at once "
    "when its owner chooses a bigger plan.",
    retry_seconds=3600,
)
OVER_TRAFFIC = Answer(
    "over_limit_traffic",
    429,
    "{name} has reached its limit of traffic",
    f"The traffic that the plan includes is used up{{since}}{{limit}}. {_SAFE}",
    "It opens again when the limit starts anew{until}, or at once when its owner chooses a bigger "
    "plan.",
    retry_seconds=3600,
)
SLOW_API = Answer(
    "slow_api",
    429,
    "{name} answers fewer calls for now",
    "The calls by other programs that the plan includes are used up{since}{limit}, so {rate} a "
    "minute are answered.",
    "Try again in {seconds}. A bigger plan lifts this at once.",
    retry_seconds=1,
)
SLOW_TRAFFIC = Answer(
    "slow_traffic",
    429,
    "{name} answers fewer requests for now",
    f"The traffic that the plan includes is used up{{since}}{{limit}}, so {{rate}} requests a "
    f"minute are answered. {_SAFE}",
    "Try again in {seconds}. A bigger plan lifts this at once.",
    retry_seconds=1,
)
ALL = (
    BAD_HOST,
    UNKNOWN_HOST,
    NOT_FOUND,
    PREPARING,
    MIGRATING,
    ARCHIVED,
    DELETING,
    CLOSED,
    *CLOSED_BY_REASON.values(),
    BUSY,
    NO_ANSWER,
    STARTING,
    THROTTLED,
)
# Their places in braces are filled by `over_limit.py`.
OVER_LIMIT = (OVER_API, OVER_TRAFFIC, SLOW_API, SLOW_TRAFFIC)
