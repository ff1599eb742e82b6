"""Bring a tenant to another version of its template, or rehearse that.

Beside the live database a copy is made, changed by the real Odoo and checked. While that goes on
the customer works; only the copying itself closes the address for a moment. Then the address closes
again, nobody is inside, and what was written since the copy decides: nothing, and the copy goes in
place; something, and copy, change and checks are done once more while it is closed. So nothing that
a customer wrote is lost. What was live before stays beside it until the time to undo is over. When
anything fails, everything goes back by itself.

A change in place leaves the first copy out: everything is done in one closed moment. A rehearsal
ends after the checks, on a copy that can do no harm, which is dropped.
"""

from collections.abc import Mapping
from typing import Any

from ..kernel.errors import Broken, Refused, Unavailable
from ..kernel.migration.preflight import IN_PLACE
from ..kernel.provisioning.naming import staging_name
from .base import Context, Job, Step, only
from .copies_beside import drop_copies
from .lent_login import give_back, is_closed, lend
from .restore_copy import neutralise
from .swap_steps import closed_seconds, reopen, swap_steps

# A request under way is let finish for so long.
PATIENCE_SECONDS = 3.0
LOUD = ("ERROR ", "CRITICAL ")


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("upgrade", "begin", fence=ctx.fence)


def _look(ctx: Context) -> Mapping[str, Any]:
    """Look at what only the cluster knows, and have the change set made of it."""
    database, cluster = ctx.facts["database"], ctx.ports.cluster
    offered = [one.name for one in ctx.ports.odoo.modules() if one.installable]
    return ctx.records.call(
        "upgrade",
        "look",
        there=cluster.module_states(database, ctx.facts["login"]),
        offered=offered,
        database_bytes=cluster.database_bytes(database),
        free_bytes=ctx.ports.filestore.free_bytes(),
    )


def _order_safety(ctx: Context) -> None:
    ctx.records.call("upgrade", "order_safety")


def _wait_for_safety(ctx: Context) -> None:
    state = ctx.records.call("upgrade", "safety")["state"]
    if state == "running":
        raise Unavailable("upgrade_waits_for_safety")
    if state != "stored":
        raise Refused("upgrade_without_safety")


# The copy


def _pause(ctx: Context) -> Mapping[str, Any]:
    ctx.records.call("upgrade", "close")
    return {"closed_at": ctx.ports.clock.now().isoformat()}


def _let_in(ctx: Context) -> None:
    ctx.ports.cluster.let_in(ctx.facts["database"])


def _go_on(ctx: Context) -> None:
    _let_in(ctx)
    reopen(ctx)


def _copy(ctx: Context) -> Mapping[str, Any]:
    """Copy the live database while nobody is inside; the copy carries this worker's claim."""
    database, cluster = ctx.facts["database"], ctx.ports.cluster
    name = staging_name(database, "r", ctx.fence)
    drop_copies(ctx)
    mark = cluster.stand_still(database, PATIENCE_SECONDS)
    oid = cluster.copy_live(database, name)
    ctx.ports.filestore.clone(database, name, ctx.fence)
    return {
        "copy": name,
        "copy_oid": oid,
        "out": staging_name(database, "z", ctx.fence),
        "mark": mark,
        "signals": cluster.signals(name, ctx.facts["login"]),
    }


def _resume(ctx: Context) -> Mapping[str, Any]:
    _go_on(ctx)
    paused = round(ctx.facts.get("paused_seconds", 0.0) + closed_seconds(ctx), 3)
    return {"paused_seconds": paused, "closed_at": ""}


# The change


def _run(ctx: Context, phase: str) -> dict[str, Any]:
    """Run Odoo on the copy as the tenant's own role; what it logs as an error is counted.

    Raises: Broken (`odoo_phase_failed`, `upgrade_too_slow`), Unavailable.
    """
    loud: list[str] = []

    def hear(line: str) -> None:
        if line.startswith(LOUD):
            loud.append(line)
        ctx.log(line)

    start = ctx.ports.clock.monotonic()
    spec = {**ctx.facts["change"], "rehearsal": ctx.facts["rehearsal"]}
    try:
        report = ctx.ports.odoo.run_phase(
            phase, ctx.facts["copy"], spec, hear, login=ctx.facts["login"]
        )
    except Unavailable as error:
        if error.code == "odoo_phase_timeout":
            raise Broken("upgrade_too_slow", seconds=error.facts["seconds"]) from None
        raise
    if loud:
        raise Broken("upgrade_log", count=len(loud), line=loud[0])
    return {**report, "seconds": round(ctx.ports.clock.monotonic() - start, 1)}


def _update(ctx: Context) -> Mapping[str, Any]:
    return {"updated": _run(ctx, "upgrade")}


def _check(ctx: Context) -> Mapping[str, Any]:
    return {"checked": _run(ctx, "prove")}


# The closed moment


def _still(ctx: Context) -> Mapping[str, Any]:
    """Have everybody leave, and tell whether anything was written since the copy was made."""
    mark = ctx.ports.cluster.stand_still(ctx.facts["database"], PATIENCE_SECONDS)
    return {"again": mark != ctx.facts.get("mark")}


def _report(ctx: Context) -> dict[str, Any]:
    change, updated = ctx.facts["change"], ctx.facts["updated"]
    checked = ctx.facts["checked"]
    return {
        **{name: change[name] for name in ("install", "update", "remove", "languages")},
        "parameters": sorted(change["parameters"]),
        "checks": checked["checks"],
        "modules": checked["modules"],
        "update_seconds": updated["seconds"],
        "check_seconds": checked["seconds"],
        "again": bool(ctx.facts.get("again")) and ctx.facts["mode"] != IN_PLACE,
    }


def _rehearsed(ctx: Context) -> None:
    drop_copies(ctx)
    ctx.records.call("upgrade", "rehearsed", report=_report(ctx))


def _finish(ctx: Context) -> None:
    facts = ctx.facts
    outage = facts.get("paused_seconds", 0.0) + facts["outage_seconds"]
    ctx.records.call(
        "upgrade",
        "done",
        report=_report(ctx),
        outage=round(outage, 3) if facts["open"] else 0.0,
        out=facts["out"],
        out_oid=facts["out_oid"],
    )


def _rehearsal(ctx: Context) -> bool:
    return ctx.facts["rehearsal"]


def _real(ctx: Context) -> bool:
    return not ctx.facts["rehearsal"]


def _ahead(ctx: Context) -> bool:
    """A first copy is made, while the customer works."""
    return ctx.facts["rehearsal"] or ctx.facts["mode"] != IN_PLACE


def _again(ctx: Context) -> bool:
    return _real(ctx) and bool(ctx.facts.get("again"))


CLOSED = (
    Step("still", "Have everybody leave", _still, only(_real, _let_in), when=_real),
    Step(
        "copy",
        "Copy it as it is now",
        _copy,
        only(_real, drop_copies),
        when=_again,
        weight=2,
    ),
    Step("change", "Change it again", _update, when=_again, restart_from="copy", weight=10),
    Step("prove", "Check it again", _check, when=_again, weight=3),
)

UPGRADE_TENANT = Job(
    kind="upgrade_tenant",
    label="Upgrade",
    steps=(
        Step("begin", "Look whether it is possible", _begin),
        Step(
            "lend", "Let the closed database in", lend, only(is_closed, give_back), when=is_closed
        ),
        Step("look", "Compare modules, look for space", _look),
        Step("safety", "Order a safety backup", _order_safety, when=_real),
        Step("wait", "Wait for the safety backup", _wait_for_safety, when=_real, weight=6),
        Step("pause", "Close the address for a moment", _pause, only(_ahead, _go_on), when=_ahead),
        Step("stage", "Make a copy beside it", _copy, only(_ahead, drop_copies), when=_ahead),
        Step("resume", "Open the address", _resume, when=_ahead),
        Step("neutralise", "Make the copy harmless", neutralise, when=_rehearsal),
        Step("update", "Change the copy", _update, when=_ahead, restart_from="pause", weight=10),
        Step("examine", "Check the copy", _check, when=_ahead, weight=3),
        Step("drop", "Drop the copy, note the result", _rehearsed, when=_rehearsal, final=True),
        *swap_steps(_real, CLOSED),
        Step("finish", "Note the upgrade", _finish, when=_real, final=True),
        Step("return", "Close the database again", give_back, when=is_closed),
    ),
    on_undone=("upgrade", "failed"),
    give_up_seconds=7200,
)
