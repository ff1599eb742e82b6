"""What a caller is told whose limit is reached.

Owns: the answers, how long to wait. Does not own: which limit is reached (`limits.py`), tokens of a
throttled one (`bucket.py`), status and dialect (`gateway/pages.py`).
"""

import math
from dataclasses import replace
from datetime import datetime, timezone

from .answers import OVER_API, OVER_TRAFFIC, SLOW_API, SLOW_TRAFFIC, Answer, day_in_words
from .bucket import Rate
from .limits import API, BLOCK, Rule

# A bigger plan lifts a limit at once, so nobody is sent away for the rest of a month.
LONGEST_WAIT_SECONDS = 3600
_BURST_SECONDS = 6
_UNITS = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def rate_of(rule: Rule) -> Rate:
    """Return how calls flow under a limit that throttles: a tenth of a minute's at once."""
    return Rate(burst=max(1, rule.rate * _BURST_SECONDS // 60), seconds=60 / rule.rate)


def over_limit(rule: Rule, now: float, wait_seconds: float = 0) -> Answer:
    """Return the answer of a limit; `wait_seconds` is until the next token when it throttles."""
    if rule.policy == BLOCK:
        left = LONGEST_WAIT_SECONDS if rule.until is None else rule.until - now
        answer = OVER_API if rule.meter == API else OVER_TRAFFIC
        return _filled(answer, rule, min(left, LONGEST_WAIT_SECONDS))
    return _filled(SLOW_API if rule.meter == API else SLOW_TRAFFIC, rule, wait_seconds)


def _filled(answer: Answer, rule: Rule, wait_seconds: float) -> Answer:
    seconds = max(1, math.ceil(wait_seconds))
    words = {
        "{limit}": f" ({_amount(rule)})" if rule.limit is not None else "",
        "{since}": f" since {_day(rule.since)}" if rule.since is not None else "",
        "{until}": f" on {_day(rule.until)}" if rule.until is not None else "",
        "{rate}": f"{rule.rate:,}",
        "{seconds}": f"{seconds:,} second{'' if seconds == 1 else 's'}",
    }
    return replace(
        answer,
        message=_put(answer.message, words),
        next_step=_put(answer.next_step, words),
        retry_seconds=seconds,
    )


def _put(text: str, words: dict[str, str]) -> str:
    for place, word in words.items():
        text = text.replace(place, word)
    return text


def _amount(rule: Rule) -> str:
    return f"{rule.limit:,} calls" if rule.meter == API else amount_in_words(rule.limit)


def amount_in_words(size: int) -> str:
    """Return a number of bytes as people say it: 12.5 GB; 1 GB is 10⁹ bytes."""
    for unit, name in _UNITS:
        if size >= unit:
            tenths = size * 10 // unit
            whole, rest = divmod(tenths, 10)
            return f"{whole:,}.{rest} {name}" if rest else f"{whole:,} {name}"
    return f"{size} bytes"


def _day(instant: float) -> str:
    return day_in_words(datetime.fromtimestamp(instant, timezone.utc).date().isoformat())
