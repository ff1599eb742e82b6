"""The course of a support access: a table of moves.

Owns: states, events, who may make which. Does not own: the times (`times.py`), writing the state
(`models/saas_support_access.py`).
"""

from dataclasses import dataclass

from ..errors import Refused

DRAFT, ASKED, ALLOWED, INSIDE, LEAVING = "draft", "asked", "allowed", "inside", "leaving"
OVER, REFUSED, LAPSED, WITHDRAWN = "over", "refused", "lapsed", "withdrawn"
STATES = (DRAFT, ASKED, ALLOWED, INSIDE, LEAVING, OVER, REFUSED, LAPSED, WITHDRAWN)
# Nothing can happen any more.
FINAL = frozenset({OVER, REFUSED, LAPSED, WITHDRAWN})
# A guest may exist inside the tenant.
GUEST_THERE = frozenset({INSIDE, LEAVING})

OPERATOR, CUSTOMER, SYSTEM = "operator", "customer", "system"

ASK, ALWAYS, NEVER = "ask", "always", "never"
RULES = (ASK, ALWAYS, NEVER)


@dataclass(frozen=True)
class Move:
    """One row: what happens, in which states, where it leads, who may do it."""

    event: str
    sources: tuple[str, ...]
    target: str
    actors: frozenset[str]


def _move(event: str, sources: tuple[str, ...], target: str, *actors: str) -> Move:
    return Move(event, sources, target, frozenset(actors))


TABLE = (
    _move("asked", (DRAFT,), ASKED, OPERATOR),
    # The system allows where the tenant's rule does not want to be asked.
    _move("allowed", (DRAFT,), ALLOWED, SYSTEM),
    _move("allowed", (ASKED,), ALLOWED, CUSTOMER),
    _move("refused", (ASKED,), REFUSED, CUSTOMER),
    _move("withdrawn", (DRAFT, ASKED), WITHDRAWN, OPERATOR),
    _move("lapsed", (ASKED, ALLOWED), LAPSED, SYSTEM),
    _move("entered", (ALLOWED,), INSIDE, SYSTEM),
    _move("ended", (ALLOWED,), OVER, OPERATOR, CUSTOMER),
    _move("ended", (INSIDE,), LEAVING, OPERATOR, CUSTOMER),
    _move("expired", (INSIDE,), LEAVING, SYSTEM),
    _move("left", (LEAVING,), OVER, SYSTEM),
)
EVENTS = tuple(dict.fromkeys(move.event for move in TABLE))


def decide(state: str, event: str, actor: str) -> str:
    """Return the state that the event leads to.

    Raises:
        Refused: `support_move` when it cannot happen in this state, or not by this actor.
    """
    for move in TABLE:
        if move.event == event and state in move.sources and actor in move.actors:
            return move.target
    raise Refused("support_move", state=state)


def first_event(rule: str) -> tuple[str, str]:
    """Return what asking does under a tenant's rule, and in whose name.

    Raises:
        Refused: `support_never`.
    """
    if rule == NEVER:
        raise Refused("support_never")
    return ("allowed", SYSTEM) if rule == ALWAYS else ("asked", OPERATOR)
