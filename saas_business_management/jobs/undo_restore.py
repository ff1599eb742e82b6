"""Take a restore back: what was live before it is live again.

What was restored stays beside it as long as the other would have, so that this can be taken back in
the same way.
"""

from collections.abc import Mapping
from typing import Any

from ..kernel.errors import Refused
from ..kernel.provisioning.naming import staging_name
from .base import Context, Job, Step, only
from .lent_login import give_back, is_closed, lend
from .swap_steps import swap_steps


def _begin(ctx: Context) -> Mapping[str, Any]:
    facts = ctx.records.call("restore", "undo_begin")
    found = ctx.ports.cluster.database(facts["copy"])
    if found is None or found.oid != facts["copy_oid"]:
        raise Refused("restore_undo_missing")
    return {**facts, "out": staging_name(facts["database"], "z", ctx.fence)}


def _finish(ctx: Context) -> None:
    ctx.records.call("restore", "undone", out=ctx.facts["out"], out_oid=ctx.facts["out_oid"])


UNDO_RESTORE = Job(
    kind="undo_restore",
    label="Undo Restore",
    steps=(
        Step("begin", "Find what was live before", _begin),
        Step(
            "lend", "Let the closed database in", lend, only(is_closed, give_back), when=is_closed
        ),
        *swap_steps(lambda ctx: True),
        Step("finish", "Note it", _finish, final=True),
        Step("return", "Close the database again", give_back, when=is_closed),
    ),
    on_undone=("restore", "undo_failed"),
)
