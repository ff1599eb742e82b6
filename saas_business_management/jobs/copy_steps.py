"""The steps that make a tenant's database out of a golden one; for provisioning and standby copies.

Facts they need: `database` (also the role's name), `generation`, `template` (golden name), `birth`
(uuid, instant). The secret that will sign the tenant's sessions comes from the records and is no
fact: facts are stored in clear.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from ..adapters.ports import Birth
from ..kernel.errors import Refused
from ..kernel.provisioning.plan import needed_bytes
from .base import Context, Step


def _cold(ctx: Context) -> bool:
    """A warm standby has all of this already."""
    return not ctx.facts.get("warm")


def _make_role(ctx: Context) -> None:
    ctx.ports.cluster.ensure_role(ctx.facts["database"], ctx.facts["generation"])


def _drop_role(ctx: Context) -> None:
    if "database" in ctx.facts:
        ctx.ports.cluster.drop_role(ctx.facts["database"])


def _clone(ctx: Context) -> Mapping[str, Any]:
    needed = needed_bytes(ctx.ports.cluster.database_bytes(ctx.facts["template"]))
    free = ctx.ports.filestore.free_bytes()
    if free < needed:
        raise Refused("disk_full", needed_bytes=needed, free_bytes=free)
    return {"oid": ctx.ports.cluster.clone(ctx.facts["database"], ctx.facts["template"])}


def _drop_database(ctx: Context) -> None:
    if "database" in ctx.facts:
        ctx.ports.cluster.drop_database(ctx.facts["database"])


def _own(ctx: Context) -> None:
    ctx.ports.cluster.own_objects(ctx.facts["database"])


def _copy_files(ctx: Context) -> None:
    ctx.ports.filestore.clone(ctx.facts["template"], ctx.facts["database"], ctx.fence)


def _drop_files(ctx: Context) -> None:
    if "database" in ctx.facts:
        ctx.ports.filestore.drop(ctx.facts["database"])


def _give_birth(ctx: Context, link: str) -> None:
    name, birth = ctx.facts["database"], ctx.facts["birth"]
    secret = ctx.records.call(link, "birth_secret")["secret"].reveal()
    born = Birth(birth["uuid"], secret, datetime.fromisoformat(birth["at"]))
    ctx.ports.cluster.give_birth(name, ctx.facts["generation"], born)


def copy_steps(link: str) -> tuple[Step, ...]:
    """Return the steps for a job linked to the copy's record: a `tenant` or a `database`."""
    return (
        Step("role", "Create database role", _make_role, _drop_role, when=_cold),
        Step("database", "Copy database", _clone, _drop_database, when=_cold, weight=4),
        Step("own", "Hand over to the role", _own, when=_cold),
        Step("files", "Copy files", _copy_files, _drop_files, when=_cold),
        Step("birth", "Make it its own", partial(_give_birth, link=link), when=_cold),
    )
