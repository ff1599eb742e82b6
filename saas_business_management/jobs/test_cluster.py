"""Test a cluster: every right, folder and address the product needs, each with what mends it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from ..adapters.ports import Check
from ..kernel.errors import Broken, SaasError, Unavailable
from .base import Context, Job, Step

# Nobody is called this: a zone that leads everything to us leads this, too.
ANY_NAME = "saas-check-any-name"
CERTIFICATE_LASTS = timedelta(days=14)


def _test(ctx: Context) -> None:
    checks = [
        *ctx.ports.cluster.check(),
        _try("filestore_writable", lambda: ctx.ports.filestore.free_bytes() > 0),
        _try("odoo_found", lambda: bool(ctx.ports.odoo.modules())),
        _try("node_answers", lambda: _health(ctx) == 200),
        *_zone(ctx),
        *_front_door(ctx),
    ]
    rows = [
        {"code": one.code, "ok": one.ok, "facts": dict(one.facts), "mend": one.mend}
        for one in checks
    ]
    ctx.records.call("cluster", "checked", checks=rows)


def _health(ctx: Context) -> int:
    return ctx.ports.front_door.get("localhost", "/saas/health").status


def _zone(ctx: Context) -> Iterator[Check]:
    """Look whether any name of the zone leads to the front proxy; no answer tells nothing."""
    zone, wanted = ctx.spec.get("base_host", ""), set(ctx.spec.get("front_addresses", ()))
    if not zone or f".{zone}".endswith(".localhost"):
        return
    try:
        found = set(ctx.ports.dns.addresses(f"{ANY_NAME}.{zone}"))
    except SaasError as error:
        ctx.log(f"the zone cannot be looked up: {error}")
        return
    yield _told("zone_wildcard", bool(found) and (not wanted or found <= wanted), zone=zone)


def _front_door(ctx: Context) -> Iterator[Check]:
    """Look at a tenant as browsers do: its certificate, and whether a forged header gets through.

    A header that gets through has the node look for a host nobody has.
    """
    host = ctx.spec.get("public_host", "")
    if not host:
        return
    try:
        look = ctx.ports.public_door.look(host)
    except Unavailable as error:
        ctx.log(f"the front proxy cannot be looked at: {error}")
        return
    except Broken:
        yield _told("certificate_valid", False, host=host)
        return
    lasts = look.certificate_until - ctx.ports.clock.now() > CERTIFICATE_LASTS
    yield _told("certificate_valid", look.trusted and lasts, host=host)
    yield _told("proxy_headers", look.status not in (400, 404), host=host)


def _told(code: str, right: bool, **facts: object) -> Check:
    """Return a line that keeps no tenant out: what is wrong in front of the nodes is a warning."""
    return Check(code, True, facts if right else {**facts, "warning": True})


def _try(code: str, look: Callable[[], bool]) -> Check:
    try:
        return Check(code, look())
    except SaasError as error:
        return Check(code, False, {"error": error.code, **error.facts})


TEST_CLUSTER = Job("test_cluster", "Test Connection", (Step("test", "Test connection", _test),))
