"""Delete a tenant for good, when nobody has undone it in time: route, sessions, database, role,
files; an audit record stays."""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step
from .drop_steps import DROP_STEPS


def _close(ctx: Context) -> Mapping[str, Any]:
    database = ctx.records.call("tenant", "close_for_good")["database"]
    return {"database": database, "has_role": bool(database)}


def _forget(ctx: Context) -> None:
    ctx.records.call("tenant", "deleted")


DELETE_TENANT = Job(
    kind="delete_tenant",
    label="Delete",
    steps=(
        Step("close", "Take out of the route map", _close, final=True),
        *DROP_STEPS,
        Step("forget", "Close the record", _forget),
    ),
)
