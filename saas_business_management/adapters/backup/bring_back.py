"""A backup brought back: its database into an empty one, its files into a folder, both compared.

Owns: the order in which it is read, proven and compared. Does not own: reading
(`reader.py`), pg_restore (`postgres/restore.py`), which databases and folders (`vault.py`).
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...kernel.backup.content import StoredFile
from ...kernel.backup.manifest import Manifest
from ...kernel.backup.verify import Difference, compare_databases, compare_files
from ..filestore import LocalFilestore
from ..postgres import dump, restore
from ..postgres.client_programs import Programs
from ..postgres.connect import Server
from .reader import BackupReader
from .source_files import SourceFiles
from .spool import sync_disk, translated
from .writer import DATABASE_PART


@dataclass(frozen=True)
class Filestore:
    """Whose files are meant, and the claim under which they are written."""

    filestore: LocalFilestore
    name: str
    fence: int


def described(manifest: Manifest) -> dict[str, Any]:
    """Return what a restore has to know before it begins, as plain values; sizes in bytes."""
    facts = manifest.facts
    return {
        "taken_at": manifest.started_at.isoformat(),
        "extensions": sorted(facts.extensions) if facts else [],
        "modules": dict(facts.modules) if facts else {},
        "database_bytes": sum(part.size for part in manifest.parts),
        "file_bytes": sum(one.size for one in manifest.files.files),
        "server_version": facts.server.version if facts else 0,
    }


def load(
    reader: BackupReader, manifest: Manifest, server: Server, programs: Programs
) -> dict[str, int]:
    """Bring the database into an empty one; return how many tables and rows it promises.

    Every byte is proven before the first reaches the server, and the server takes all or nothing.
    Raises: Refused, Unavailable, Broken.
    """
    left_out = manifest.facts.left_out if manifest.facts else ()
    with reader.part(manifest, DATABASE_PART) as archive:
        restore.restore(archive.fileno(), server, programs, left_out)
    tables = manifest.facts.tables if manifest.facts else {}
    return {"tables": len(tables), "rows": sum(tables.values())}


def unpack(reader: BackupReader, manifest: Manifest, into: Filestore) -> int:
    """Bring the files into a filestore that is not there yet, all or none; return how many."""
    with into.filestore.filling(into.name, into.fence) as folder:
        if folder is not None:
            reader.extract(manifest, folder)
    return len(manifest.files.files)


def add(reader: BackupReader, manifest: Manifest, into: Filestore, hashing: bytes) -> int:
    """Bring the files that a filestore lacks or that are damaged there.

    Return how many of the backup's are there now. Nothing else of it is touched. `hashing` is the
    key that makes the ids of contents.
    """
    folder = into.filestore.folder(into.name)
    there = dict(_found(manifest.files.files, folder, hashing))
    wanted = {one.name for one in manifest.files.files if there.get(one.name) != one}
    if wanted:
        with into.filestore.beside(into.name, into.fence) as staging:
            reader.extract(manifest, staging, wanted.__contains__)
            _move(wanted, staging, folder)
    return len(manifest.files.files)


def compare_database(manifest: Manifest, server: Server) -> list[Difference]:
    """Return how a database differs from what the manifest promises.

    A manifest that promises nothing is a difference. Raises: Unavailable, Broken.
    """
    if manifest.facts is None:
        return [Difference("facts", "", None, None)]
    return compare_databases(manifest.facts, dump.look(server, manifest.facts.row_hashes))


def compare_folder(manifest: Manifest, folder: Path, hashing: bytes) -> list[Difference]:
    """Return how the files below a folder differ, every one of them read; those too many too."""
    wanted = manifest.files.files
    found = dict(_found(wanted, folder, hashing))
    for name in sorted({*_names(folder)} - {*found}):
        found[name] = StoredFile(name, 0, "")
    return compare_files(wanted, found)


def _found(
    files: Iterable[StoredFile], folder: Path, hashing: bytes
) -> Iterator[tuple[str, StoredFile]]:
    source = SourceFiles(folder, hashing)
    for one in files:
        reading = source.read(one.name)
        if reading is not None:
            yield one.name, StoredFile(reading.name, reading.size, reading.content)


def _names(folder: Path) -> Iterator[str]:
    with translated():
        for place, _folders, names in os.walk(folder):
            for name in names:
                found = str(Path(place, name).relative_to(folder))
                # Odoo notes there which files it may collect.
                if not found.startswith("checklist/"):
                    yield found


def _move(names: Iterable[str], staging: Path, folder: Path) -> None:
    with translated():
        for name in sorted(names):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(staging / name, folder / name)
        sync_disk(folder)
