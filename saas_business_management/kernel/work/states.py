"""The states of an operation and of its steps.

Owns: the closed lists and the moves between them. Does not own: who moves (the job engine), labels.
"""

from collections.abc import Mapping

from ..errors import Refused

WAITING = "waiting"
RUNNING = "running"
UNDOING = "undoing"
DONE = "done"
FAILED = "failed"
DEAD = "dead"
CANCELLED = "cancelled"

JOB_STATES = (WAITING, RUNNING, UNDOING, DONE, FAILED, DEAD, CANCELLED)
# Somebody may still work on it; its dedupe key is taken.
OPEN = frozenset({WAITING, RUNNING, UNDOING})
# What it made is its own: it may still go on or take it back, a dead one at a person's word.
UNSETTLED = OPEN | {DEAD}
# A worker holds its lease; its serial key is taken.
HELD = frozenset({RUNNING, UNDOING})
ENDED = frozenset({DONE, FAILED, DEAD, CANCELLED})

# An operation that undoes may wait for the other side as well: it returns to `waiting` and goes on
# undoing.
JOB_MOVES: Mapping[str, frozenset[str]] = {
    WAITING: frozenset({RUNNING, UNDOING, CANCELLED, DEAD}),
    RUNNING: frozenset({WAITING, DONE, UNDOING, DEAD}),
    UNDOING: frozenset({WAITING, FAILED, CANCELLED, DEAD}),
    # A person looked and says: go on, or take it back.
    DEAD: frozenset({WAITING, UNDOING}),
    DONE: frozenset(),
    FAILED: frozenset(),
    CANCELLED: frozenset(),
}

TODO = "todo"
STEP_RUNNING = "running"
STEP_DONE = "done"
SKIPPED = "skipped"
STEP_FAILED = "failed"
UNDONE = "undone"

STEP_STATES = (TODO, STEP_RUNNING, STEP_DONE, SKIPPED, STEP_FAILED, UNDONE)
# A step whose worker died is running when it is taken over, and may be set back to begin again from
# before.
STEP_MOVES: Mapping[str, frozenset[str]] = {
    TODO: frozenset({STEP_RUNNING, SKIPPED}),
    STEP_RUNNING: frozenset({STEP_DONE, STEP_FAILED, UNDONE, TODO}),
    STEP_DONE: frozenset({UNDONE, TODO}),
    SKIPPED: frozenset({UNDONE, TODO}),
    STEP_FAILED: frozenset({STEP_RUNNING, UNDONE}),
    UNDONE: frozenset(),
}


def check_move(state: str, target: str, moves: Mapping[str, frozenset[str]] = JOB_MOVES) -> None:
    """Accept a move of an operation or, with `STEP_MOVES`, of a step; staying is accepted.

    Raises:
        Refused: `operation_move`.
    """
    if state != target and target not in moves.get(state, frozenset()):
        raise Refused("operation_move", state=state, target=target)
