"""Prove a backup by restoring it (level V2, or V3 on another cluster) and looking at what came.

The copy lies under a name of its own, is neutralised before any Odoo enters it, answers for seconds
under a host name nobody can guess, and is destroyed in the end. What is wrong with a backup is the
result of this, not a failure; that somebody gave no answer proves nothing and is tried again.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..kernel.errors import SaasError
from .base import Context, Job, Step
from .provision_tenant import check_page
from .restore_copy import (
    adopt,
    drop_database,
    drop_files,
    drop_role,
    make_database,
    make_role,
    neutralise,
)
from .restore_steps import SHOWN, differences, load, look, unpack

# What says something of the cluster and nothing of the backup.
NOT_THE_BACKUP = frozenset({"disk_full", "role_missing", "fence_stale", "restore_server_older"})


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("backup", "proof_begin", fence=ctx.fence)


def _forget(ctx: Context) -> None:
    ctx.records.call("backup", "proof_forget")


Act = Callable[[Context], Mapping[str, Any] | None]


def _judged(act: Act) -> Act:
    """Return the act whose refusal or breaking is a finding about the backup."""

    def judge(ctx: Context) -> Mapping[str, Any] | None:
        try:
            return act(ctx)
        except SaasError as error:
            if error.kind == "unavailable" or error.code in NOT_THE_BACKUP:
                raise
            ctx.log(str(error), "error")
            return {"faults": [["restore", error.code]]}

    return judge


def _compare(ctx: Context) -> Mapping[str, Any]:
    return {"faults": differences(ctx)[:SHOWN]}


def _publish(ctx: Context) -> None:
    ctx.records.call("backup", "proof_publish", host=ctx.facts["host"])


def _withdraw(ctx: Context) -> None:
    ctx.records.call("backup", "proof_withdraw")


def _tell(ctx: Context) -> None:
    facts = ctx.facts
    ctx.records.call(
        "backup",
        "restored",
        faults=facts.get("faults", []),
        told={name: facts.get(name) for name in ("tables", "rows", "files")},
    )


def _good(ctx: Context) -> bool:
    return not ctx.facts.get("faults")


PROVE_RESTORE = Job(
    kind="prove_restore",
    label="Prove Restore",
    steps=(
        Step("begin", "Reserve a place", _begin, _forget),
        Step("look", "Look at the backup", _judged(look)),
        Step("role", "Create database role", make_role, drop_role, when=_good),
        Step("database", "Make the database", make_database, drop_database, when=_good),
        Step("load", "Bring records back", _judged(load), when=_good, restart_from="database"),
        Step("files", "Bring files back", _judged(unpack), drop_files, when=_good, weight=4),
        Step("compare", "Compare with the backup", _judged(_compare), when=_good, weight=3),
        Step("adopt", "Make it its own", _judged(adopt), when=_good),
        Step("neutralise", "Make it harmless", _judged(neutralise), when=_good),
        Step("publish", "Have a node serve it", _publish, _withdraw, when=_good),
        Step("check", "Ask for the login page", _judged(check_page), when=_good, weight=4),
        Step("withdraw", "Take it out of the route map", _withdraw),
        Step("tell", "Note the proof", _tell),
        Step("drop", "Drop database", drop_database),
        Step("drop_role", "Drop role", drop_role),
        Step("drop_files", "Remove files", drop_files),
        Step("end", "Give the name back", _forget, final=True),
    ),
    on_undone=("backup", "not_proven"),
    give_up_seconds=7200,
    exclusive=False,
)
