"""The course of an alert: pending, firing, resolved; one pass of a rule over its subjects.

Owns: when which comes, the guard against flapping, what a gap of the watcher means. Does not own:
figures, rows, who is told (`grouping.py`). Instants are aware or naive alike, never mixed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .rule import Key, Rule

PENDING, FIRING, RESOLVED = "pending", "firing", "resolved"
STATES = (PENDING, FIRING, RESOLVED)

# What a pass does to an alert beside entering a state.
DROPPED = "dropped"
CLEARING = "clearing"
HOLDING = "holding"
RESTARTED = "restarted"

# Passes that are further apart than this prove nothing about the time between them.
GAP = timedelta(minutes=3)
FLAPPING_OVER = 3
FLAP_WINDOW = timedelta(hours=1)
# What a rule that keeps nothing is kept when it flaps, before it is doubled.
LEAST_KEEP = timedelta(minutes=5)


@dataclass(frozen=True)
class Open:
    """An alert that is pending or firing: since when, and since when its rule no longer holds.

    `flips` counts how often it began or ended firing within the last hour.
    """

    state: str
    since: datetime
    clear_since: datetime | None = None
    flips: int = 0


@dataclass(frozen=True)
class Move:
    """What a pass does to one subject: a state it enters, or one of the words above."""

    subject: int
    to: str
    value: float | None = None


def is_gap(last: datetime | None, now: datetime) -> bool:
    """Tell whether nobody watched between two passes; before the first one nobody did."""
    return last is None or now - last > GAP


def kept_for(rule: Rule, flips: int) -> timedelta:
    """Return how long a rule must not hold before its alert is resolved."""
    keep = timedelta(minutes=rule.keep_minutes)
    return 2 * max(keep, LEAST_KEEP) if flips > FLAPPING_OVER else keep


def move(
    rule: Rule, before: Open | None, verdict: bool | None, now: datetime, gap: bool
) -> str | None:
    """Return what becomes of an alert in this pass, None when nothing does.

    Across a gap nothing fires and nothing is resolved: what is pending begins anew, and the time
    for which a firing one must be quiet begins anew.
    """
    if verdict is None:
        return _unknown(before, gap)
    if before is None:
        return _begin(rule, gap) if verdict else None
    if before.state == PENDING:
        return _pending(rule, before, verdict, now, gap)
    return _firing(rule, before, verdict, now, gap)


def _unknown(before: Open | None, gap: bool) -> str | None:
    if before is None or not gap:
        return None
    if before.state == PENDING:
        return RESTARTED
    return CLEARING if before.clear_since else None


def _begin(rule: Rule, gap: bool) -> str:
    return FIRING if not rule.for_minutes and not gap else PENDING


def _pending(rule: Rule, before: Open, verdict: bool, now: datetime, gap: bool) -> str | None:
    if not verdict:
        return DROPPED
    if gap:
        return RESTARTED
    return FIRING if now - before.since >= timedelta(minutes=rule.for_minutes) else None


def _firing(rule: Rule, before: Open, verdict: bool, now: datetime, gap: bool) -> str | None:
    if verdict:
        return HOLDING if before.clear_since else None
    keep = kept_for(rule, before.flips)
    if gap:
        return CLEARING
    quiet = now - (before.clear_since or now)
    if quiet >= keep:
        return RESOLVED
    return None if before.clear_since else CLEARING


def run(
    rule: Rule,
    subjects: Iterable[int],
    figures: Mapping[int, Mapping[Key, float]],
    before: Mapping[int, Open],
    now: datetime,
    gap: bool,
    thresholds: Mapping[int, float] | None = None,
) -> Iterator[Move]:
    """Yield what one pass of a rule does; a subject that is gone is let go.

    `thresholds` holds those of single subjects instead of the rule's own.
    """
    there = set(subjects)
    for subject in sorted(there):
        mine = rule
        if thresholds and subject in thresholds:
            mine = rule.with_threshold(thresholds[subject])
        told = figures.get(subject, {})
        to = move(mine, before.get(subject), mine.verdict(told), now, gap)
        if to is not None:
            yield Move(subject, to, mine.value(told))
    for subject in sorted(set(before) - there):
        yield Move(subject, DROPPED if before[subject].state == PENDING else RESOLVED)
