"""Which tenants of a campaign go when, and when it stops by itself.

Owns: planning waves, the next step of a campaign that runs, the sample of a rehearsal. Does not
own: the upgrades (`saas.upgrade`), release windows, the clock: instants are arguments.

`next_step` looks at how things stand and remembers nothing: asked again after a crash it goes on
where the rows say it stood.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

TODO, BLOCKED, UPDATING, WATCHING = "todo", "blocked", "updating", "watching"
DONE, ROLLED_BACK, FAILED, LEFT_OUT = "done", "rolled_back", "failed", "left_out"
STAGES = (TODO, BLOCKED, UPDATING, WATCHING, DONE, ROLLED_BACK, FAILED, LEFT_OUT)
SETBACKS = frozenset({ROLLED_BACK, FAILED})
# Something may still happen to the tenant.
OPEN = frozenset({TODO, UPDATING, WATCHING})


@dataclass(frozen=True)
class Candidate:
    """A tenant before waves are planned."""

    key: int
    size: int = 0
    version: int = 0
    is_canary: bool = False


@dataclass(frozen=True)
class Item:
    """A tenant of a running campaign: its wave, how it stands, when it may begin.

    `opens_at` is the beginning of its next release window, None when it has none at all.
    """

    key: int
    wave: int
    stage: str = TODO
    opens_at: datetime | None = None


@dataclass(frozen=True)
class Terms:
    """How many at once, at how many setbacks it stops, how long it rests between waves."""

    at_once: int = 2
    stop_after: int = 3
    pause: timedelta = timedelta(0)
    by_itself: bool = False


@dataclass(frozen=True)
class Course:
    """Where a campaign stands: its wave, since when that wave has nothing left to begin or end,
    and setbacks that were looked at and no longer count (a person resumed after them).
    """

    wave: int = 1
    rests_since: datetime | None = None
    forgiven: int = 0


@dataclass(frozen=True)
class Step:
    """What to do now: tenants to begin, the wave to go to, whether to stop or end.

    `waits` says for what nothing is begun: `window`, `pause`, `person`, `upgrades`, `watch` or
    nothing;
    `until` is when to look again, where that is known.
    """

    begin: tuple[int, ...] = ()
    wave: int = 0
    halt: bool = False
    finish: bool = False
    rests: bool = False
    waits: str = ""
    until: datetime | None = None


def plan(tenants: Iterable[Candidate], canaries: int, size: int) -> list[list[int]]:
    """Return the keys of each wave, every tenant once: canaries first, then `size` at a time.

    Chosen canaries are the first wave. Without a choice the smallest go, one of each version they
    come from before a second of the same.
    """
    ordered = sorted(tenants, key=lambda one: (one.size, one.key))
    first = [one.key for one in ordered if one.is_canary]
    if not first:
        first = _varied(ordered, canaries)
    taken = set(first)
    rest = [one.key for one in ordered if one.key not in taken]
    size = max(size, 1)
    waves = [rest[at : at + size] for at in range(0, len(rest), size)]
    return [first, *waves] if first else waves


def sample(tenants: Iterable[Candidate], count: int) -> list[int]:
    """Return whom to rehearse: the largest, one of each version before a second of the same."""
    return _varied(sorted(tenants, key=lambda one: (-one.size, one.key)), count)


def _varied(ordered: Sequence[Candidate], count: int) -> list[int]:
    """Return the first of them, taking turns between the versions they come from."""
    turns: dict[int, int] = {}
    ranked = []
    for place, one in enumerate(ordered):
        turn = turns.get(one.version, 0)
        turns[one.version] = turn + 1
        ranked.append((turn, place, one.key))
    return [key for _turn, _place, key in sorted(ranked)[: max(count, 0)]]


def setbacks(items: Iterable[Item]) -> int:
    """Return how many upgrades failed or were rolled back."""
    return sum(one.stage in SETBACKS for one in items)


def next_step(items: Collection[Item], terms: Terms, course: Course, now: datetime) -> Step:
    """Return what to do now.

    So many are under way at most that setbacks cannot pass `stop_after`, even when all of those
    fail. A wave begins only when none before it has anything left to begin, under way or watched.
    """
    left = terms.stop_after - (setbacks(items) - course.forgiven)
    if left <= 0:
        return Step(halt=True, wave=course.wave)
    current = [one for one in items if one.wave <= course.wave]
    under_way = sum(one.stage == UPDATING for one in items)
    todo = [one for one in current if one.stage == TODO]
    if todo:
        return _begin(todo, min(terms.at_once, left) - under_way, under_way, course, now)
    if under_way:
        return Step(wave=course.wave, waits="upgrades")
    later = sorted({one.wave for one in items if one.wave > course.wave and one.stage == TODO})
    if not later:
        return _end(items, course)
    if any(one.stage == WATCHING for one in current):
        return Step(wave=course.wave, waits="watch")
    return _rest(later[0], items, terms, course, now)


def _begin(todo: Sequence[Item], room: int, under_way: int, course: Course, now: datetime) -> Step:
    ordered = sorted(todo, key=lambda one: (one.wave, one.key))
    ready = [one for one in ordered if one.opens_at is not None and one.opens_at <= now]
    begin = tuple(one.key for one in ready[: max(room, 0)])
    if begin or under_way:
        return Step(begin=begin, wave=course.wave, waits="" if begin else "upgrades")
    known = [one.opens_at for one in ordered if one.opens_at is not None]
    return Step(wave=course.wave, waits="window", until=min(known, default=None))


def _end(items: Iterable[Item], course: Course) -> Step:
    """Nothing is left to begin: it is over when no watch period runs either."""
    if any(one.stage == WATCHING for one in items):
        return Step(wave=course.wave, waits="watch")
    return Step(wave=course.wave, finish=True)


def _rest(
    following: int, items: Iterable[Item], terms: Terms, course: Course, now: datetime
) -> Step:
    """The wave is through: go on after the pause, or when a person says so."""
    if course.rests_since is None:
        return Step(wave=course.wave, rests=True, waits="pause")
    until = course.rests_since + terms.pause
    if not terms.by_itself:
        return Step(wave=course.wave, waits="person")
    if now < until:
        return Step(wave=course.wave, waits="pause", until=until)
    return Step(wave=following)


def seconds_left(
    seconds_each: float, waiting: int, at_once: int, elapsed: Iterable[float] = ()
) -> float:
    """Return about how many seconds the rest takes, without pauses and windows: `waiting` upgrades
    that have not begun, and those under way since `elapsed` seconds. 0 where nobody knows.
    """
    if seconds_each <= 0:
        return 0.0
    lanes = [max(seconds_each - one, 0.0) for one in elapsed]
    lanes += [0.0] * (max(at_once, 1) - len(lanes))
    heapq.heapify(lanes)
    for _one in range(waiting):
        heapq.heapreplace(lanes, lanes[0] + seconds_each)
    return max(lanes)
