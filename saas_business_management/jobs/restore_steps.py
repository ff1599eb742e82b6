"""The steps that bring a backup beside what is live: looked at, loaded, compared.

Owns: what every restore has in common. Does not own: what becomes of the copy (`restore_tenant.py`,
`restore_copy.py`, `prove_restore.py`).

Facts they need: `source` (which backup, `saas.backup._step_place`), `copy` (the database that is
filled), `login` (generation its role logs in with), `what` (`all`, `records`, `files`).
"""

from collections.abc import Mapping
from typing import Any

from ..adapters.ports import BackupPlace, RestorePlace
from ..adapters.storage.port import BlobStore
from ..kernel.backup.restore import needed_bytes, require_server
from ..kernel.errors import Broken, Refused
from .backup_tenant import place_of
from .base import Context
from .verify_backup import SHOWN


def store_of(ctx: Context) -> BlobStore:
    """Return the target on which the backup lies."""
    return ctx.ports.stores.open(ctx.facts["source"]["target"])


def source_of(ctx: Context) -> BackupPlace:
    """Return which backup it is."""
    return place_of(ctx.facts["source"])


def has_records(ctx: Context) -> bool:
    """Tell whether the database is restored."""
    return ctx.facts["what"] != "files"


def has_files(ctx: Context) -> bool:
    """Tell whether files are restored."""
    return ctx.facts["what"] != "records"


def look(ctx: Context) -> Mapping[str, Any]:
    """Open the manifest, look whether all of it is there and whether there is room."""
    store, place = store_of(ctx), source_of(ctx)
    told = ctx.ports.vault.describe(store, place)
    absent = ctx.ports.vault.look(store, place)
    if absent:
        raise Refused("backup_incomplete", count=len(absent), object=absent[0])
    needed = needed_bytes(told["database_bytes"], told["file_bytes"])
    free = ctx.ports.filestore.free_bytes()
    if free < needed:
        raise Refused("disk_full", needed_bytes=needed, free_bytes=free)
    for check in ctx.ports.cluster.check():
        if check.code == "server_version" and "version" in check.facts:
            require_server(told["server_version"], int(check.facts["version"]))
    return {"extensions": told["extensions"], "modules": sorted(told["modules"]), "size": needed}


def load(ctx: Context) -> Mapping[str, Any]:
    """Fill the empty database."""
    to = RestorePlace(ctx.facts["copy"], ctx.facts["login"])
    return ctx.ports.vault.load(store_of(ctx), source_of(ctx), to)


def unpack(ctx: Context) -> Mapping[str, Any]:
    """Bring the files beside the live ones."""
    files = ctx.ports.vault.unpack(store_of(ctx), source_of(ctx), ctx.facts["copy"], ctx.fence)
    return {"files": files}


def compare(ctx: Context) -> None:
    """Make sure that the copy is what the backup holds.

    Raises: Broken (`restore_differs`).
    """
    wrong = differences(ctx)
    if wrong:
        raise Broken("restore_differs", count=len(wrong), first=" ".join(wrong[0]))


def differences(ctx: Context) -> list[list[str]]:
    """Return how the copy differs from the backup; the first ones stand in the log."""
    to = RestorePlace(ctx.facts["copy"], ctx.facts["login"])
    files = ctx.facts["copy"] if has_files(ctx) else ""
    wrong = ctx.ports.vault.compare(store_of(ctx), source_of(ctx), to, files)
    for kind, name in wrong[:SHOWN]:
        ctx.log(f"{kind} {name} differs", "error")
    return wrong
