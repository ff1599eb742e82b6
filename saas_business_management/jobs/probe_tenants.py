"""Ask inside the databases of a cluster's tenants how their work goes, and each hour who may what.

Who gives no answer is unknown with a reason; the operation itself does not fail for it. Nothing is
written outside, so that asking twice does no harm.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ..adapters.ports import Question
from ..kernel.errors import SaasError
from ..kernel.monitoring.question import AUDITS, PROBES, Ask
from .base import Context, Job, Step
from .side_by_side import side_by_side

# Both rounds together; then the others wait for the next operation.
LONGEST_SECONDS = {"probe": 180.0, "audit": 60.0}
# Connections to one cluster at the same time.
AT_ONCE = 4
ASKED: Mapping[str, Sequence[Ask]] = {"probe": PROBES, "audit": AUDITS}


def _probe(ctx: Context) -> Mapping[str, Any]:
    return _ask_all(ctx, "probe")


def _audit(ctx: Context) -> Mapping[str, Any]:
    return _ask_all(ctx, "audit")


def _ask_all(ctx: Context, source: str) -> Mapping[str, Any]:
    """Ask each tenant that is due; those for whom there was no time stay due."""
    tenants = ctx.records.call("cluster", "probe_due", source=source)["tenants"]
    if not tenants:
        return {source: {"looked": 0, "unknown": 0}}
    until = ctx.ports.clock.monotonic() + LONGEST_SECONDS[source]
    now = ctx.ports.clock.now()
    looks = side_by_side(
        lambda one: _asked(ctx, one, ASKED[source], now),
        tenants,
        AT_ONCE,
        lambda: ctx.ports.clock.monotonic() > until,
    )
    if len(looks) < len(tenants):
        ctx.log(f"{source}: {len(tenants) - len(looks)} wait for the next look")
    ctx.records.call("cluster", "probe_read", source=source, looks=looks)
    unknown = sum(bool(one["problem"]) for one in looks)
    return {source: {"looked": len(looks), "unknown": unknown}}


def _asked(
    ctx: Context, one: Mapping[str, Any], asks: Sequence[Ask], now: datetime
) -> dict[str, Any]:
    """Return `tenant`, why it could not be entered, and answer and problem of each question."""
    questions = [Question(ask.code, ask.text, {"now": now}, ask.module) for ask in asks]
    try:
        told = ctx.ports.cluster.ask(one["database"], one["generation"], questions)
    except SaasError as error:
        return {"tenant": one["tenant"], "told": {}, "problem": error.code}
    answers = {code: [answer.number, answer.problem] for code, answer in told.items()}
    return {"tenant": one["tenant"], "told": answers, "problem": ""}


PROBE_TENANTS = Job(
    kind="probe_tenants",
    label="Probe Tenants",
    steps=(
        Step("probe", "Ask how their work goes", _probe, weight=3),
        Step("audit", "Ask who may what", _audit),
    ),
    give_up_seconds=300,
    exclusive=False,
)
