"""Look at the front doors of a cluster's tenants as visitors do.

Whoever gives no answer is unknown with a reason; the operation itself does not fail for it. Nothing
is written outside, so that looking twice does no harm.
"""

from collections.abc import Mapping
from typing import Any

from ..kernel.errors import SaasError
from .base import Context, Job, Step

# Then the others wait for the next look: the longest unseen come first.
LONGEST_SECONDS = 240.0
LOGIN = "/web/login"


def _look(ctx: Context) -> Mapping[str, Any]:
    order = ctx.records.call("cluster", "health_due")
    until = ctx.ports.clock.monotonic() + LONGEST_SECONDS
    looks = []
    for one in order["tenants"]:
        if ctx.ports.clock.monotonic() > until:
            ctx.log(f"{len(order['tenants']) - len(looks)} wait for the next look")
            break
        looks.append({"tenant": one["tenant"], **_seen(ctx, one["host"], order["tls"])})
    if looks:
        ctx.records.call("cluster", "health_seen", looks=looks)
    return {"looked": len(looks), "silent": sum(bool(one["problem"]) for one in looks)}


def _seen(ctx: Context, host: str, tls: bool) -> dict[str, Any]:
    """Return what was met: problem, status, seconds, end of the certificate, trust."""
    begun = ctx.ports.clock.monotonic()
    try:
        found = _through_tls(ctx, host) if tls else _plain(ctx, host)
    except SaasError as error:
        found = {"problem": error.code, "status": 0, "until": "", "trusted": True}
    return {**found, "seconds": round(ctx.ports.clock.monotonic() - begun, 3)}


def _through_tls(ctx: Context, host: str) -> dict[str, Any]:
    look = ctx.ports.public_door.look(host)
    until = look.certificate_until.isoformat()
    return {"problem": "", "status": look.status, "until": until, "trusted": look.trusted}


def _plain(ctx: Context, host: str) -> dict[str, Any]:
    status = ctx.ports.front_door.get(host, LOGIN).status
    return {"problem": "", "status": status, "until": "", "trusted": True}


CHECK_HEALTH = Job(
    kind="check_health",
    label="Check Health",
    steps=(Step("look", "Ask for login pages", _look),),
    give_up_seconds=300,
    exclusive=False,
)
