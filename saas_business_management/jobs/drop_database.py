"""Drop a database that is no longer needed, with its role, its files and its route."""

from .base import Context, Job, Step


def _close(ctx: Context) -> None:
    ctx.records.call("database", "close")


def _stop(ctx: Context) -> None:
    if ctx.spec["has_role"]:
        ctx.ports.cluster.stop_logins(ctx.spec["database"])


def _database(ctx: Context) -> None:
    ctx.ports.cluster.drop_database(ctx.spec["database"])


def _role(ctx: Context) -> None:
    if ctx.spec["has_role"]:
        ctx.ports.cluster.drop_role(ctx.spec["database"])


def _files(ctx: Context) -> None:
    ctx.ports.filestore.drop(ctx.spec["database"])


def _forget(ctx: Context) -> None:
    ctx.records.call("database", "forget")


DROP_DATABASE = Job(
    kind="drop_database",
    label="Remove Database",
    steps=(
        Step("close", "Take out of the route map", _close, final=True),
        Step("stop", "End sessions", _stop),
        Step("database", "Drop database", _database),
        Step("role", "Drop role", _role),
        Step("files", "Remove files", _files),
        Step("forget", "Close the row", _forget),
    ),
    on_undone=("database", "kept"),
)
