"""What happens on the way to a limit and at it: the levels, the policies, the terms of a meter.

Owns: these words, reading percentages that people wrote. Does not own: judging (`verdict.py`).
"""

from dataclasses import dataclass

from .thresholds import WARNED_AT

OK, WARNED, OVER, BLOCKED, UNKNOWN = "ok", "warned", "exceeded", "blocked", "unknown"
LEVELS = (OK, WARNED, OVER, BLOCKED, UNKNOWN)

NOTIFY, CHARGE, THROTTLE, BLOCK, SUSPEND = "notify", "charge", "throttle", "block", "suspend"
POLICIES = (NOTIFY, CHARGE, THROTTLE, BLOCK, SUSPEND)
# Something is refused, slowed down or closed.
FORCED = frozenset({THROTTLE, BLOCK, SUSPEND})
# Here the last one that is included is the last one: at the limit the next is one too many.
AT_THE_LIMIT = frozenset({THROTTLE, BLOCK})

MOST_PERCENT = 1000


@dataclass(frozen=True)
class Terms:
    """The terms of one meter: percentages of the limit, and days.

    `marks`: people are told when one is reached. `warn`: the screens warn. `hard`: from here on the
    policy is in force, once the grace is over.
    """

    marks: tuple[int, ...] = WARNED_AT
    warn: int = 80
    hard: int = 100
    grace_days: int = 3
    policy: str = NOTIFY


def parse_marks(text: str) -> tuple[int, ...]:
    """Return percentages such as "50, 80, 100" as numbers, the lowest first, each once.

    Raises: ValueError when a part is no whole number from 1 to 1000.
    """
    numbers = {int(part) for part in text.replace(";", ",").replace("%", "").split(",")}
    if any(not 1 <= number <= MOST_PERCENT for number in numbers):
        raise ValueError(text)
    return tuple(sorted(numbers))


def format_marks(marks: tuple[int, ...]) -> str:
    """Return the numbers as `parse_marks` reads them."""
    return ", ".join(str(mark) for mark in marks)
