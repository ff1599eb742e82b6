"""The verdict on a request: let it through, or which answer it gets instead.

Owns: state → answer. Does not own: the words (`answers.py`) and how they are sent
(`gateway/pages.py`).
"""

from .answers import (
    ARCHIVED,
    CLOSED,
    CLOSED_BY_REASON,
    DELETING,
    MIGRATING,
    NOT_FOUND,
    PREPARING,
    UNKNOWN_HOST,
    Answer,
)
from .kind import Kind
from .route import SERVING, Route

SPARE_CONNECTIONS = 3

_BY_STATE = {
    "provisioning": PREPARING,
    "migrating": MIGRATING,
    "archived": ARCHIVED,
    "deleting": DELETING,
    "gone": UNKNOWN_HOST,
    "standby": UNKNOWN_HOST,
}


def decide(route: Route | None, kind: Kind) -> Answer | None:
    """Return None to let the request through, else what the caller is told.

    A state that this version does not know is closed, never open.
    """
    if route is None:
        return UNKNOWN_HOST
    if kind is Kind.MANAGER:
        return NOT_FOUND
    if route.state in SERVING:
        return None
    if route.state == "suspended":
        return CLOSED_BY_REASON.get(route.reason, CLOSED)
    return _BY_STATE.get(route.state, CLOSED)


def slots(connections: int, processes: int) -> int:
    """Return how many requests of one tenant may run at once in one process, at least one.

    Three connections stay free for crons, the bus and the control plane.
    """
    return max(1, (connections - SPARE_CONNECTIONS) // max(1, processes))
