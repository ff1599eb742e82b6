"""Bring a tenant's role in line with its state: sessions ended when it is closed, logins allowed
when it is open.

Which of the two is asked when the work begins, not when it was ordered: of several orders in a row
the last one finds everything as it should be.
"""

from .base import Context, Job, Step


def _apply(ctx: Context) -> dict[str, object]:
    wanted = ctx.records.call("tenant", "access")
    if not wanted["database"]:
        return {"open": wanted["open"]}
    cluster, name = ctx.ports.cluster, wanted["database"]
    # An operation may have lent a closed role, under a password that no node has.
    if wanted["open"]:
        cluster.ensure_role(name, wanted["generation"])
        cluster.allow_logins(name)
    else:
        cluster.stop_logins(name)
        cluster.ensure_role(name, wanted["generation"])
    return {"open": wanted["open"]}


APPLY_STATE = Job(
    kind="apply_state",
    label="Apply State",
    steps=(Step("apply", "Open or close the database", _apply),),
    exclusive=False,
)
