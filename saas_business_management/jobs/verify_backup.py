"""Prove a backup by reading every byte of it (level V1)."""

from collections.abc import Mapping
from typing import Any

from .backup_tenant import place_of
from .base import Context, Job, Step

SHOWN = 20


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("backup", "place")


def _prove(ctx: Context) -> Mapping[str, Any]:
    begun = ctx.ports.clock.monotonic()
    store = ctx.ports.stores.open(ctx.facts["target"])
    proof = ctx.ports.vault.prove(store, place_of(ctx.facts))
    for name, code in proof.faults[:SHOWN]:
        ctx.log(f"{name}: {code}", "error")
    return {
        "faults": [list(fault) for fault in proof.faults[:SHOWN]],
        "files": proof.files,
        "seconds": ctx.ports.clock.monotonic() - begun,
    }


def _tell(ctx: Context) -> None:
    ctx.records.call(
        "backup",
        "proven",
        faults=ctx.facts["faults"],
        files=ctx.facts["files"],
        seconds=ctx.facts["seconds"],
    )


VERIFY_BACKUP = Job(
    kind="verify_backup",
    label="Prove Backup",
    steps=(
        Step("begin", "Find the backup", _begin),
        Step("prove", "Read every byte", _prove, weight=20),
        Step("tell", "Note the proof", _tell, final=True),
    ),
    give_up_seconds=7200,
    exclusive=False,
)
