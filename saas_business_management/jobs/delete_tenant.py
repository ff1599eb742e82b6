"""Delete a tenant for good, when nobody has undone it in time: route, sessions, database, role,
files; an audit record stays."""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step


def _close(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("tenant", "close_for_good")


def _housed(ctx: Context) -> bool:
    return bool(ctx.facts.get("database"))


def _stop(ctx: Context) -> None:
    ctx.ports.cluster.stop_logins(ctx.facts["database"])


def _database(ctx: Context) -> None:
    ctx.ports.cluster.drop_database(ctx.facts["database"])


def _role(ctx: Context) -> None:
    ctx.ports.cluster.drop_role(ctx.facts["database"])


def _files(ctx: Context) -> None:
    ctx.ports.filestore.drop(ctx.facts["database"])


def _forget(ctx: Context) -> None:
    ctx.records.call("tenant", "deleted")


DELETE_TENANT = Job(
    kind="delete_tenant",
    label="Delete",
    steps=(
        Step("close", "Take out of the route map", _close, final=True),
        Step("stop", "End sessions", _stop, when=_housed),
        Step("database", "Drop database", _database, when=_housed),
        Step("role", "Drop role", _role, when=_housed),
        Step("files", "Remove files", _files, when=_housed),
        Step("forget", "Close the record", _forget),
    ),
)
