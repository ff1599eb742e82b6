"""Reading a table of transitions: may an event happen in a state, and what stands in its way.

Owns: how rows, rights, reasons and guards are weighed against each other. Does not own: the tables,
facts and guards (the rooms), what is remembered after a move (their machines).

Several rows of one event are alternatives. Within a row the right is asked first, the reason next,
then the guards in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

OPERATOR = "operator"


class Row(Protocol):
    """What a row of any table says."""

    @property
    def event(self) -> str: ...
    @property
    def sources(self) -> tuple[str, ...]: ...
    @property
    def guards(self) -> tuple[str, ...]: ...
    @property
    def right(self) -> str: ...
    @property
    def needs_reason(self) -> bool: ...


@dataclass(frozen=True)
class Move:
    """A row that leads to a state: what happens, in which states, what has to be so."""

    event: str
    sources: tuple[str, ...]
    target: str
    guards: tuple[str, ...] = ()
    needs_reason: bool = False
    right: str = OPERATOR


class Known(Protocol):
    """What the facts of any decision tell."""

    @property
    def reason(self) -> str: ...
    def may(self, right: str) -> bool: ...


RowOf = TypeVar("RowOf", bound=Row)
Guards = Mapping[str, Callable[[Any], bool]]


def choose(
    table: Iterable[RowOf], guards: Guards, state: str, event: str, facts: Known
) -> tuple[RowOf | None, str]:
    """Return the row that applies, or none and why not.

    Why is `not_from_here`, `no_right`, `no_reason` or the name of a guard; of several alternatives
    the one that came furthest is told.
    """
    best = (-1, "not_from_here")
    for row in table:
        if row.event == event and state in row.sources:
            passed, why = _obstacle(row, guards, facts)
            if not why:
                return row, ""
            best = max(best, (passed, why), key=lambda found: found[0])
    return None, best[1]


def possible(
    table: Sequence[Row], guards: Guards, events: Iterable[str], state: str, facts: Known
) -> tuple[str, ...]:
    """Return the events, of these and in their order, that may happen now."""
    return tuple(one for one in events if choose(table, guards, state, one, facts)[0])


def _obstacle(row: Row, guards: Guards, facts: Known) -> tuple[int, str]:
    """Return how many checks passed and the name of the first that did not, empty when all did."""
    if not facts.may(row.right):
        return 0, "no_right"
    if row.needs_reason and not facts.reason:
        return 1, "no_reason"
    for passed, name in enumerate(row.guards, start=2):
        if not guards[name](facts):
            return passed, name
    return len(row.guards) + 2, ""
