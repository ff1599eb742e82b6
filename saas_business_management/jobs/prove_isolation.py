"""Prove that a tenant is kept apart: every hostile statement, as its own role, on the open tenant.

An operation of its own after the tenant is open: nobody waits for it.
"""

from dataclasses import asdict

from .base import Context, Job, Step


def _attack(ctx: Context) -> None:
    wanted = ctx.records.call("database", "isolation_wanted")
    if not wanted:
        ctx.log("It is not open any more: nothing was tried.")
        return
    found = ctx.ports.cluster.attack(wanted["database"], wanted["generation"], wanted["other"])
    rows = [asdict(one) for one in found]
    for row in rows:
        if row["outcome"] != "refused":
            ctx.log(f"{row['name']}: {row['outcome']} {row['state']}".rstrip(), "error")
    ctx.records.call("database", "isolation_told", attacks=rows)


PROVE_ISOLATION = Job(
    kind="prove_isolation",
    label="Prove Isolation",
    steps=(Step("attack", "Try what must be refused", _attack),),
)
