"""The steps that destroy a database with its role and its files; for removals and deletions.

Facts they need: `database` (also the role's name; empty = there is none), `has_role`.
"""

from .base import Context, Step


def _stop(ctx: Context) -> None:
    if ctx.facts["has_role"]:
        ctx.ports.cluster.stop_logins(ctx.facts["database"])


def _database(ctx: Context) -> None:
    if ctx.facts["database"]:
        ctx.ports.cluster.drop_database(ctx.facts["database"])


def _role(ctx: Context) -> None:
    if ctx.facts["has_role"]:
        ctx.ports.cluster.drop_role(ctx.facts["database"])


def _files(ctx: Context) -> None:
    if ctx.facts["database"]:
        ctx.ports.filestore.drop(ctx.facts["database"])


DROP_STEPS = (
    Step("stop", "End sessions", _stop),
    Step("database", "Drop database", _database),
    Step("role", "Drop role", _role),
    Step("files", "Remove files", _files),
)
