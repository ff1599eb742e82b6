"""What is in force for a tenant as those hear it who enforce it: nodes, and its own database.

Owns: putting the verdicts on its meters together. Does not own: the verdicts (`verdict.py`), the
form in which nodes read them (`kernel/gateway/limits.py`), refusing anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..money import HUNDRED, exact
from .terms import BLOCK, BLOCKED, OVER, SUSPEND, THROTTLE, UNKNOWN, WARNED, Terms

USERS, STORAGE, CALLS, TRAFFIC = "users", "storage_gb", "api_calls", "bandwidth_gb"
METERS = (USERS, STORAGE, CALLS, TRAFFIC)
# Counted by the month; the others are levels.
COUNTED = frozenset({CALLS, TRAFFIC})
GB = 1_000_000_000
# Nobody uses more than this, and the numbers of databases end not far above.
MOST = 2**62
_RANKS = {BLOCKED: 0, OVER: 1, WARNED: 2}


@dataclass(frozen=True)
class State:
    """How one meter of a tenant stands. `ends_at` is when its month ends, for what is counted;
    `mark` the highest percentage it has reached of those that people are told of.
    """

    meter: str
    limit: Decimal | None
    used: Decimal | None
    terms: Terms
    level: str
    in_force: bool
    over: bool = False
    mark: int = 0
    grace_until: datetime | None = None
    forced_since: datetime | None = None
    rate: int = 60
    people: bool = False
    ends_at: datetime | None = None


def database_limits(states: Iterable[State]) -> dict[str, int | None]:
    """Return the most users, and the bytes by which files may still grow; None for no limit.

    Without a grace a limit stands in the database at all times, since what a database refuses by
    itself nobody has to notice first; otherwise from the end of the grace on.
    """
    by_meter = {state.meter: state for state in states}
    users, storage = by_meter.get(USERS), by_meter.get(STORAGE)
    room = None
    if storage and _stands(storage):
        used = exact(storage.used) if storage.used is not None else Fraction(0)
        room = _whole(max(Fraction(0), _border(storage) - used) * GB)
    most = _whole(_border(users)) if users and _stands(users) else None
    return {"users": most, "storage_room": room}


def room_differs(before: int | None, now: int | None, limit: Decimal | None) -> bool:
    """Tell whether a database has to hear of another room; small differences it counts itself."""
    if before is None or now is None or not limit:
        return before != now
    if (before == 0) != (now == 0):
        return True
    near = now * HUNDRED < limit * GB * 25
    return abs(before - now) * HUNDRED > limit * GB * (1 if near else 5)


def node_limits(states: Iterable[State]) -> dict[str, Any]:
    """Return what nodes refuse or slow down: `api`, `traffic`, each only while it is in force."""
    found: dict[str, Any] = {}
    for state in states:
        if not state.in_force or state.terms.policy not in (BLOCK, THROTTLE):
            continue
        if state.meter == CALLS:
            found["api"] = _told(state)
        elif state.meter == TRAFFIC:
            found["traffic"] = {**_told(state), "people": state.people}
    return found


def wants_restriction(states: Iterable[State]) -> bool:
    """Tell whether the tenant is to get no new users and apps: it will be closed after its grace
    if its use stays.
    """
    return any(_closes(state) and state.over and not state.in_force for state in states)


def wants_suspension(states: Iterable[State]) -> str:
    """Return the meter for which the tenant is to be closed, empty for none."""
    found = [state.meter for state in states if _closes(state) and state.in_force]
    return found[0] if found else ""


def worst(states: Iterable[State]) -> State | None:
    """Return the meter that people have to hear of first; None when nothing has to be said."""
    ranked = [state for state in states if state.level in _RANKS]
    return min(ranked, key=lambda one: (_RANKS[one.level], METERS.index(one.meter)), default=None)


def worst_level(levels: Iterable[str]) -> str:
    """Return the level that says most about a tenant; an empty text when there is none."""
    order = (BLOCKED, OVER, WARNED, UNKNOWN)
    told = set(levels)
    return next((level for level in order if level in told), "ok" if told else "")


def _closes(state: State) -> bool:
    return state.terms.policy == SUSPEND


def _stands(state: State) -> bool:
    if state.limit is None or state.terms.policy != BLOCK:
        return False
    return state.in_force or not state.terms.grace_days


def _border(state: State) -> Fraction:
    return exact(state.limit) * state.terms.hard / HUNDRED


def _whole(number: Fraction) -> int:
    return min(number.__floor__(), MOST)


def _told(state: State) -> dict[str, Any]:
    slow = state.terms.policy == THROTTLE
    unit = 1 if state.meter == CALLS else GB
    return {
        "policy": state.terms.policy,
        "rate": state.rate if slow else 0,
        "since": _epoch(state.forced_since),
        "until": _epoch(state.ends_at),
        "limit": _whole(exact(state.limit or 0) * unit),
    }


def _epoch(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at else None
