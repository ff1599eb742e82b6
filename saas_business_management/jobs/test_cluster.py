"""Test a cluster: every right, folder and address the product needs, each with what mends it."""

from collections.abc import Callable

from ..adapters.ports import Check
from ..kernel.errors import SaasError
from .base import Context, Job, Step


def _test(ctx: Context) -> None:
    checks = [
        *ctx.ports.cluster.check(),
        _try("filestore_writable", lambda: ctx.ports.filestore.free_bytes() > 0),
        _try("odoo_found", lambda: bool(ctx.ports.odoo.modules())),
        _try("node_answers", lambda: _health(ctx) == 200),
    ]
    rows = [
        {"code": one.code, "ok": one.ok, "facts": dict(one.facts), "mend": one.mend}
        for one in checks
    ]
    ctx.records.call("cluster", "checked", checks=rows)


def _health(ctx: Context) -> int:
    return ctx.ports.front_door.get("localhost", "/saas/health").status


def _try(code: str, look: Callable[[], bool]) -> Check:
    try:
        return Check(code, look())
    except SaasError as error:
        return Check(code, False, {"error": error.code, **error.facts})


TEST_CLUSTER = Job("test_cluster", "Test Connection", (Step("test", "Test connection", _test),))
