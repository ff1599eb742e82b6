"""Give a tenant's database role its next password, without anybody noticing.

The server learns the new password first. A node that is refused with the generation it knows tries
the next one by itself (`gateway/install_sql.py`), so it makes no difference when it hears of the
change, nor that a worker died in between. Publishing first would end pooled connections at once and
let new ones fail until the server follows.
"""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step

# Connections of the old generation are closed by the nodes as soon as their request is over; what
# is left after this time does not belong to a node, or to a request that nobody waits for.
PATIENCE_SECONDS = 60


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("tenant", "rotation_wanted")


def _set(ctx: Context) -> Mapping[str, Any]:
    ctx.ports.cluster.ensure_role(ctx.facts["database"], ctx.facts["generation"])
    return {"moment": ctx.ports.cluster.moment()}


def _set_back(ctx: Context) -> None:
    ctx.ports.cluster.ensure_role(ctx.facts["database"], ctx.facts["generation"] - 1)


def _publish(ctx: Context) -> None:
    ctx.records.call("tenant", "rotated", generation=ctx.facts["generation"])


def _end(ctx: Context) -> Mapping[str, Any]:
    ended = ctx.ports.cluster.end_sessions_before(
        ctx.facts["database"], ctx.facts["moment"], PATIENCE_SECONDS
    )
    return {"ended": ended}


ROTATE_ROLE = Job(
    kind="rotate_role",
    label="Change Database Password",
    steps=(
        Step("begin", "Choose the next password", _begin),
        Step("set", "Tell the server", _set, _set_back),
        Step("publish", "Tell the nodes", _publish, final=True),
        Step("end", "End old sessions", _end),
    ),
)
