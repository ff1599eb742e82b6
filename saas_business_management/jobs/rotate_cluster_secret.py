"""Give every tenant's role of a cluster a password from a new secret, one after the other.

The nodes hold the new secret beside the old one before this begins (`saas rotate cluster-secret
--prepare`), so it makes no difference to them which role has changed already. From `begin` on every
password is made from the new secret, and the old one only opens (`adapters/postgres/tenant_login`).
Tenants are changed by operations of their own (`rotate_role`): each waits its turn among whatever
else is done to that tenant. Only when no role is left the old secret is forgotten.
"""

from collections.abc import Mapping
from typing import Any

from ..kernel.errors import Unavailable
from .base import Context, Job, Step

WEEK_SECONDS = 7 * 24 * 3600
# A standby copy has no visitors whose requests would have to end first.
NO_PATIENCE = 0


def _keep(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("cluster", "secret_keep")


def _begin(ctx: Context) -> None:
    ctx.records.call("cluster", "secret_begin")


def _draw_line(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("cluster", "secret_line")


def _drain(ctx: Context) -> None:
    """Wait for all who may still make passwords from the old secret; this worker is one of them
    until it is called again.
    """
    line = ctx.facts["line"]
    before = ctx.records.call("cluster", "secret_drain", line=line)["busy"]
    before += ctx.fence <= line
    if before:
        raise Unavailable("cluster_secret_old_work", count=before)


def _list(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("cluster", "secret_list", line=ctx.facts["line"])


def _change_standbys(ctx: Context) -> None:
    """Change copies nobody has claimed; until this step is recorded nobody can."""
    for row in ctx.records.call("cluster", "secret_standbys")["standbys"]:
        name = row["database"]
        ctx.ports.cluster.ensure_role(name, row["generation"])
        moment = ctx.ports.cluster.moment()
        ctx.ports.cluster.end_sessions_before(name, moment, NO_PATIENCE)
        ctx.records.call("cluster", "secret_given", database=name)


def _order(ctx: Context) -> None:
    ctx.records.call("cluster", "secret_order")


def _wait(ctx: Context) -> None:
    left = ctx.records.call("cluster", "secret_left")["left"]
    if left:
        raise Unavailable("cluster_secret_under_way", left=left, total=ctx.facts["total"])


def _forget_old(ctx: Context) -> None:
    ctx.records.call("cluster", "secret_changed")


ROTATE_CLUSTER_SECRET = Job(
    kind="rotate_cluster_secret",
    label="Change Cluster Secret",
    steps=(
        Step("keep", "Keep what signs sessions and links", _keep),
        Step("begin", "Take the new secret into use", _begin, final=True),
        Step("line", "Note who began before", _draw_line),
        Step("drain", "Wait for operations that began before", _drain),
        Step("list", "List the passwords to change", _list),
        # These two begin again each time it is looked who is left; that is no way back.
        Step("standbys", "Change passwords of standby copies", _change_standbys, weight=0),
        Step("order", "Order new passwords of tenants", _order, weight=0),
        Step("wait", "Wait for the tenants", _wait, restart_from="standbys", weight=20),
        Step("forget", "Forget the old secret", _forget_old),
    ),
    give_up_seconds=WEEK_SECONDS,
)
