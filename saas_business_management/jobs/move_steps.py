"""What a move and its undo have in common: closing one end, opening the other, the login page.

Owns: the steps around a change of place. Does not own: their order (`move_tenant.py`,
`undo_move.py`), the rule they follow (`kernel/migration/move.py`).

Facts they need: `database` and `generation` at the source, `copy` and `copy_generation` at the
destination, `open` (is the tenant open), `host`. The link is `move`.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from ..adapters.ports import ClusterPort, End
from .base import Context, Step
from .provision_tenant import check_page

# How long what runs may end by itself before it is ended: visitors are refused already.
PATIENCE_SECONDS = 2.0
# Who waits for a server in the middle of a freeze keeps people waiting.
GIVE_UP_SECONDS = 120


def source(ctx: Context) -> End:
    """Return the source, with the generation that opens it now."""
    return End(ctx.facts["database"], ctx.facts["login"])


def destination(ctx: Context) -> End:
    """Return the destination, with the generation that opens it now."""
    return End(ctx.facts["copy"], ctx.facts["copy_login"])


def is_open(ctx: Context) -> bool:
    """Tell whether the tenant is open to its users at all."""
    return bool(ctx.facts["open"])


def close(cluster: ClusterPort, name: str) -> dict[str, int]:
    """Close a database to everybody but us; return the generation to log in with, and how many
    were in the middle of something.
    """
    ended = cluster.freeze(name, PATIENCE_SECONDS)
    return {"login": cluster.lend_login(name), "ended": ended}


def reopen(cluster: ClusterPort, name: str, generation: int, is_open: bool) -> None:
    """Let a database take writes again, and its role log in when the tenant is open."""
    cluster.thaw(name)
    if is_open:
        cluster.ensure_role(name, generation)
        cluster.allow_logins(name)
    else:
        cluster.take_login_back(name, generation)


def close_source(ctx: Context) -> Mapping[str, Any]:
    """Close the source."""
    return close(ctx.ports.cluster, ctx.facts["database"])


def open_source(ctx: Context) -> None:
    """Open the source."""
    facts = ctx.facts
    reopen(ctx.ports.cluster, facts["database"], facts["generation"], facts["open"])


def close_destination(ctx: Context) -> Mapping[str, Any]:
    """Close the destination."""
    told = close(ctx.ports.there_cluster, ctx.facts["copy"])
    return {"copy_login": told["login"], "ended": told["ended"]}


def open_destination(ctx: Context) -> None:
    """Open the destination."""
    facts = ctx.facts
    reopen(ctx.ports.there_cluster, facts["copy"], facts["copy_generation"], facts["open"])


def freeze(ctx: Context) -> None:
    """Have visitors told that the tenant is away for a moment."""
    ctx.records.call("move", "freeze")


def thaw(ctx: Context) -> None:
    """Have visitors let in again where they were."""
    ctx.records.call("move", "thaw")


def _arrive(ctx: Context) -> None:
    ctx.records.call("move", "arrive")


def _check(ctx: Context, door: str) -> Mapping[str, Any]:
    return check_page(ctx, getattr(ctx.ports, door))


def arrival_steps(door: str) -> tuple[Step, ...]:
    """Return the steps that let visitors in, and prove it at the door of that name."""
    look = partial(_check, door=door)
    return (
        Step("arrive", "Open the address", _arrive),
        Step("check", "Ask for the login page", look, when=is_open, weight=2),
    )
