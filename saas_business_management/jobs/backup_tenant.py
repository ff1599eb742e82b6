"""Back a tenant up to one target: written, looked at, and only then called stored.

A worker that dies leaves objects nobody points to, or a whole backup, which the next one finds.
"""

from collections.abc import Mapping
from typing import Any

from ..adapters.ports import BackupPlace, BackupSource
from ..kernel.errors import Broken
from .base import Context, Job, Step, only
from .lent_login import give_back, is_closed, lend


def place_of(facts: Mapping[str, Any]) -> BackupPlace:
    """Return which backup the records mean (`saas.backup._step_place`)."""
    names = ("tenant", "backup", "fence", "key", "sha256")
    return BackupPlace(**{name: facts[name] for name in names})


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("backup", "begin", fence=ctx.fence)


def _write(ctx: Context) -> Mapping[str, Any]:
    facts = ctx.facts
    source = BackupSource(facts["database"], facts["login"], facts["reason"], facts["previous"])
    store = ctx.ports.stores.open(facts["target"])
    figures = ctx.ports.vault.write(store, place_of(facts), source)
    for what in ("missing", "rotten"):
        if figures[what]:
            ctx.log(f"{figures[what]} files are {what} in the tenant's own filestore", "warning")
    return {"figures": figures, "fence": figures["fence"], "sha256": figures["manifest_hash"]}


def _discard(ctx: Context) -> None:
    ctx.ports.vault.discard(ctx.ports.stores.open(ctx.facts["target"]), place_of(ctx.facts))


def _look(ctx: Context) -> None:
    store = ctx.ports.stores.open(ctx.facts["target"])
    wrong = ctx.ports.vault.look(store, place_of(ctx.facts))
    if wrong:
        raise Broken("backup_incomplete", count=len(wrong), object=wrong[0])


def _store(ctx: Context) -> None:
    ctx.records.call("backup", "stored", figures=ctx.facts["figures"])


BACKUP_TENANT = Job(
    kind="backup_tenant",
    label="Back Up",
    steps=(
        Step("begin", "Choose what is backed up", _begin),
        Step(
            "lend", "Let the closed database in", lend, only(is_closed, give_back), when=is_closed
        ),
        Step("write", "Copy database and files", _write, _discard, weight=20),
        Step("look", "Look at what was stored", _look, weight=2),
        Step("store", "Note the backup", _store, final=True),
        Step("return", "Close the database again", give_back, when=is_closed),
    ),
    on_undone=("backup", "not_stored"),
    give_up_seconds=7200,
    exclusive=False,
)
