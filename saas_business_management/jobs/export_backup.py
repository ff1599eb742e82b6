"""Make a file of a backup that a person takes away: written, read back, and only then offered.

A worker that dies leaves an unfinished file, which the next one begins anew. What a passphrase was
made into reaches the two steps that need it through the records and stands in no facts.
"""

from collections.abc import Mapping
from typing import Any

from ..adapters.ports import ExportOrder
from ..kernel.backup.key import DataKey
from ..kernel.backup.passphrase import KEY_ID
from .backup_tenant import place_of
from .base import Context, Job, Step


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("export", "begin")


def _room(ctx: Context) -> None:
    ctx.ports.exports.require_room(ctx.facts["wanted_bytes"])


def _order(ctx: Context) -> ExportOrder:
    facts = ctx.facts
    told = ctx.records.call("export", "key")
    key = DataKey(KEY_ID, bytes.fromhex(told["key"].reveal())) if told["key"] else None
    salt = bytes.fromhex(facts["salt"])
    return ExportOrder(facts["export"], facts["kind"], facts["label"], key, salt)


def _write(ctx: Context) -> Mapping[str, Any]:
    store = ctx.ports.stores.open(ctx.facts["target"])
    return {"made": ctx.ports.exports.write(store, place_of(ctx.facts), _order(ctx))}


def _drop(ctx: Context) -> None:
    ctx.ports.exports.drop(ctx.facts["export"])


def _prove(ctx: Context) -> None:
    store = ctx.ports.stores.open(ctx.facts["target"])
    ctx.ports.exports.prove(store, place_of(ctx.facts), _order(ctx), ctx.facts["made"])


def _offer(ctx: Context) -> None:
    made = ctx.facts["made"]
    ctx.records.call("export", "ready", size=made["size"], sha256=made["sha256"])


EXPORT_BACKUP = Job(
    kind="export_backup",
    label="Download Backup",
    steps=(
        Step("begin", "Choose what is taken away", _begin),
        Step("room", "Look for room on the disk", _room),
        Step("write", "Write the file", _write, _drop, weight=20),
        Step("prove", "Read the file back", _prove, weight=10),
        Step("offer", "Offer the file", _offer, final=True),
    ),
    on_undone=("export", "not_ready"),
    give_up_seconds=7200,
    exclusive=False,
)
