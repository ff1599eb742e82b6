"""How fast an error budget is used up: the four pairs of windows of a multi-window alert.

Owns: the windows, the rates, when a pair says that the budget burns. Does not own: alerts and whom
they are told.

Source: Google, The Site Reliability Workbook, chapter 5, table 5-8, for a budget of a month. With
few requests a rate says little: at least 50 bad requests or 3 bad minutes are needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from ..money import percent

LEAST_EVENTS = 50
LEAST_MINUTES = 3
PAGE, TICKET = "page", "ticket"


@dataclass(frozen=True)
class Pair:
    """A long and a short window, and the rate from which on both say that it burns."""

    long: timedelta
    short: timedelta
    rate: Fraction
    what: str


PAIRS = (
    Pair(timedelta(hours=1), timedelta(minutes=5), Fraction(144, 10), PAGE),
    Pair(timedelta(hours=6), timedelta(minutes=30), Fraction(6), PAGE),
    Pair(timedelta(days=1), timedelta(hours=2), Fraction(3), TICKET),
    Pair(timedelta(days=3), timedelta(hours=6), Fraction(1), TICKET),
)
WINDOWS = tuple(sorted({one for pair in PAIRS for one in (pair.long, pair.short)}))


@dataclass(frozen=True)
class Seen:
    """What a window held: minutes that count, bad ones among them, requests not served."""

    minutes: int
    bad: int
    events: int = 0


def rate(seen: Seen, target: Decimal) -> Fraction:
    """Return how many times faster than allowed the budget is used; 0 without minutes.

    A promise of 100 % has no budget: each bad minute counts as one that is used up at once.

    Raises: Refused (`percent_range`).
    """
    if not seen.minutes:
        return Fraction(0)
    allowed = 1 - percent(target, "target")
    part = Fraction(seen.bad, seen.minutes)
    return part / allowed if allowed else part * seen.minutes


def enough(seen: Seen) -> bool:
    """Tell whether so much went wrong that a rate says something."""
    return seen.bad >= LEAST_MINUTES or seen.events >= LEAST_EVENTS


def burning(windows: Mapping[timedelta, Seen], target: Decimal) -> Pair | None:
    """Return the first pair that says that the budget burns; `windows` has each of `WINDOWS`."""
    for pair in PAIRS:
        long, short = windows[pair.long], windows[pair.short]
        if not enough(long):
            continue
        if rate(long, target) >= pair.rate and rate(short, target) >= pair.rate:
            return pair
    return None
