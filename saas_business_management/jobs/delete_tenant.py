"""Delete a tenant for good, when nobody has undone it in time: route, sessions, database, role,
files; an audit record stays."""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step
from .drop_steps import DROP_STEPS


def _close(ctx: Context) -> Mapping[str, Any]:
    told = ctx.records.call("tenant", "close_for_good")
    return {**told, "has_role": bool(told["database"])}


def _drop_kept(ctx: Context) -> None:
    """Drop what restores keep beside it: the role owns that, too."""
    for name in ctx.facts["kept"]:
        ctx.ports.cluster.drop_database(name)
        ctx.ports.filestore.drop(name)


def _forget(ctx: Context) -> None:
    ctx.records.call("tenant", "deleted")


DELETE_TENANT = Job(
    kind="delete_tenant",
    label="Delete",
    steps=(
        Step("close", "Take out of the route map", _close, final=True),
        Step("kept", "Drop what restores kept", _drop_kept),
        *DROP_STEPS,
        Step("forget", "Close the record", _forget),
    ),
)
