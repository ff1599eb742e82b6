"""End a support access: the guest archived inside the tenant, whatever it takes; then say so."""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("support", "leave")


def _guest(ctx: Context) -> Mapping[str, Any]:
    return ctx.ports.cluster.close_guest(
        ctx.facts["database"], ctx.facts["generation"], ctx.facts["login"], ctx.facts["user"]
    )


def _left(ctx: Context) -> None:
    ctx.records.call("support", "left", users_made=ctx.facts["users_made"])


CLOSE_SUPPORT = Job(
    kind="close_support",
    label="End Support Access",
    steps=(
        # Nothing is taken back from here on: a guest that stays is worse than a late operation.
        Step("begin", "Find support user", _begin, final=True),
        Step("guest", "Archive support user", _guest),
        Step("left", "Tell the customer", _left),
    ),
)
