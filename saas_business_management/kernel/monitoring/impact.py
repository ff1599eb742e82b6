"""Whether a change of modules made a tenant slower or heavier: seven days before and after.

Owns: the two spans and what their difference is called. Does not own: the figures.
"""

from datetime import datetime, timedelta

SPAN = timedelta(days=7)
# With less on either side a difference says nothing.
LEAST_SPAN = timedelta(days=1)
WORSE, BETTER, SAME, EARLY, UNKNOWN = "worse", "better", "same", "early", "unknown"
VERDICTS = (WORSE, BETTER, SAME, EARLY, UNKNOWN)
# A fifth more or less is told; below that load of one week and the next differ anyway.
NOTED = 0.2


def spans(at: datetime, now: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Return the span before a change and the one after it, which ends now at the latest."""
    return (at - SPAN, at), (at, min(at + SPAN, now))


def verdict(before: float | None, after: float | None, at: datetime, now: datetime) -> str:
    """Return what became of a figure of which less is better."""
    if now - at < LEAST_SPAN:
        return EARLY
    if before is None or after is None or before <= 0:
        return UNKNOWN
    change = (after - before) / before
    if change > NOTED:
        return WORSE
    return BETTER if change < -NOTED else SAME


def whole(verdicts: list[str]) -> str:
    """Return the verdict on a change from those on its figures: what became worse counts first."""
    return next((one for one in VERDICTS if one in set(verdicts)), UNKNOWN)
