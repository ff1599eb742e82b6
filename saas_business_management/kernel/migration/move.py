"""Two copies of a tenant while it moves: which of them counts, and who may write where.

Owns: the states of a move, the deeds it is made of, the rule that never two copies take writes.
Does not own: doing the deeds (`jobs/move_tenant.py`, `jobs/undo_move.py`), what stands in the way
(`move_fit.py`).

A copy is open when its role may log in under a password that nodes have. What loads, dumps or
compares a closed copy logs in under a password that no node has, and the source is read-only
meanwhile.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..errors import Refused

SOURCE, DESTINATION = "source", "destination"

# What people see of a move. From SWITCHED on the destination counts.
COPYING, FROZEN, SWITCHED, DONE = "copying", "frozen", "switched", "done"
FAILED, UNDONE = "failed", "undone"
STATES = (COPYING, FROZEN, SWITCHED, DONE, FAILED, UNDONE)
RUNNING = frozenset({COPYING, FROZEN, SWITCHED})

CLOSE_SOURCE = "close_source"
COPY = "copy"
SWITCH = "switch"
OPEN_DESTINATION = "open_destination"
DROP_COPY = "drop_copy"
OPEN_SOURCE = "open_source"
CLOSE_DESTINATION = "close_destination"
SWITCH_BACK = "switch_back"

# There, the way back before the switch, and the way back after it.
MOVE = (CLOSE_SOURCE, COPY, SWITCH, OPEN_DESTINATION)
GIVE_UP = (DROP_COPY, OPEN_SOURCE)
UNDO = (CLOSE_DESTINATION, SWITCH_BACK, OPEN_SOURCE)
KEEP = (OPEN_DESTINATION,)


@dataclass(frozen=True)
class Copies:
    """How both copies stand. `counts` is the one that records and routes name; `equal` says that
    the destination is what the source is; `serves` that the tenant is open to its users at all.
    """

    counts: str = SOURCE
    source_open: bool = True
    destination_open: bool = False
    equal: bool = False
    serves: bool = True

    def __post_init__(self) -> None:
        if self.source_open and self.destination_open:
            raise Refused("move_two_writable")

    @property
    def writable(self) -> frozenset[str]:
        """Return the copies that take writes: one or none."""
        sides = ((SOURCE, self.source_open), (DESTINATION, self.destination_open))
        return frozenset(side for side, is_open in sides if is_open)

    @property
    def at_rest(self) -> bool:
        """Tell whether things may stay like this: the copy that counts is open, if any is."""
        return self.writable == (frozenset({self.counts}) if self.serves else frozenset())


def at_start(serves: bool) -> Copies:
    """Return how things stand before a move; a tenant that is closed stays so."""
    return Copies(source_open=serves, serves=serves)


def do(copies: Copies, deed: str, written: bool = False) -> Copies:
    """Return how things stand after a deed; doing it twice changes nothing more. `written` says
    whether the destination was written to since it opened.

    Raises: Refused (`move_order` when it may not be done now, `move_written`).
    """
    if deed not in _DEEDS:
        raise Refused("move_order", deed=deed)
    return _DEEDS[deed](copies, written)


def play(copies: Copies, deeds: Iterable[str]) -> Copies:
    """Return how things stand after several deeds.

    Raises: as `do`.
    """
    for deed in deeds:
        copies = do(copies, deed)
    return copies


def way_on(copies: Copies) -> tuple[str, ...]:
    """Return what has to be done after a move was given up: back before the switch, on after it."""
    return GIVE_UP if copies.counts == SOURCE else KEEP


# What the screen tells before anything was moved: an assumption on the careful side, not a figure.
BASE_SECONDS, MB_A_SECOND = 4, 15


def expected_outage(database_mb: float) -> int:
    """Return the whole seconds a freeze is expected to take, for a dump of so many megabytes."""
    return BASE_SECONDS + -int(-database_mb // MB_A_SECOND)


def _require(holds: bool, deed: str) -> None:
    if not holds:
        raise Refused("move_order", deed=deed)


def _close_source(copies: Copies, _written: bool) -> Copies:
    return replace(copies, source_open=False)


def _copy(copies: Copies, _written: bool) -> Copies:
    """What is copied while anybody writes is not the same a moment later."""
    _require(not copies.writable and copies.counts == SOURCE, COPY)
    return replace(copies, equal=True)


def _switch(copies: Copies, _written: bool) -> Copies:
    _require(not copies.writable and copies.equal, SWITCH)
    return replace(copies, counts=DESTINATION)


def _open_destination(copies: Copies, _written: bool) -> Copies:
    _require(copies.counts == DESTINATION and not copies.source_open, OPEN_DESTINATION)
    return replace(copies, destination_open=copies.serves)


def _drop_copy(copies: Copies, _written: bool) -> Copies:
    _require(copies.counts == SOURCE, DROP_COPY)
    return replace(copies, equal=False, destination_open=False)


def _open_source(copies: Copies, _written: bool) -> Copies:
    _require(copies.counts == SOURCE and not copies.destination_open, OPEN_SOURCE)
    return replace(copies, source_open=copies.serves, equal=False)


def _close_destination(copies: Copies, _written: bool) -> Copies:
    return replace(copies, destination_open=False)


def _switch_back(copies: Copies, written: bool) -> Copies:
    if written:
        raise Refused("move_written")
    _require(not copies.writable and (copies.equal or copies.counts == SOURCE), SWITCH_BACK)
    return replace(copies, counts=SOURCE)


_DEEDS = {
    CLOSE_SOURCE: _close_source,
    COPY: _copy,
    SWITCH: _switch,
    OPEN_DESTINATION: _open_destination,
    DROP_COPY: _drop_copy,
    OPEN_SOURCE: _open_source,
    CLOSE_DESTINATION: _close_destination,
    SWITCH_BACK: _switch_back,
}
