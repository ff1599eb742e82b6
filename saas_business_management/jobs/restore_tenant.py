"""Bring a backup back into the tenant it was made of.

Beside the live database a copy is made, filled, compared with the backup and given what is the
tenant's own now. Until then nobody notices. Then the address closes for as long as two renames
take, and opens with the copy in place; what was live before stays beside it until the time to undo
is over. When the login page does not come, everything goes back by itself.

Files alone need none of that: what is missing or damaged is put back, nothing else is touched.
"""

from collections.abc import Mapping
from typing import Any

from ..kernel.errors import Refused, Unavailable
from ..kernel.provisioning.naming import staging_name
from .base import Context, Job, Step, only
from .copies_beside import drop_copies
from .lent_login import give_back, is_closed, lend
from .restore_steps import (
    compare,
    has_files,
    has_records,
    load,
    look,
    source_of,
    store_of,
    unpack,
)
from .swap_steps import swap_steps


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("restore", "begin", fence=ctx.fence)


def _order_safety(ctx: Context) -> None:
    ctx.records.call("restore", "order_safety")


def _wait_for_safety(ctx: Context) -> None:
    state = ctx.records.call("restore", "safety")["state"]
    if state == "running":
        raise Unavailable("restore_waits_for_safety")
    if state != "stored":
        raise Refused("restore_without_safety")


def _make_copy(ctx: Context) -> Mapping[str, Any]:
    """Make the copy under this worker's claim: one that was frozen meanwhile writes elsewhere."""
    name = staging_name(ctx.facts["database"], "r", ctx.fence)
    drop_copies(ctx)
    oid = ctx.ports.cluster.make_anew(name, ctx.facts["extensions"])
    out = staging_name(ctx.facts["database"], "z", ctx.fence)
    return {"copy": name, "copy_oid": oid, "out": out}


def _keep_files(ctx: Context) -> None:
    """The records alone go back: the copy shares the files that are live."""
    ctx.ports.filestore.clone(ctx.facts["database"], ctx.facts["copy"], ctx.fence)


def _adapt(ctx: Context) -> None:
    """What is the tenant's own now is not what it was then: its address, what signs its links."""
    name, login = ctx.facts["copy"], ctx.facts["login"]
    secret = ctx.records.call("tenant", "birth_secret")["secret"]
    ctx.ports.cluster.set_database_secret(name, login, secret)
    ctx.ports.cluster.set_address(name, login, ctx.facts["base_url"])


def _add_files(ctx: Context) -> Mapping[str, Any]:
    database = ctx.facts["database"]
    added = ctx.ports.vault.add_files(store_of(ctx), source_of(ctx), database, ctx.fence)
    return {"files": added}


def _finish(ctx: Context) -> None:
    told = {name: ctx.facts.get(name) for name in ("tables", "rows", "files", "out", "out_oid")}
    ctx.records.call("restore", "done", **told)


def _only_files(ctx: Context) -> bool:
    return ctx.facts["what"] == "files"


def _shares_files(ctx: Context) -> bool:
    return ctx.facts["what"] == "records"


def _with_files(ctx: Context) -> bool:
    return has_records(ctx) and has_files(ctx)


def _closed(ctx: Context) -> bool:
    return has_records(ctx) and is_closed(ctx)


RESTORE_TENANT = Job(
    kind="restore_tenant",
    label="Restore",
    steps=(
        Step("begin", "Note what is restored", _begin),
        Step("look", "Look at the backup", look),
        Step("safety", "Order a safety backup", _order_safety, when=has_records),
        Step("wait", "Wait for the safety backup", _wait_for_safety, when=has_records, weight=6),
        Step("lend", "Let the closed database in", lend, only(_closed, give_back), when=_closed),
        Step(
            "copy",
            "Make a database beside it",
            _make_copy,
            only(has_records, drop_copies),
            when=has_records,
        ),
        Step("load", "Bring records back", load, when=has_records, restart_from="copy", weight=12),
        Step("files", "Bring files back", unpack, when=_with_files, weight=4),
        Step("share", "Keep the files", _keep_files, when=_shares_files),
        Step("compare", "Compare with the backup", compare, when=has_records, weight=3),
        Step("adapt", "Set address and secret", _adapt, when=has_records),
        *swap_steps(has_records),
        Step("add", "Bring missing files back", _add_files, when=_only_files, weight=6),
        Step("finish", "Note the restore", _finish, final=True),
        Step("return", "Close the database again", give_back, when=_closed),
    ),
    on_undone=("restore", "failed"),
    give_up_seconds=7200,
)
