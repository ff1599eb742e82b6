"""Test a backup target: everything backups need of it, a line for each."""

from ..adapters.ports import Check
from ..kernel.errors import Refused
from .base import Context, Job, Step


def _test(ctx: Context) -> None:
    try:
        checks = ctx.ports.stores.probe(ctx.spec["targets"][0])
    except Refused as error:  # what was entered cannot be used at all
        checks = [Check("target_write", False, {"error": error.code, **error.facts})]
    rows = [{"code": one.code, "ok": one.ok, "facts": dict(one.facts)} for one in checks]
    ctx.records.call("target", "checked", checks=rows)


TEST_TARGET = Job("test_target", "Test Backup Target", (Step("test", "Test connection", _test),))
