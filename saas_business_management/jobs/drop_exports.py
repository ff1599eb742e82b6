"""Remove files of backups whose time is over, and those that nobody knows of."""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step


def _list(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("exports", "over", names=ctx.ports.exports.names())


def _drop(ctx: Context) -> None:
    for name in ctx.facts["over"]:
        ctx.ports.exports.drop(name)


def _tell(ctx: Context) -> None:
    ctx.records.call("exports", "dropped", names=ctx.facts["over"])


DROP_EXPORTS = Job(
    kind="drop_exports",
    label="Remove Old Downloads",
    steps=(
        Step("list", "Find files whose time is over", _list),
        Step("drop", "Remove them", _drop),
        Step("tell", "Note it", _tell, final=True),
    ),
    exclusive=False,
)
