"""Look at a cluster as monitoring does: sessions, locks, counters of all its databases at once.

A cluster that does not answer is a result, not a failure of the operation. Nothing is written
outside, so that looking twice does no harm.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..kernel.errors import SaasError
from .base import Context, Job, Step


def _look(ctx: Context) -> Mapping[str, Any]:
    order = ctx.records.call("cluster", "watch_due")
    if not order["due"]:
        return {"looked": False}
    try:
        sight = ctx.ports.cluster.watch(statements=order["statements"])
    except SaasError as error:
        ctx.records.call("cluster", "watch_missed", problem=error.code)
        return {"looked": True, "problem": error.code}
    ctx.records.call("cluster", "watched", sight=asdict(sight))
    return {"looked": True, "databases": len(sight.databases)}


COLLECT_CLUSTER = Job(
    kind="collect_cluster",
    label="Watch Cluster",
    steps=(Step("look", "Read sessions and counters", _look),),
    give_up_seconds=120,
    exclusive=False,
)
