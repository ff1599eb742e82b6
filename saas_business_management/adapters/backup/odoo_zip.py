"""A backup as Odoo's own zip: `dump.sql`, `filestore/`, `manifest.json`; the same as open data in
`open_data/`, which Odoo leaves alone. It is not encrypted.

Owns: that form, written from a proven backup, and reading it back to prove it. Does not own: where
it is put, who gets it.

Source: Odoo 19 `service/db.py` (`dump_db`, `dump_db_manifest`, `restore_db`).
"""

import errno
import hashlib
import json
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from ...kernel.backup.content import StoredFile, sha1_in
from ...kernel.backup.manifest import Manifest
from ...kernel.errors import Broken
from ...kernel.migration.open_data import FOLDER as OPEN
from ..postgres import as_sql
from ..postgres.client_programs import Programs
from . import open_data
from .file_writer import Progress
from .reader import BackupReader
from .spool import READ_BYTES, Tally, pieces, translated

DUMP = "dump.sql"
FILES = "filestore/"
MANIFEST = "manifest.json"
IN_MEMORY_BYTES = 8 << 20
# Files of a store are mostly packed already; statements are not.
LEVELS = {DUMP: 6}
LEVEL = 1
# What reading a zip fails with when its bytes are others; RuntimeError when it seems encrypted.
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, LookupError, EOFError, ValueError)
DAMAGE += (RuntimeError,)


def _silent(_phase: str, _done: int, _total: int) -> None:
    return


def odoo_manifest(manifest: Manifest, name: str) -> dict[str, object]:
    """Return what Odoo writes beside a dump; `name` is what the database is called there.

    Raises: Broken (`archive_damaged`) for a backup without a database.
    """
    if manifest.facts is None:
        raise Broken("archive_damaged")
    modules = dict(manifest.facts.modules)
    series = ".".join(modules.get("base", "19.0").split(".")[:2])
    major = int(series.split(".")[0]) if series.split(".")[0].isdigit() else 0
    return {
        "odoo_dump": "1",
        "db_name": name,
        "version": series,
        "version_info": [major, 0, 0, "final", 0, ""],
        "major_version": series,
        "pg_version": f"{manifest.facts.server.version // 10_000}.0",
        "modules": modules,
    }


def write(
    reader: BackupReader,
    manifest: Manifest,
    programs: Programs,
    file: IO[bytes],
    name: str,
    folder: str | os.PathLike[str],
    on_progress: Progress = _silent,
) -> str:
    """Write the zip into an open file; return the SHA-256 of the statements.

    Raises: Refused, Unavailable, Broken, for a backup that is not whole too.
    """
    at = manifest.started_at.timetuple()[:6]
    with translated(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        facts = manifest.facts
        told = json.dumps(odoo_manifest(manifest, name), indent=4).encode()
        with reader.part(manifest) as archive:
            sql = as_sql.statements(archive.fileno(), programs, facts.tables, facts.left_out)
            dumped = _put(made, DUMP, sql, at)
        _put(made, MANIFEST, [told], at)
        with reader.part(manifest) as archive:
            sql = as_sql.statements(archive.fileno(), programs, facts.tables, facts.left_out)
            open_data.write(made, sql, at)
        _put_files(made, reader, manifest, folder, at, on_progress)
    with translated():
        file.flush()
        os.fsync(file.fileno())
    return dumped.sha256


def _put_files(
    made: zipfile.ZipFile,
    reader: BackupReader,
    manifest: Manifest,
    folder: str | os.PathLike[str],
    at: tuple[int, ...],
    on_progress: Progress,
) -> None:
    names: dict[str, list[StoredFile]] = {}
    for one in manifest.files.files:
        names.setdefault(one.content, []).append(one)
    done = 0
    for content, chunks in reader.contents(manifest):
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES, dir=folder) as held:
            for chunk in chunks:
                held.write(chunk)
            for one in names[content]:
                held.seek(0)
                _put(made, f"{FILES}{one.name}", pieces(held), at)
        done += len(names[content])
        on_progress("files", done, len(manifest.files.files))


def _put(made: zipfile.ZipFile, name: str, chunks: Iterable[bytes], at: tuple[int, ...]) -> Tally:
    entry = zipfile.ZipInfo(name, at)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    entry._compresslevel = LEVELS.get(name, LEVEL)
    tally = Tally()
    with made.open(entry, "w", force_zip64=True) as target:
        for chunk in tally.over(chunks):
            target.write(chunk)
    return tally


def prove(path: Path, manifest: Manifest, sql_sha256: str) -> None:
    """Read a zip back: the statements that were written, each file with the bytes its name says.

    Raises: Broken (`export_damaged`), Unavailable.
    """
    with translated():
        try:
            with zipfile.ZipFile(path) as made:
                _require_same(made, manifest, sql_sha256)
        except DAMAGE:
            raise Broken("export_damaged") from None
        except OSError as error:
            # It leads to a place before its begin.
            if error.errno == errno.EINVAL:
                raise Broken("export_damaged") from None
            raise


def _require_same(made: zipfile.ZipFile, manifest: Manifest, sql_sha256: str) -> None:
    files = {f"{FILES}{one.name}": one for one in manifest.files.files}
    opened = [name for name in made.namelist() if name.startswith(OPEN)]
    if sorted(made.namelist()) != sorted([DUMP, MANIFEST, *files, *opened]):
        raise Broken("export_damaged")
    for name in opened:
        # Its own check sum is compared while it is read.
        _digest(made, name, hashlib.sha256())
    if _digest(made, DUMP, hashlib.sha256()) != sql_sha256:
        raise Broken("export_damaged")
    rotten = {*manifest.files.rotten}
    for name, one in files.items():
        promised = "" if one.name in rotten else sha1_in(one.name)
        found = _digest(made, name, hashlib.sha1())
        if made.getinfo(name).file_size != one.size or promised not in ("", found):
            raise Broken("export_damaged")


def _digest(made: zipfile.ZipFile, name: str, running: "hashlib._Hash") -> str:
    with made.open(name) as entry:
        for chunk in _chunks(entry):
            running.update(chunk)
    return running.hexdigest()


def _chunks(entry: IO[bytes]) -> Iterator[bytes]:
    while chunk := entry.read(READ_BYTES):
        yield chunk
