"""Was a minute of service good? From what a tenant's visitors met, else from its front door.

Owns: the verdict of a minute, of each minute of a stretch. Does not own: counting, looking, what is
excluded (`month.py`).

A minute is good when at least 99 % of its requests were no failure of ours (5xx) and were answered
within 10 s. With fewer than five requests the front door decides: two misses in a row are an
outage, which began with the first. Without evidence a minute is unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .spans import Span

GOOD = "ok"
BAD = "critical"
UNKNOWN = "unknown"
VERDICTS = (GOOD, BAD, UNKNOWN)

MINUTE = timedelta(minutes=1)
ENOUGH = 5
GOOD_PERCENT = 99
# How long a look at the front door is evidence, and how many misses are an outage.
EVIDENCE = timedelta(minutes=15)
IN_A_ROW = 2

OPEN = "open"
MISS = "miss"


@dataclass(frozen=True)
class Counts:
    """Requests of a minute: how many, how many failed (5xx), how many took longer than 10 s."""

    requests: int
    failures: int = 0
    slow: int = 0

    @property
    def bad(self) -> int:
        """How many were not served; one that failed slowly counts once at most per request."""
        return min(self.requests, self.failures + self.slow)


@dataclass(frozen=True)
class Look:
    """A look at the front door: `open`, or `miss`. A look that told nothing is none."""

    at: datetime
    found: str


def verdict(counts: Counts | None, door: str) -> str:
    """Return what a minute was; `door` is the verdict of the front door for it."""
    if counts is None or counts.requests < ENOUGH:
        return door
    good = counts.requests - counts.bad
    return GOOD if good * 100 >= GOOD_PERCENT * counts.requests else BAD


def minute_of(at: datetime) -> datetime:
    """Return the minute that an instant lies in."""
    return at.replace(second=0, microsecond=0)


def stretch(
    counts: Mapping[datetime, Counts], looks: Sequence[Look], since: datetime, until: datetime
) -> list[Span]:
    """Return the verdicts of the minutes of `[since, until)`, both whole minutes.

    `counts` are by minute; `looks` in order, from at least `EVIDENCE` before `since` on.
    """
    door = _door(looks)
    found: list[Span] = []
    begun = at = since
    while at < until:
        state = verdict(counts.get(at), door.get(at, UNKNOWN))
        at += MINUTE
        if found and found[-1].state == state:
            found.pop()
        else:
            begun = at - MINUTE
        found.append(Span(begun, at, state))
    return found


def _door(looks: Sequence[Look]) -> dict[datetime, str]:
    """Return by minute what the front door says; a look holds until the next or while it is
    evidence.
    """
    found = {}
    for place, look in enumerate(looks):
        after = looks[place + 1] if place + 1 < len(looks) else None
        at = minute_of(look.at)
        end = at + EVIDENCE
        if after:
            end = min(end, minute_of(after.at))
        state = _said(looks, place)
        while at < end:
            found[at] = state
            at += MINUTE
    return found


def _said(looks: Sequence[Look], place: int) -> str:
    """A miss is an outage together with the miss before or after it."""
    if looks[place].found != MISS:
        return GOOD
    first = place
    while first > 0 and _follow(looks[first - 1], looks[first]):
        first -= 1
    last = place
    while last + 1 < len(looks) and _follow(looks[last], looks[last + 1]):
        last += 1
    return BAD if last - first + 1 >= IN_A_ROW else GOOD


def _follow(one: Look, after: Look) -> bool:
    """Tell whether two looks are misses of which the first was evidence when the other came."""
    return one.found == after.found == MISS and after.at - one.at <= EVIDENCE
