"""Quotas: what a growing use makes known, once for each mark."""

from tests.helpers.tenant_stage import judge_storage, open_tenant, tell_at
from tests.helpers.webhook_stage import key_file

from .reading import FREE
from .registry import plays

SOME_DAY = "2027-05-01"


@plays("alerts")
def alerts(stage, asked):
    """Storage is read, and judged against the limit of the plan."""
    if not asked["quota"]:
        return None
    tell_at(stage, asked["thresholds_percent"])
    plan = stage.offer(FREE, limit_storage_gb=asked["quota"]).plan_id
    stage.go_to(SOME_DAY)
    with key_file(stage):
        tenant = open_tenant(stage, plan_id=plan.id)
    fired, known = [], []
    for used in asked["cumulative_usage"]:
        told = judge_storage(stage, tenant, used)
        fired.append([mark for mark in told if mark not in known])
        known = told
    return {"fired": fired}
