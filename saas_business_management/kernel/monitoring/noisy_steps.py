"""What is done about a noisy neighbour, mildest first, and how far it goes without a person.

Owns: the order of steps, which may be taken by itself, how much is left to who is held back, when a
hold and a finding are over. Does not own: naming (`noisy.py`), doing (models).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

INFORM = "inform"
LIMIT = "limit"
NIGHT = "night"
MOVE = "move"
LADDER = (INFORM, LIMIT, NIGHT, MOVE)
# Without a person nothing goes further than the limit at the gateway.
BY_ITSELF = (INFORM, LIMIT)

FOUND, ACTING, OVER = "found", "acting", "over"
STATES = (FOUND, ACTING, OVER)
# So long nobody was noisy: then it is over, and what was done by itself is undone.
QUIET = timedelta(minutes=30)
# Informing comes first: then there is time to do something before the limit.
PATIENCE = timedelta(minutes=15)
# Nobody is held back longer at a stretch, whoever did it and whatever became of measuring.
LONGEST_HOLD = timedelta(days=1)
# Holding back halves, but leaves so much that people go on working.
LEAST_CALLS, USUAL_CALLS = 30, 60
LEAST_REQUESTS = 2
LEAST_CONNECTIONS = 6

NOTHING = "nothing"
AUTOMATIC = (NOTHING, INFORM, LIMIT)


@dataclass(frozen=True)
class Hold:
    """What is left: calls of programs a minute, requests at once on a node, connections."""

    calls: int
    requests: int
    connections: int


def hold(calls_a_minute: float | None, requests: int, connections: int) -> Hold:
    """Return half of what a tenant may have now, of calls half of those it made.

    `requests` and `connections` are those in force; never more than these is given.
    """
    calls = max(LEAST_CALLS, int(calls_a_minute / 2)) if calls_a_minute else USUAL_CALLS
    return Hold(
        calls,
        min(requests, max(LEAST_REQUESTS, requests // 2)),
        min(connections, max(LEAST_CONNECTIONS, connections // 2)),
    )


def stricter(own: int, held: int) -> int:
    """Return the smaller of two limits of which 0 is none."""
    return min((one for one in (own, held) if one), default=0)


def hold_is_over(since: datetime, until: datetime | None, now: datetime) -> bool:
    """Whether a hold ends now; one that says no end ends after the longest."""
    return now >= (until or since + LONGEST_HOLD)


def next_by_itself(
    allowed: str, taken: Collection[str], informed_at: datetime | None, now: datetime
) -> str:
    """Return the step to take now without a person; an empty text for none.

    `allowed` is how far it may go, `taken` what is in force or was undone by a person, which is not
    done again. `informed_at` is when the customer was written to.
    """
    if allowed not in BY_ITSELF:
        return ""
    if INFORM not in taken:
        return INFORM
    waited = informed_at is not None and now - informed_at >= PATIENCE
    return LIMIT if allowed == LIMIT and LIMIT not in taken and waited else ""


def is_over(last_seen: datetime, now: datetime) -> bool:
    """Whether a finding is over: nobody saw it for half an hour."""
    return now - last_seen >= QUIET
