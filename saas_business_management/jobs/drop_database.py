"""Drop a database that is no longer needed, with its role, its files and its route."""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step
from .drop_steps import DROP_STEPS


def _close(ctx: Context) -> Mapping[str, Any]:
    ctx.records.call("database", "close")
    return {"database": ctx.spec["database"], "has_role": ctx.spec["has_role"]}


def _forget(ctx: Context) -> None:
    ctx.records.call("database", "forget")


DROP_DATABASE = Job(
    kind="drop_database",
    label="Remove Database",
    steps=(
        Step("close", "Take out of the route map", _close, final=True),
        *DROP_STEPS,
        Step("forget", "Close the row", _forget),
    ),
    on_undone=("database", "kept"),
)
