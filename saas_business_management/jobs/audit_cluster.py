"""Compare what lies on a cluster with the records, and sweep what nobody needs (A1, A2, A8)."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from .base import Context, Job, Step


def _compare(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call(
        "cluster",
        "audit",
        databases=[asdict(one) for one in ctx.ports.cluster.databases()],
        roles=[asdict(one) for one in ctx.ports.cluster.roles()],
        folders=ctx.ports.filestore.names(),
    )


def _sweep(ctx: Context) -> None:
    # Rows are committed before what they describe, and this look is later than the list.
    sure = ctx.records.call("cluster", "confirm_sweep", sweep=ctx.facts["sweep"])["sweep"]
    # A role's comment tells the next audit what may go, so roles go last.
    for found in sorted(sure, key=lambda one: one["kind"] == "role"):
        ctx.log(f"{found['kind']} {found['name']} removed: {found['why']}", "warning")
        if found["kind"] == "folder":
            ctx.ports.filestore.drop(found["name"])
        elif found["kind"] == "role":
            ctx.ports.cluster.drop_role(found["name"])
        else:
            ctx.ports.cluster.drop_database(found["name"])


AUDIT_CLUSTER = Job(
    kind="audit_cluster",
    label="Audit Cluster",
    steps=(
        Step("compare", "Compare with records", _compare),
        Step("sweep", "Remove leftovers", _sweep),
    ),
)
