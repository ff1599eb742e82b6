"""Look at a database that is to be adopted, read only, and say what an adoption would meet."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..kernel.errors import Refused
from ..kernel.migration.adoption import NAME
from .base import Context, Job, Step


def look_at(ctx: Context, name: str) -> Mapping[str, Any]:
    """Return what is known of a database from outside and inside, and which modules are here.

    Raises: Refused (`adoption_gone`).
    """
    found = [one for one in ctx.ports.cluster.foreign() if one.name == name]
    if not found:
        raise Refused("adoption_gone", name=name)
    inside = ctx.ports.cluster.look_foreign(name) if found[0].takeable else {"entered": False}
    files = bool(NAME.fullmatch(name)) and ctx.ports.filestore.foreign_there(name)
    return {**inside, **asdict(found[0]), "files_found": files}


def modules_here(ctx: Context) -> dict[str, str]:
    """Return the modules of the cluster's Odoo, each with its version."""
    return {one.name: one.version for one in ctx.ports.odoo.modules()}


def _look(ctx: Context) -> None:
    name = ctx.records.call("adoption", "wanted")["name"]
    look = look_at(ctx, name)
    ctx.records.call("adoption", "looked", look=look, modules=modules_here(ctx))


LOOK_ADOPTION = Job(
    kind="look_adoption",
    label="Preview an Adoption",
    steps=(Step("look", "Read it", _look),),
    exclusive=False,
)
