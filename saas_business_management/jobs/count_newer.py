"""Count what in a tenant is newer than a backup: what a restore in place would take away.

Nothing is changed anywhere. What it finds stands in the facts of the operation, for the dialog that
ordered it: `newer` has `counts` as [kind, number, more] and `unknown` kinds, or is None when nobody
could look.
"""

from collections.abc import Mapping
from dataclasses import astuple
from datetime import datetime
from typing import Any

from ..kernel.backup.newer import MOST, sum_up
from ..kernel.errors import SaasError
from .base import Context, Job, Step, only
from .lent_login import give_back, is_closed, lend


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("tenant", "newer_begin")


def _count(ctx: Context) -> Mapping[str, Any]:
    since = datetime.fromisoformat(ctx.spec["since"])
    name, login = ctx.facts["database"], ctx.facts["login"]
    try:
        found = ctx.ports.cluster.count_newer(name, login, since, MOST)
    except SaasError as error:
        if error.kind == "unavailable":
            raise
        ctx.log(str(error), "error")
        return {"newer": None}
    told = sum_up(found)
    return {
        "newer": {"counts": [[*astuple(one)] for one in told.counts], "unknown": [*told.unknown]}
    }


COUNT_NEWER = Job(
    kind="count_newer",
    label="Count What Is Newer",
    steps=(
        Step("begin", "Find the database", _begin),
        Step(
            "lend", "Let the closed database in", lend, only(is_closed, give_back), when=is_closed
        ),
        Step("count", "Count newer records", _count, weight=4),
        Step("return", "Close the database again", give_back, when=is_closed),
    ),
    give_up_seconds=60,
    exclusive=False,
)
