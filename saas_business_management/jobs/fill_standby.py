"""Make one standby copy: a finished database without a customer, kept warm on the nodes."""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step
from .copy_steps import copy_steps


def _intent(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("database", "intent", fence=ctx.fence)


def _forget(ctx: Context) -> None:
    ctx.records.call("database", "forget")


def _ready(ctx: Context) -> None:
    ctx.ports.cluster.mark_role(ctx.facts["database"], "ready")
    ctx.records.call("database", "ready", oid=ctx.facts["oid"])


FILL_STANDBY = Job(
    kind="fill_standby",
    label="Make Standby Copy",
    steps=(
        Step("intent", "Reserve name", _intent, _forget),
        *copy_steps("database"),
        Step("ready", "Put on standby", _ready),
    ),
)
