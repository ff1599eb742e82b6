"""Whether an upgrade that is in place stays there.

Owns: how many looks in a row may fail, when the watch is over. Does not own: looking, going back.
"""

from datetime import datetime

# One failed look may be the network; three in a row are the tenant.
MOST_FAILURES = 3
KEEP, WAIT, BACK = "keep", "wait", "back"


def judge(failures: int, now: datetime, until: datetime) -> str:
    """Return `back` after so many failed looks in a row, `keep` when the time is over and the last
    look was good, else `wait`."""
    if failures >= MOST_FAILURES:
        return BACK
    return KEEP if now >= until and not failures else WAIT
