"""Compare rights and settings of a cluster with the hardening baseline, and put right what may be
(A5)."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from ..kernel.errors import Broken, Refused
from ..kernel.provisioning.privileges import Baseline, Finding, TenantKnown, judge
from .base import Context, Job, Step


def _look(ctx: Context) -> Mapping[str, Any]:
    """Return what is wrong; a tenant's own database is entered as that tenant."""
    return {"found": [_row(one) for one in _found(ctx)]}


def _mend(ctx: Context) -> Mapping[str, Any]:
    """Put right what the provisioner may; what it may not stays a finding."""
    generations = {one.name: one.generation for one in _known(ctx)[0]}
    tried = []
    for row in ctx.facts["found"]:
        if not row["mend"]:
            continue
        order = (row["kind"], row["name"], generations.get(row["name"], 0), row["facts"])
        try:
            ctx.ports.cluster.mend_right(*order)
        except (Broken, Refused) as error:
            ctx.log(f"{row['kind']} {row['name']}: {error.code}", "warning")
            continue
        ctx.log(f"{row['kind']} {row['name']}: put right", "warning")
        tried.append(row)
    return {"tried": tried}


def _settle(ctx: Context) -> Mapping[str, Any]:
    """Look once more where something was done, and write down what is still wrong."""
    left = ctx.facts["found"]
    if ctx.facts["tried"]:
        left = [_row(one) for one in _found(ctx)]
    still = {(one["kind"], one["name"]) for one in left}
    mended = [one for one in ctx.facts["tried"] if (one["kind"], one["name"]) not in still]
    return ctx.records.call("cluster", "rights_audited", found=left, mended=mended)


def _found(ctx: Context) -> list[Finding]:
    cluster = ctx.ports.cluster
    # The rows are read after the cluster: one is there before what it stands for.
    seen = cluster.privileges()
    known, trusted = _known(ctx)
    may_log_in = {role.name for role in seen.roles if role.can_login}
    insides = {
        one.name: cluster.inside(one.name, one.generation)
        for one in known
        if not one.busy and one.name in may_log_in
    }
    baseline = cluster.baseline()
    return judge(seen, _trusting(baseline, trusted), known, insides)


def _known(ctx: Context) -> tuple[list[TenantKnown], frozenset[str]]:
    told = ctx.records.call("cluster", "rights_wanted")
    rows = [{**row, "addresses": frozenset(row["addresses"])} for row in told["tenants"]]
    return [TenantKnown(**row) for row in rows], frozenset(told["trusted"])


def _trusting(baseline: Baseline, trusted: frozenset[str]) -> Baseline:
    return replace(baseline, trusted=trusted)


def _row(finding: Finding) -> dict[str, Any]:
    row = asdict(finding)
    facts = finding.facts.items()
    row["facts"] = {key: list(one) if isinstance(one, tuple) else one for key, one in facts}
    return row


AUDIT_RIGHTS = Job(
    kind="audit_rights",
    label="Audit Rights",
    steps=(
        Step("look", "Compare with the baseline", _look),
        Step("mend", "Put right what may be", _mend),
        Step("settle", "Write down what is left", _settle),
    ),
)
