"""Read, on one target, the objects that prove that keys open what lies there."""

from collections.abc import Mapping
from typing import Any

from ..kernel.backup.canary import GOOD, canary_path
from .base import Context, Job, Step


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("target", "canaries")


def _read(ctx: Context) -> Mapping[str, Any]:
    store = ctx.ports.stores.open(ctx.spec["targets"][0])
    readings = []
    for one in ctx.facts["canaries"]:
        said = ctx.ports.vault.canary(store, one["tenant"], one["key"], one["write"])
        written = one["write"] and said == GOOD
        readings.append({"key": one["key"], "outcome": said, "written": written})
        if said != GOOD:
            ctx.log(f"{one['key']} of {one['tenant']}: {said}", "error")
    return {"readings": readings}


def _remove(ctx: Context) -> None:
    store = ctx.ports.stores.open(ctx.spec["targets"][0])
    for one in ctx.facts["over"]:
        store.delete(canary_path(one["tenant"], one["key"]))
    ctx.records.call("target", "canaries_gone", keys=[one["key"] for one in ctx.facts["over"]])


def _tell(ctx: Context) -> None:
    ctx.records.call("target", "canaries_told", readings=ctx.facts["readings"])


CHECK_CANARIES = Job(
    kind="check_canaries",
    label="Prove Backup Keys",
    steps=(
        Step("begin", "Choose keys", _begin),
        Step("read", "Open the proof of each key", _read, weight=5),
        Step("tell", "Note the result", _tell, final=True),
        Step(
            "remove",
            "Remove proofs of destroyed keys",
            _remove,
            when=lambda ctx: bool(ctx.facts["over"]),
        ),
    ),
    on_undone=("target", "canaries_unanswered"),
    exclusive=False,
)
