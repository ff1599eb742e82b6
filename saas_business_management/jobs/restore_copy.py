"""Bring a backup back as a tenant of its own, or as a sandbox that can do no harm outside.

The copy has no address until it is whole, compared with the backup and, for a sandbox, neutralised
and masked, and proven to be so.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..adapters.ports import Birth
from .base import Context, Job, Step
from .mask_step import mask
from .provision_tenant import check_page
from .restore_steps import compare, has_files, load, look, unpack


def _claim(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("tenant", "claim_copy", fence=ctx.fence)


def _release(ctx: Context) -> None:
    ctx.records.call("tenant", "release_database")


def make_role(ctx: Context) -> None:
    """Make the role that everything in the copy will belong to."""
    ctx.ports.cluster.ensure_role(ctx.facts["copy"], ctx.facts["login"])


def drop_role(ctx: Context) -> None:
    """Drop the role; its database is gone."""
    if "copy" in ctx.facts:
        ctx.ports.cluster.drop_role(ctx.facts["copy"])


def make_database(ctx: Context) -> Mapping[str, Any]:
    """Make the empty database."""
    return {"oid": ctx.ports.cluster.make_anew(ctx.facts["copy"], ctx.facts["extensions"])}


def drop_database(ctx: Context) -> None:
    """Drop the copy's database, whatever is in it."""
    if "copy" in ctx.facts:
        ctx.ports.cluster.drop_database(ctx.facts["copy"])


def drop_files(ctx: Context) -> None:
    """Remove the copy's files."""
    if "copy" in ctx.facts:
        ctx.ports.filestore.drop(ctx.facts["copy"])


def adopt(ctx: Context) -> None:
    """Make it an Odoo of its own: uuid, secret, address."""
    secret = ctx.records.call(ctx.facts["link"], "birth_secret")["secret"].reveal()
    birth = ctx.facts["birth"]
    born = Birth(birth["uuid"], secret, datetime.fromisoformat(birth["at"]))
    name, login = ctx.facts["copy"], ctx.facts["login"]
    ctx.ports.cluster.adopt(name, login, born, ctx.facts["base_url"])


def neutralise(ctx: Context) -> Mapping[str, Any]:
    """Switch off whatever reaches outside, and prove it."""
    statements = ctx.ports.odoo.neutral_statements(ctx.facts["modules"])
    name, login = ctx.facts["copy"], ctx.facts["login"]
    return ctx.ports.cluster.neutralise(name, login, statements)


def _sandbox(ctx: Context) -> bool:
    return ctx.facts["where"] == "sandbox"


def _hand_over(ctx: Context) -> None:
    ctx.ports.cluster.mark_role(ctx.facts["copy"], "claimed")


def _publish(ctx: Context) -> None:
    ctx.records.call("tenant", "publish")


def _withdraw(ctx: Context) -> None:
    ctx.records.call("tenant", "withdraw")


def _open(ctx: Context) -> None:
    admin = ctx.facts["admin"]
    if not admin["admin_user_id"]:
        # What was imported knows its administrator itself.
        admin = ctx.ports.cluster.admin_of(ctx.facts["copy"], ctx.facts["login"])
    ctx.records.call("tenant", "open", admin=admin)


def _finish(ctx: Context) -> None:
    told = {name: ctx.facts.get(name) for name in ("tables", "rows", "files")}
    ctx.records.call("restore", "done", **told)


RESTORE_COPY = Job(
    kind="restore_copy",
    label="Restore to a Copy",
    steps=(
        Step("claim", "Reserve database", _claim, _release),
        Step("look", "Look at the backup", look),
        Step("role", "Create database role", make_role, drop_role),
        Step("database", "Make the database", make_database, drop_database),
        Step("load", "Bring records back", load, restart_from="database", weight=12),
        Step("files", "Bring files back", unpack, drop_files, when=has_files, weight=4),
        Step("compare", "Compare with the backup", compare, weight=3),
        Step("adopt", "Make it its own", adopt),
        Step("neutralise", "Make it harmless", neutralise, when=_sandbox),
        Step("mask", "Mask personal data", mask, when=_sandbox, weight=4),
        Step("hand_over", "Hand over to the role", _hand_over),
        Step("publish", "Open the address", _publish, _withdraw),
        Step("check", "Ask for the login page", check_page, weight=2),
        Step("open", "Hand over", _open, final=True),
        Step("finish", "Note the restore", _finish),
    ),
    on_undone=("tenant", "failed"),
    give_up_seconds=7200,
)
