"""Whether a cluster that does not answer is asked again at once or left in peace for a while.

Owns: after how many time-outs looks pause, and for how long. Does not own: looking.
"""

from datetime import timedelta

TIMEOUTS = frozenset({"statement_timeout", "lock_timeout", "look_too_long"})
PAUSES_AFTER = 3
PAUSE = timedelta(minutes=15)


def timeouts_in_a_row(before: int, problem: str) -> int:
    """Return how many looks in a row took too long, after one with this problem (empty: none).

    A server that refuses at once costs nothing: asking it again is no burden.
    """
    return before + 1 if problem in TIMEOUTS else 0


def pauses(timeouts: int) -> bool:
    """Tell whether looks pause now; a look after the pause that takes too long pauses again."""
    return timeouts >= PAUSES_AFTER
