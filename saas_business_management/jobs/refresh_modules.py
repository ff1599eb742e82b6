"""Read what a cluster's Odoo offers, and which template versions its code has left behind."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..kernel.errors import Refused
from .base import Context, Job, Step


def _read(ctx: Context) -> Mapping[str, Any]:
    modules = [asdict(module) for module in ctx.ports.odoo.modules()]
    ctx.records.call("cluster", "modules_read", modules=modules)
    return {"count": len(modules)}


def _compare(ctx: Context) -> Mapping[str, Any]:
    """Take the fingerprint of each published version's modules; one that is gone makes it stale."""
    found = {}
    for version, modules in ctx.spec["versions"].items():
        try:
            found[version] = ctx.ports.odoo.fingerprint(modules)
        except Refused as error:
            found[version] = f"missing: {', '.join(error.facts.get('modules', ()))}"
    ctx.records.call("cluster", "fingerprints_read", fingerprints=found)
    return {"compared": len(found)}


REFRESH_MODULES = Job(
    kind="refresh_modules",
    label="Refresh Modules",
    steps=(
        Step("read", "Read module catalogue", _read, weight=2),
        Step("compare", "Compare template versions", _compare),
    ),
)
