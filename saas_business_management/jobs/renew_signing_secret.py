"""Give a tenant another `database.secret`: everybody there is logged out, signed links end.

The next value is written down, closed, before the tenant has it. So that links we sign ourselves go
on, it takes the place of the stored one as soon as it stands in the tenant's database.
"""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("tenant", "signing_wanted")


def _keep_old(ctx: Context) -> None:
    ctx.records.call("tenant", "signing_kept")


def _write(ctx: Context) -> None:
    _set(ctx, "signing_next")


def _write_back(ctx: Context) -> None:
    """Nobody knows whether an answer that never came was that of a write."""
    _set(ctx, "birth_secret")


def _set(ctx: Context, which: str) -> None:
    secret = ctx.records.call("tenant", which)["secret"]
    name, generation = ctx.facts["database"], ctx.facts["generation"]
    ctx.ports.cluster.set_database_secret(name, generation, secret)


def _finish(ctx: Context) -> None:
    ctx.records.call("tenant", "signing_renewed")


RENEW_SIGNING_SECRET = Job(
    kind="renew_signing_secret",
    label="Log Everybody Out",
    steps=(
        Step("begin", "Choose the next secret", _begin, _keep_old),
        Step("write", "Sign with it in the tenant", _write, _write_back),
        Step("finish", "Sign with it here", _finish, final=True),
    ),
)
