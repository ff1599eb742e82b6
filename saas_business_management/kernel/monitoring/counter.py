"""What was added to counters between two looks.

Owns: differences that are never negative, what a reset means. Does not own: reading counters, where
the last ones are kept.

Nothing is known of the time across a reset, nor before a first look: then there is no figure.
"""

from collections.abc import Mapping

# Milliseconds in which sessions worked, of which the average number of them at work is made.
ACTIVE_MS = "active_ms"
ACTIVE_AVERAGE = "active_sessions_average"


def added(
    reset_before: str,
    before: Mapping[str, float],
    reset: str,
    numbers: Mapping[str, float],
) -> dict[str, float]:
    """Return what was added to each counter; `reset` names the beginning of counting.

    A counter that fell was set back without saying so, and has no figure.
    """
    if reset != reset_before:
        return {}
    return {
        name: number - before[name]
        for name, number in numbers.items()
        if name in before and number >= before[name]
    }


def active_average(
    before: Mapping[str, float], numbers: Mapping[str, float], seconds: float
) -> float | None:
    """Return how many sessions worked on average during `seconds`, None when nobody knows.

    The server books what a statement took a little after it ended: a small step back is no work,
    not a reset.
    """
    if seconds <= 0 or ACTIVE_MS not in before or ACTIVE_MS not in numbers:
        return None
    return max(0.0, numbers[ACTIVE_MS] - before[ACTIVE_MS]) / 1000 / seconds
