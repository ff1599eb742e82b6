"""Build a template version: a golden database made by the real Odoo, checked, sealed, published."""

from collections.abc import Mapping
from typing import Any

from ..kernel.provisioning.plan import BuildWish, ClusterState, build_blockers
from .base import Context, Job, Step


def _preflight(ctx: Context) -> Mapping[str, Any]:
    facts = ctx.records.call("version", "intent", fence=ctx.fence)
    cluster = ClusterState(
        key=ctx.spec["cluster"],
        active=True,
        answers=True,
        capacity=1,
        used=0,
        free_bytes=ctx.ports.filestore.free_bytes(),
    )
    wish = BuildWish(
        modules=ctx.spec["golden"]["modules"],
        known_modules=[module.name for module in ctx.ports.odoo.modules() if module.installable],
        template_bytes=ctx.spec.get("former_bytes") or 0,
    )
    for blocker in build_blockers(cluster, wish):
        raise blocker
    return facts


def _forget(ctx: Context) -> None:
    ctx.records.call("version", "discard")


def _create(ctx: Context) -> Mapping[str, Any]:
    """Begin with nothing: what a cut-off build left is unknown."""
    name = ctx.facts["database"]
    ctx.ports.cluster.drop_database(name)
    ctx.ports.filestore.drop(name)
    return {"oid": ctx.ports.cluster.create_empty(name)}


def _remove(ctx: Context) -> None:
    if "database" in ctx.facts:
        ctx.ports.cluster.drop_database(ctx.facts["database"])
        ctx.ports.filestore.drop(ctx.facts["database"])


def _phase(name: str, label: str, weight: int) -> Step:
    """A phase that runs the cluster's Odoo on the golden database."""

    def act(ctx: Context) -> Mapping[str, Any]:
        report = ctx.ports.odoo.run_phase(name, ctx.facts["database"], ctx.spec["golden"], ctx.log)
        return {"report": report} if name == "assets" else {}

    return Step(name, label, act, restart_from="create", weight=weight)


def _seal(ctx: Context) -> Mapping[str, Any]:
    modules = sorted(ctx.facts["report"]["modules"])
    ctx.ports.cluster.seal_golden(ctx.facts["database"])
    return {
        "fingerprint": ctx.ports.odoo.fingerprint(modules),
        "bytes": ctx.ports.cluster.database_bytes(ctx.facts["database"]),
    }


def _publish(ctx: Context) -> None:
    names = ("report", "fingerprint", "bytes", "oid")
    ctx.records.call("version", "publish", **{name: ctx.facts[name] for name in names})


BUILD_TEMPLATE = Job(
    kind="build_template",
    label="Build Template",
    steps=(
        Step("preflight", "Check modules and space", _preflight, _forget),
        Step("create", "Create database", _create, _remove),
        _phase("base", "Install Odoo", 20),
        _phase("locale", "Set country, currency and language", 2),
        _phase("modules", "Install modules", 40),
        _phase("settings", "Apply settings", 3),
        _phase("assets", "Build pages and check", 10),
        Step("seal", "Seal", _seal),
        Step("publish", "Publish", _publish),
    ),
    on_undone=("version", "failed"),
)
