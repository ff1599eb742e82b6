"""Have the limits of tenants stand in their databases, and put right what somebody did to them.

First it is written down what stands there, then it is set: a worker that dies in between forgets
nothing. Of one tenant, one that does not answer is tried again; of many, it stops no other.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..kernel.errors import SaasError, Unavailable
from ..kernel.quota.enforced import Enforced, tampered
from ..kernel.quota.share import Share
from .base import Context, Job, Step

# Then the others wait for the next operation: slow tenants do not hold a worker for ever.
LONGEST_SECONDS = 240.0


def _compare(ctx: Context) -> Mapping[str, Any]:
    """Compare what stands with what is wanted.

    Raises: Unavailable when it is the only tenant.
    """
    order = ctx.records.call("cluster", "limits_wanted", tenant_ids=ctx.spec.get("tenant_ids"))
    until = ctx.ports.clock.monotonic() + LONGEST_SECONDS
    wrong, looked = [], 0
    for row in order["rows"]:
        if ctx.ports.clock.monotonic() > until:
            ctx.log(f"{len(order['rows']) - looked} tenants wait for the next look")
            break
        looked += 1
        found = _look(ctx, row, alone=len(order["rows"]) == 1)
        wrong += [found] if found else []
    return {"looked": looked, "wrong": wrong}


def _look(ctx: Context, row: Mapping[str, Any], alone: bool) -> dict[str, Any] | None:
    """Return the tenant with what is wrong there, None when all is well."""
    cluster, share = ctx.ports.cluster, Share(**row.get("share") or {})
    try:
        shared = "share" not in row or cluster.share_stands(row["database"], share)
        if _has_none(row):
            return None if shared and not row["failed"] else {**row, "tampered": [], "defects": []}
        seen = cluster.look_at_limits(row["database"])
    except SaasError as error:
        return _failed(ctx, row, error, alone)
    wanted = Enforced(**row["wanted"])
    # What was not noted as applied, or as failed before, is applied and noted once more.
    if shared and seen.holds(wanted) and row["applied"] == row["wanted"] and not row["failed"]:
        return None
    applied = row["applied"] and Enforced(**row["applied"])
    return {**row, "tampered": list(tampered(seen, applied)), "defects": list(seen.defects)}


def _has_none(row: Mapping[str, Any]) -> bool:
    """Tell whether its database has no limits inside and is to have none: only a share is set."""
    return row["applied"] is None and Enforced(**row["wanted"]).nothing


def _write(ctx: Context) -> Mapping[str, Any]:
    """Put right, and note what was done."""
    wrong = ctx.facts["wrong"]
    told = [_put(ctx, row, alone=len(wrong) == 1) for row in wrong]
    ctx.records.call("cluster", "limits_applied", rows=told)
    problems = sum(bool(row["problem"]) for row in told)
    return {"applied": len(told) - problems, "unapplied": problems}


def _put(ctx: Context, row: Mapping[str, Any], alone: bool) -> dict[str, Any]:
    if row.get("problem"):
        return dict(row)
    try:
        wanted = Enforced(**row["wanted"])
        if "share" in row:
            ctx.ports.cluster.put_share(row["database"], Share(**row["share"] or {}))
        if not _has_none(row):
            ctx.ports.cluster.put_limits(row["database"], row["generation"], wanted)
    except SaasError as error:
        return _failed(ctx, row, error, alone)
    return {**row, "wanted": asdict(wanted), "problem": "", "only_share": _has_none(row)}


def _failed(ctx: Context, row: Mapping[str, Any], error: SaasError, alone: bool) -> dict[str, Any]:
    """Note why limits of a tenant could not be applied; somebody who is away is waited for.

    Raises: Unavailable.
    """
    if alone and isinstance(error, Unavailable):
        raise error
    ctx.log(f"{row['database']}: {error.code}", "warning")
    return {"tampered": [], "defects": [], **row, "problem": error.code}


APPLY_LIMITS = Job(
    kind="apply_limits",
    label="Apply Limits",
    steps=(
        Step("compare", "Compare limits", _compare),
        Step("write", "Apply limits", _write, when=lambda ctx: bool(ctx.facts["wrong"])),
    ),
    exclusive=False,
)
