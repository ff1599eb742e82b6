"""Look at the front doors of a cluster's tenants as visitors do.

Whoever gives no answer is unknown with a reason; the operation itself does not fail for it. Nothing
is written outside, so that looking twice does no harm.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ..kernel.errors import SaasError
from .base import Context, Job, Step
from .side_by_side import side_by_side

# Then the others wait for the next look: the longest unseen come first.
LONGEST_SECONDS = 240.0
# Whoever answers wrongly is looked at once more so much later: a restart may be over by then, an
# outage is told within a minute and a half (looks of each minute).
AGAIN_SECONDS = 20.0
# A thousand quick answers fit into a minute, and a few slow ones do not hold up the others.
AT_ONCE = 8
LOGIN = "/web/login"


def _look(ctx: Context) -> Mapping[str, Any]:
    order = ctx.records.call("cluster", "health_due")
    looks, doubtful = _round(ctx, order["tenants"], order["tls"])
    if len(looks) < len(order["tenants"]):
        ctx.log(f"{len(order['tenants']) - len(looks)} wait for the next look")
    again = [one for one in order["tenants"] if one["tenant"] in doubtful]
    if again:
        ctx.log(f"{len(again)} answered wrongly and are looked at once more")
        ctx.ports.clock.sleep(AGAIN_SECONDS)
        _round(ctx, again, order["tls"])
    silent = sum(bool(one["problem"]) for one in looks)
    return {"looked": len(looks), "silent": silent}


def _round(
    ctx: Context, tenants: Sequence[Mapping[str, Any]], tls: bool
) -> tuple[list[dict[str, Any]], frozenset[int]]:
    """Look at each; return what was seen, and who answered wrongly for the first time."""
    until = ctx.ports.clock.monotonic() + LONGEST_SECONDS
    looks = side_by_side(
        lambda one: {"tenant": one["tenant"], **_seen(ctx, one["host"], tls)},
        tenants,
        AT_ONCE,
        lambda: ctx.ports.clock.monotonic() > until,
    )
    if not looks:
        return [], frozenset()
    return looks, frozenset(ctx.records.call("cluster", "health_seen", looks=looks)["doubtful"])


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
