"""Copy a running tenant: a sandbox or a staging copy of it as it is now, or new data for one.

The copy gets a database of its own. Until it is neutral and masked no address leads there, and its
role works under a password that no node has; whoever dies on the way leaves something that nobody
can reach. Then the role is stopped, gets the password of nodes, and the address opens.

New data for a copy that is there goes the same way into another database: the old one is open until
the new one takes its address, and is dropped afterwards.
"""

from collections.abc import Mapping
from typing import Any

from ..kernel.backup.restore import needed_bytes
from ..kernel.errors import Refused
from .base import Context, Job, Step
from .mask_step import mask
from .provision_tenant import check_page
from .restore_copy import adopt, drop_role, neutralise


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("copy", "begin", fence=ctx.fence)


def _forget(ctx: Context) -> None:
    ctx.records.call("copy", "forget")


def _look(ctx: Context) -> Mapping[str, Any]:
    source, generation = _source(ctx)
    size = ctx.ports.cluster.database_bytes(source)
    needed = needed_bytes(size, ctx.ports.filestore.used_bytes(source))
    free = ctx.ports.filestore.free_bytes()
    if free < needed:
        raise Refused("disk_full", needed_bytes=needed, free_bytes=free)
    return {**ctx.ports.copies.look(source, generation), "size": size}


def _source(ctx: Context) -> tuple[str, int]:
    """Return the database that is copied and the password of now: it may change meanwhile."""
    told = ctx.records.call("copy", "source")
    return told["source"], told["source_login"]


def _make_role(ctx: Context) -> Mapping[str, Any]:
    """Make the role and let it work for us alone."""
    name = ctx.facts["copy"]
    ctx.ports.cluster.ensure_role(name, ctx.facts["generation"])
    return {"login": ctx.ports.cluster.lend_login(name)}


def _make_database(ctx: Context) -> Mapping[str, Any]:
    ctx.ports.filestore.drop(ctx.facts["copy"])
    return {"oid": ctx.ports.cluster.make_anew(ctx.facts["copy"], ctx.facts["extensions"])}


def _drop_database(ctx: Context) -> None:
    if "copy" in ctx.facts:
        ctx.ports.cluster.drop_database(ctx.facts["copy"])
        ctx.ports.filestore.drop(ctx.facts["copy"])


def _pour(ctx: Context) -> Mapping[str, Any]:
    name, (source, generation) = ctx.facts["copy"], _source(ctx)

    def files() -> None:
        ctx.ports.filestore.clone(source, name, ctx.fence)

    return ctx.ports.copies.pour(source, generation, name, ctx.facts["login"], files)


def _is_masked(ctx: Context) -> bool:
    return ctx.facts["masked"]


def _hand_over(ctx: Context) -> None:
    """Have the role stopped and give it the password of nodes."""
    ctx.ports.cluster.take_login_back(ctx.facts["copy"], ctx.facts["generation"])
    ctx.ports.cluster.mark_role(ctx.facts["copy"], "claimed")


def _allow(ctx: Context) -> None:
    ctx.ports.cluster.allow_logins(ctx.facts["copy"])


def _stop(ctx: Context) -> None:
    if "copy" in ctx.facts:
        ctx.ports.cluster.stop_logins(ctx.facts["copy"])


def _publish(ctx: Context) -> None:
    ctx.records.call("copy", "publish", oid=ctx.facts["oid"])


def _withdraw(ctx: Context) -> None:
    ctx.records.call("copy", "withdraw")


def _open(ctx: Context) -> None:
    ctx.records.call("copy", "open")


def _finish(ctx: Context) -> None:
    told = {name: ctx.facts.get(name) for name in ("tables", "rows", "masked_rows", "taken_at")}
    ctx.records.call("copy", "done", **told)


COPY_TENANT = Job(
    kind="copy_tenant",
    label="Copy",
    steps=(
        Step("begin", "Reserve database", _begin, _forget),
        Step("look", "Look at the tenant", _look),
        Step("role", "Create database role", _make_role, drop_role),
        Step("database", "Make the database", _make_database, _drop_database),
        Step("pour", "Copy records and files", _pour, restart_from="database", weight=12),
        Step("adopt", "Make it its own", adopt),
        Step("neutralise", "Make it harmless", neutralise),
        Step("mask", "Mask personal data", mask, when=_is_masked, weight=4),
        Step("hand_over", "Hand over to the role", _hand_over),
        Step("allow", "Let the role log in", _allow, _stop),
        Step("publish", "Open the address", _publish, _withdraw),
        Step("check", "Ask for the login page", check_page, weight=2),
        Step("open", "Hand over", _open, final=True),
        Step("finish", "Note the copy", _finish),
    ),
    on_undone=("copy", "failed"),
    give_up_seconds=7200,
)
