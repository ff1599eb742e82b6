"""Move a tenant to another cluster: files ahead, records in a freeze, both compared, then the
switch.

Until the switch the source is the tenant, and whatever fails leads back to it: it is opened again,
and then the half-made copy is dropped; a destination that cannot be reached keeps nobody waiting.
The switch is one transaction of the records, the point of no return: from there on the destination
is the tenant and what fails is tried again. In between nobody writes anywhere. The source stays
where it is, closed and read-only, until the time to undo is over.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ..adapters.ports import LENT, Check, ClusterPort
from ..kernel.backup.restore import needed_bytes
from ..kernel.errors import Broken, Unavailable
from ..kernel.migration.move_fit import Found, require_fit, require_server
from .base import Context, Job, Step, only
from .lent_login import give_back, is_closed, lend
from .move_steps import (
    GIVE_UP_SECONDS,
    arrival_steps,
    close_source,
    destination,
    freeze,
    open_destination,
    open_source,
    source,
    thaw,
)
from .verify_backup import SHOWN


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("move", "begin", fence=ctx.fence)


def _forget(ctx: Context) -> None:
    ctx.records.call("move", "forget_copy")


def _look(ctx: Context) -> Mapping[str, Any]:
    """Look at both servers: is the other one there, as new, with the same modules and room?"""
    here, there = _major(ctx.ports.cluster), _there_major(ctx)
    # First: the programs that carry records over are the destination's, too old where it is.
    require_server(here, there)
    told = ctx.ports.mover.look(source(ctx))
    names = sorted(told["modules"])
    allowed = ctx.records.call("move", "allowed", names=names)
    needed = needed_bytes(
        ctx.ports.cluster.database_bytes(ctx.facts["database"]), told["file_bytes"]
    )
    require_fit(
        Found(
            modules=told["modules"],
            offered=allowed["offered"],
            unapproved=tuple(allowed["unapproved"]),
            needed_bytes=needed,
            free_bytes=ctx.ports.there_files.free_bytes(),
        )
    )
    return {"extensions": told["extensions"], "size": needed}


def _there_major(ctx: Context) -> int:
    """Return the major version of the destination's server, 0 when it does not tell.

    Raises: Unavailable (`move_unreachable`).
    """
    checks = ctx.ports.there_cluster.check()
    if any(one.code == "server_reachable" and not one.ok for one in checks):
        raise Unavailable("move_unreachable")
    return _told_major(checks)


def _major(cluster: ClusterPort) -> int:
    return _told_major(cluster.check())


def _told_major(checks: Iterable[Check]) -> int:
    told = [one.facts["version"] for one in checks if "version" in one.facts]
    return int(told[0]) if told else 0


def _copy_ahead(ctx: Context) -> Mapping[str, Any]:
    told = ctx.ports.mover.copy_files(ctx.facts["database"], ctx.facts["copy"])
    return {"ahead": told}


def _drop_files(ctx: Context) -> None:
    if "copy" in ctx.facts:
        ctx.ports.there_files.drop(ctx.facts["copy"])


def _make_role(ctx: Context) -> Mapping[str, Any]:
    """Make the role, under a password that no node ever gets."""
    ctx.ports.there_cluster.ensure_role(ctx.facts["copy"], LENT)
    return {"copy_login": LENT}


def _drop_role(ctx: Context) -> None:
    if "copy" in ctx.facts:
        ctx.ports.there_cluster.drop_role(ctx.facts["copy"])


def _try_database(ctx: Context) -> None:
    """Make it once while people still work: what the server refuses is told before the freeze."""
    ctx.ports.there_cluster.make_anew(ctx.facts["copy"], ctx.facts["extensions"])


def _make_database(ctx: Context) -> Mapping[str, Any]:
    """Make it anew: one that a dead worker began to fill is not filled further.

    Whoever takes it back takes back that it was tried (`_try_database`): after the source is open.
    """
    extensions = ctx.facts["extensions"]
    return {"copy_oid": ctx.ports.there_cluster.make_anew(ctx.facts["copy"], extensions)}


def _drop_database(ctx: Context) -> None:
    if "copy" in ctx.facts:
        ctx.ports.there_cluster.drop_database(ctx.facts["copy"])


def _copy_rest(ctx: Context) -> Mapping[str, Any]:
    told = ctx.ports.mover.copy_files(ctx.facts["database"], ctx.facts["copy"])
    return {"rest": told}


def _carry(ctx: Context) -> Mapping[str, Any]:
    return {"carried": ctx.ports.mover.carry(source(ctx), destination(ctx))}


def _compare(ctx: Context) -> None:
    """Make sure that both are the same, and keep what tells later whether it was written to.

    Raises: Broken (`move_differs`).
    """
    found = ctx.ports.mover.compare(source(ctx), destination(ctx))
    for kind, name in found.wrong[:SHOWN]:
        ctx.log(f"{kind} {name} differs", "error")
    if found.wrong:
        first = " ".join(found.wrong[0])
        raise Broken("move_differs", count=len(found.wrong), first=first)
    ctx.records.call("move", "keep_marks", marks=dict(found.marks))


def _adapt(ctx: Context) -> None:
    """Another host zone is another address, by which the tenant calls itself."""
    end = destination(ctx)
    ctx.ports.there_cluster.set_address(end.database, end.generation, ctx.facts["address"])
    marks = ctx.ports.mover.marks(end, ("public.ir_config_parameter",))
    ctx.records.call("move", "keep_marks", marks=marks)


def _hand_over(ctx: Context) -> None:
    ctx.ports.there_cluster.mark_role(ctx.facts["copy"], "claimed")


def _switch(ctx: Context) -> None:
    ctx.records.call("move", "switch", oid=ctx.facts["copy_oid"])


def _shut(ctx: Context) -> None:
    ctx.ports.cluster.stop_logins(ctx.facts["database"])


def _finish(ctx: Context) -> None:
    names = ("ahead", "rest", "carried", "ended", "login_seconds")
    ctx.records.call("move", "done", told={name: ctx.facts.get(name) for name in names})


def _new_address(ctx: Context) -> bool:
    return bool(ctx.facts["address"])


MOVE_TENANT = Job(
    kind="move_tenant",
    label="Move",
    steps=(
        Step("begin", "Reserve the name at the destination", _begin, _forget),
        Step(
            "lend", "Let the closed database in", lend, only(is_closed, give_back), when=is_closed
        ),
        Step("look", "Look at both clusters", _look),
        Step("ahead", "Copy files ahead", _copy_ahead, _drop_files, weight=4),
        Step("role", "Create database role", _make_role, _drop_role),
        Step("try", "Try the destination", _try_database, _drop_database),
        Step("freeze", "Tell visitors it is back in a moment", freeze, thaw),
        Step("close", "Close the source", close_source, open_source),
        Step("rest", "Copy the newest files", _copy_rest),
        Step("make", "Make the database", _make_database),
        Step("carry", "Carry records over", _carry, restart_from="make", weight=12),
        Step("compare", "Compare both", _compare, weight=3),
        Step("adapt", "Set the new address", _adapt, when=_new_address),
        Step("hand_over", "Hand over to the role", _hand_over),
        Step("switch", "Switch (point of no return)", _switch, final=True),
        Step("shut", "Close the source for good", _shut),
        Step("open", "Open the destination", open_destination),
        *arrival_steps("there_door"),
        Step("finish", "Note the move", _finish),
    ),
    on_undone=("move", "failed"),
    give_up_seconds=GIVE_UP_SECONDS,
)
