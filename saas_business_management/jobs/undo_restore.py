"""Take a restore or an upgrade back: what was live before it is live again.

What was put in place by it stays beside as long as the other would have, so that this can be taken
back in the same way.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..kernel.errors import Refused
from ..kernel.provisioning.naming import staging_name
from .base import Context, Job, Step, only
from .lent_login import give_back, is_closed, lend
from .swap_steps import swap_steps


def _undo(kind: str, label: str, link: str, missing: Callable[[], Refused]) -> Job:
    """Return the job that takes back what records of this link put in place; `missing` is what is
    raised when that is not kept any more."""

    def begin(ctx: Context) -> Mapping[str, Any]:
        facts = ctx.records.call(link, "undo_begin")
        found = ctx.ports.cluster.database(facts["copy"])
        if found is None or found.oid != facts["copy_oid"]:
            raise missing()
        return {**facts, "out": staging_name(facts["database"], "z", ctx.fence)}

    def finish(ctx: Context) -> None:
        ctx.records.call(link, "undone", out=ctx.facts["out"], out_oid=ctx.facts["out_oid"])

    return Job(
        kind=kind,
        label=label,
        steps=(
            Step("begin", "Find what was live before", begin),
            Step(
                "lend",
                "Let the closed database in",
                lend,
                only(is_closed, give_back),
                when=is_closed,
            ),
            *swap_steps(lambda ctx: True),
            Step("finish", "Note it", finish, final=True),
            Step("return", "Close the database again", give_back, when=is_closed),
        ),
        on_undone=(link, "undo_failed"),
    )


UNDO_RESTORE = _undo(
    "undo_restore", "Undo Restore", "restore", lambda: Refused("restore_undo_missing")
)
UNDO_UPGRADE = _undo(
    "undo_upgrade", "Undo Upgrade", "upgrade", lambda: Refused("upgrade_undo_missing")
)
