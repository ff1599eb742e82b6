"""Delete the backups of a tenant on a target whose time is over, and what no backup needs.

Whoever orders a backup of the tenant meanwhile waits: both have the same serial key. What is to go
is written down first; from then on it cannot be restored, and there is no way back.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from .backup_tenant import place_of
from .base import Context, Job, Step

# A writer that lost its claim without noticing may still finish a backup from what it stored; no
# writer is at work for so long.
SPARED = timedelta(hours=48)
UNFINISHED = timedelta(hours=24)


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("backup", "expire_begin")


def _weigh(ctx: Context) -> Mapping[str, Any]:
    """Tell beforehand what deleting frees: who goes on after a death finds nothing to weigh."""
    store = ctx.ports.stores.open(ctx.facts["target"])
    places = [place_of(one) for one in ctx.facts["leaving"]]
    return {"freed": {one.backup: ctx.ports.vault.weigh(store, one) for one in places}}


def _delete(ctx: Context) -> None:
    store = ctx.ports.stores.open(ctx.facts["target"])
    for one in ctx.facts["leaving"]:
        ctx.ports.vault.discard(store, place_of(one))


def _note(ctx: Context) -> None:
    ctx.records.call("backup", "expire_deleted", freed=ctx.facts["freed"])


def _sweep(ctx: Context) -> Mapping[str, Any]:
    known = ctx.records.call("backup", "expire_known")["known"]
    store = ctx.ports.stores.open(ctx.facts["target"])
    before = ctx.ports.clock.now() - SPARED
    swept = ctx.ports.vault.sweep(store, ctx.facts["tenant"], known, before)
    if swept.code:
        ctx.log(
            f"Nothing was swept: backup {swept.backup} cannot be opened ({swept.code})", "error"
        )
    else:
        ctx.log(f"{swept.objects} objects nobody needs removed, {swept.bytes} bytes")
    return {"swept": asdict(swept)}


def _abort(ctx: Context) -> Mapping[str, Any]:
    store = ctx.ports.stores.open(ctx.facts["target"])
    gone = store.abort_stale(ctx.ports.clock.now() - UNFINISHED)
    if gone:
        ctx.log(f"{gone} unfinished uploads removed")
    return {"uploads": gone}


def _tell(ctx: Context) -> None:
    told = {"swept": ctx.facts["swept"], "aborted": "uploads" in ctx.facts}
    ctx.records.call("backup", "expire_told", **told)


EXPIRE_BACKUPS = Job(
    kind="expire_backups",
    label="Delete Old Backups",
    steps=(
        Step("begin", "Choose what goes", _begin, final=True),
        Step("weigh", "See what that frees", _weigh),
        Step("delete", "Delete backups", _delete, weight=3),
        Step("note", "Note what is gone", _note),
        Step("sweep", "Remove what no backup needs", _sweep, weight=5),
        Step(
            "uploads", "Remove unfinished uploads", _abort, when=lambda ctx: ctx.facts["aborting"]
        ),
        Step("tell", "Note the result", _tell),
    ),
    give_up_seconds=7200,
    exclusive=False,
)
