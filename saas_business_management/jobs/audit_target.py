"""Compare what lies on a backup target with the records (A3): nothing is removed.

A whole backup whose worker died before it was noted is taken over into its own record; anything
else is told.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from ..adapters.ports import BackupPlace
from ..kernel.errors import SaasError
from .base import Context, Job, Step

# Younger ones may belong to a backup that is being written.
SPARED = timedelta(hours=48)
TOLD = 200
MISSING = 5000


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("target", "audit_begin")


def _compare(ctx: Context) -> Mapping[str, Any]:
    store = ctx.ports.stores.open(ctx.spec["targets"][0])
    before = ctx.ports.clock.now() - SPARED
    told = ctx.ports.vault.strangers(store, ctx.facts["known"], before)
    for tenant in ctx.facts["tenants"]:
        known = ctx.records.call("target", "audit_known", tenant=tenant)["known"]
        told += ctx.ports.vault.audit(store, tenant, known, before)
    return {
        "found": [asdict(one) for one in told[:TOLD]],
        "counts": Counter(one.kind for one in told),
        "missing": sorted({one.backup for one in told if one.kind == "missing"})[:MISSING],
    }


def _adopt(ctx: Context) -> Mapping[str, Any]:
    store = ctx.ports.stores.open(ctx.spec["targets"][0])
    unknown = [one["backup"] for one in ctx.facts["found"] if one["kind"] == "unknown"]
    adopted = []
    for facts in ctx.records.call("target", "audit_adoptable", backups=unknown)["places"]:
        try:
            figures = _whole(ctx, store, BackupPlace(**facts))
        except SaasError as error:
            if error.kind == "unavailable":
                raise
            ctx.log(f"Backup {facts['backup']} was not taken over: {error.code}", "warning")
            continue
        if figures:
            ctx.log(f"Backup {facts['backup']} is whole and was taken over", "warning")
            ctx.records.call("target", "audit_adopted", backup=facts["backup"], figures=figures)
            adopted.append(facts["backup"])
    return {"adopted": adopted}


def _whole(ctx: Context, store: Any, place: BackupPlace) -> Mapping[str, Any] | None:
    """Return the figures of a backup when all of it lies there."""
    figures = ctx.ports.vault.figures(store, place)
    told = replace(place, fence=figures["fence"], sha256=figures["manifest_hash"])
    return None if ctx.ports.vault.look(store, told) else figures


def _tell(ctx: Context) -> None:
    adopted = ctx.facts["adopted"]
    found = [one for one in ctx.facts["found"] if one["backup"] not in adopted]
    counts = Counter(ctx.facts["counts"]) - Counter(unknown=len(adopted))
    for one in found[:20]:
        ctx.log(f"{one['kind']}: {one['name']}", "error")
    missing = ctx.facts.get("missing", [])
    ctx.records.call("target", "audit_told", found=found, counts=dict(counts), missing=missing)


AUDIT_TARGET = Job(
    kind="audit_target",
    label="Check Contents",
    steps=(
        Step("begin", "List tenants", _begin),
        Step("compare", "Compare with records", _compare, weight=20),
        Step("adopt", "Take over what was not noted", _adopt),
        Step("tell", "Note the result", _tell, final=True),
    ),
    give_up_seconds=7200,
    exclusive=False,
)
