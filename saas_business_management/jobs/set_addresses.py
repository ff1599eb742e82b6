"""Have databases call themselves by their primary host name, and put back what was changed there.

First it is written down what stands there, then it is set: a worker that dies in between forgets
nothing.
"""

from collections.abc import Mapping
from typing import Any

from ..kernel.errors import SaasError
from .base import Context, Job, Step

# A tenant writes what it likes there; nobody needs more of it than this.
MOST_SHOWN = 200


def _compare(ctx: Context) -> Mapping[str, Any]:
    """Compare one tenant or all of the cluster; of many, one that does not answer stops no other.

    Raises: Unavailable, Broken when it is the only one.
    """
    rows = ctx.records.call("cluster", "addresses", tenant_id=ctx.spec.get("tenant_id"))["rows"]
    wrong, unanswered = [], []
    for row in rows:
        try:
            stands = ctx.ports.cluster.address_of(row["database"], row["generation"])
        except SaasError as error:
            if len(rows) == 1:
                raise
            ctx.log(f"{row['database']}: {error}")
            unanswered.append(row["tenant_id"])
            continue
        if stands != row["base_url"]:
            wrong.append({**row, "was": (stands or "")[:MOST_SHOWN]})
    return {"looked": len(rows), "wrong": wrong, "unanswered": unanswered}


def _write(ctx: Context) -> None:
    wrong, told = ctx.facts["wrong"], []
    for row in wrong:
        try:
            ctx.ports.cluster.set_address(row["database"], row["generation"], row["base_url"])
        except SaasError as error:
            if len(wrong) == 1:
                raise
            ctx.log(f"{row['database']}: {error}")
            continue
        told.append({"tenant_id": row["tenant_id"], "was": row["was"]})
    expected = bool(ctx.spec.get("tenant_id"))
    ctx.records.call("cluster", "addresses_set", changed=told, expected=expected)


SET_ADDRESSES = Job(
    kind="set_addresses",
    label="Set Addresses",
    steps=(
        Step("compare", "Compare addresses", _compare),
        Step("write", "Set addresses", _write, when=lambda ctx: bool(ctx.facts["wrong"])),
    ),
)
