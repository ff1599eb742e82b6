"""What a check of an outside service says about it: up, down or unknown, and since when.

Owns: the words, how many misses make it down, what nobody can tell. Does not own: checking
(`jobs/check_dependencies.py`), sentences (`messages/dependency.py`).

One miss may be a restart: two in a row are down. Unknown is never down: a check that we could not
make ourselves says nothing, and neither does a round in which nobody outside answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

UP = "up"
DOWN = "down"
UNKNOWN = "unknown"

HTTP = "http"
TCP = "tcp"
HEARTBEAT = "heartbeat"

MISSES_FOR_DOWN = 2
# Codes of our own for what errors do not say.
NEVER = "never_checked"
WRONG_STATUS = "wrong_status"
NO_MARKER = "no_marker"
SILENT = "heartbeat_late"
OURS = "our_network"
STALE = "stale"
REASONS = (NEVER, WRONG_STATUS, NO_MARKER, SILENT, OURS, STALE)
# So many different services have to be silent at once before we doubt our own line.
ALL_SILENT = 3
LATE_BEATS = 2
MARKER_BYTES = 64 * 1024


@dataclass(frozen=True)
class Seen:
    """What a check met: `problem` is empty when all was as expected. `refused` says that we did not
    even ask, `silent` that nothing came back; `milliseconds` is None when there was no answer.
    """

    problem: str = ""
    refused: bool = False
    silent: bool = False
    milliseconds: int | None = None


@dataclass(frozen=True)
class Standing:
    """How a service stands: its state, why, since when, misses in a row."""

    state: str = UNKNOWN
    reason: str = NEVER
    since: datetime | None = None
    misses: int = 0


def meets(status: int, body: bytes, wanted: int, marker: str) -> str:
    """Return what is wrong with an answer; `wanted` 0 means any status from 200 to 399."""
    right = status == wanted if wanted else 200 <= status < 400
    if not right:
        return WRONG_STATUS
    return NO_MARKER if marker and marker.encode() not in body else ""


def doubt(seen: Mapping[int, Seen]) -> dict[int, Seen]:
    """Return what was seen; when every one of several was silent, it was our own line."""
    asked = {key: one for key, one in seen.items() if not one.refused}
    if len(asked) < ALL_SILENT or not all(one.silent for one in asked.values()):
        return dict(seen)
    ours = {key: replace(one, problem=OURS, refused=True) for key, one in asked.items()}
    return {**seen, **ours}


def judge(before: Standing, seen: Seen, now: datetime) -> Standing:
    """Return how a service stands after a check; who could not be asked keeps its misses."""
    if seen.refused:
        return _stands(before, UNKNOWN, seen.problem, before.misses, now)
    if not seen.problem:
        return _stands(before, UP, "", 0, now)
    misses = before.misses + 1
    if misses >= MISSES_FOR_DOWN:
        return _stands(before, DOWN, seen.problem, misses, now)
    return _stands(before, before.state, seen.problem, misses, now)


def hear(beat_at: datetime | None, every: timedelta, now: datetime) -> Seen:
    """Return what the last call of a service that calls us means: two may be missed."""
    if beat_at is None:
        return Seen(NEVER, refused=True)
    return Seen(SILENT, silent=True) if now - beat_at > LATE_BEATS * every else Seen()


def numbers(seen: Seen, standing: Standing) -> dict[str, int]:
    """Return the figures of a check, without those that nobody knows."""
    if seen.refused:
        return {}
    told = {"dependency_up": 0 if seen.problem else 1, "dependency_misses": standing.misses}
    if seen.milliseconds is not None:
        told["dependency_ms"] = seen.milliseconds
    return told


def forget(before: Standing, now: datetime) -> Standing:
    """Return how a service stands that nobody checked for too long."""
    return _stands(before, UNKNOWN, STALE, before.misses, now)


def _stands(before: Standing, state: str, reason: str, misses: int, now: datetime) -> Standing:
    since = before.since if before.state == state and before.since else now
    return Standing(state, reason, since, misses)
