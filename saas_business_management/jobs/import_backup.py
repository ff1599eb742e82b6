"""Make a backup of ours out of an Odoo zip of somebody else.

Everything of the file is looked at before a database is made. Its dump is run statement by
statement as a role that can do nothing else, in a database that nobody else can enter; what stands
there then is backed up like a tenant's. Afterwards database, role and files are gone.
"""

from collections.abc import Mapping
from typing import Any

from ..adapters.ports import BackupSource
from ..kernel.errors import Broken, Refused
from .backup_tenant import place_of
from .base import Context, Job, Step

MISSING_SHOWN = 10
GENERATION = 1


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("backup", "import_begin", fence=ctx.fence)


def _look(ctx: Context) -> Mapping[str, Any]:
    found = ctx.ports.imports.look(ctx.spec["file"])
    there = {one.name for one in ctx.ports.odoo.modules()}
    missing = sorted(set(found["modules"]) - there)
    if missing:
        raise Refused("import_modules_missing", modules=", ".join(missing[:MISSING_SHOWN]))
    ctx.log(f"{found['tables']} tables with rows, {found['file_count']} files")
    return {"extensions": found["extensions"]}


def _make(ctx: Context) -> None:
    ctx.ports.cluster.ensure_role(ctx.facts["database"], GENERATION)
    ctx.ports.imports.make(ctx.facts["database"], ctx.facts["extensions"])


def _clear(ctx: Context) -> None:
    """Remove database, files and role; what is absent is done."""
    name = ctx.facts["database"]
    ctx.ports.cluster.drop_database(name)
    ctx.ports.filestore.drop(name)
    ctx.ports.cluster.drop_role(name)


def _load(ctx: Context) -> None:
    plainer = ctx.ports.imports.load(ctx.spec["file"], ctx.facts["database"])
    if plainer:
        ctx.log(f"{plainer} indexes are made without unaccent, as this server has it", "warning")


def _unpack(ctx: Context) -> None:
    ctx.ports.imports.unpack(ctx.spec["file"], ctx.facts["database"])


def _write(ctx: Context) -> Mapping[str, Any]:
    source = BackupSource(ctx.facts["database"], GENERATION, "import")
    store = ctx.ports.stores.open(ctx.facts["target"])
    figures = ctx.ports.vault.write(store, place_of(ctx.facts), source)
    for what in ("missing", "rotten"):
        if figures[what]:
            ctx.log(f"{figures[what]} files are {what} in the imported file", "warning")
    return {"figures": figures, "fence": figures["fence"], "sha256": figures["manifest_hash"]}


def _discard(ctx: Context) -> None:
    ctx.ports.vault.discard(ctx.ports.stores.open(ctx.facts["target"]), place_of(ctx.facts))


def _check(ctx: Context) -> None:
    store = ctx.ports.stores.open(ctx.facts["target"])
    wrong = ctx.ports.vault.look(store, place_of(ctx.facts))
    if wrong:
        raise Broken("backup_incomplete", count=len(wrong), object=wrong[0])


def _store(ctx: Context) -> None:
    ctx.records.call("backup", "imported", figures=ctx.facts["figures"])


def _drop(ctx: Context) -> None:
    ctx.ports.imports.drop(ctx.spec["file"])


IMPORT_BACKUP = Job(
    kind="import_backup",
    label="Import Odoo Backup",
    steps=(
        Step("begin", "Choose where it is brought", _begin),
        Step("look", "Look at the whole file", _look, weight=5),
        Step("make", "Make an empty database for it", _make, _clear),
        Step("load", "Bring the dump there", _load, restart_from="make", weight=10),
        Step("unpack", "Bring its files there", _unpack, weight=3),
        Step("write", "Write the backup", _write, _discard, weight=10),
        Step("check", "Look at what was stored", _check),
        Step("clear", "Remove database and files", _clear),
        Step("store", "Note the backup", _store, final=True),
        Step("drop", "Remove the uploaded file", _drop),
    ),
    on_undone=("backup", "not_imported"),
    give_up_seconds=7200,
    exclusive=False,
)
