"""Take a move back: the source is the tenant again, while nobody wrote at the destination.

The destination is closed first, then looked at: what was written there would be lost. If anything
was, it opens again as it is. The source opens only when the records name it again.
"""

from collections.abc import Mapping
from typing import Any

from ..kernel.errors import Refused
from ..kernel.migration.written import tables_written
from .base import Context, Job, Step
from .move_steps import (
    GIVE_UP_SECONDS,
    arrival_steps,
    close_destination,
    destination,
    freeze,
    open_destination,
    open_source,
    thaw,
)


def _begin(ctx: Context) -> Mapping[str, Any]:
    """Find the source as it was left.

    Raises: Refused (`move_undo_missing`).
    """
    facts = ctx.records.call("move", "undo_begin")
    if ctx.ports.cluster.database(facts["database"]) is None:
        raise Refused("move_undo_missing")
    return facts


def _compare(ctx: Context) -> None:
    """Make sure that nothing would be lost.

    Raises: Refused (`move_written`).
    """
    before = ctx.records.call("move", "marks")["marks"]
    written = tables_written(before, ctx.ports.mover.marks(destination(ctx)))
    for name in written:
        ctx.log(f"{name} was written to", "warning")
    if written:
        raise Refused("move_written", count=len(written), first=written[0])


def _switch_back(ctx: Context) -> None:
    ctx.records.call("move", "switch_back")


def _shut(ctx: Context) -> None:
    ctx.ports.there_cluster.stop_logins(ctx.facts["copy"])


def _finish(ctx: Context) -> None:
    ctx.records.call("move", "undone")


UNDO_MOVE = Job(
    kind="undo_move",
    label="Undo Move",
    steps=(
        Step("begin", "Find the source", _begin),
        Step("freeze", "Tell visitors it is back in a moment", freeze, thaw),
        Step("close", "Close the destination", close_destination, open_destination),
        Step("compare", "Look whether it was written to", _compare, weight=3),
        Step("switch", "Switch back", _switch_back, final=True),
        Step("shut", "Close the destination for good", _shut),
        Step("open", "Open the source", open_source),
        *arrival_steps("front_door"),
        Step("finish", "Note it", _finish),
    ),
    on_undone=("move", "undo_failed"),
    give_up_seconds=GIVE_UP_SECONDS,
)
