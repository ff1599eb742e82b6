"""Odoo's own zip from somebody else: looked at as a whole before anything of it is taken.

Owns: what such a file may hold and how large, its dump, its files. Does not own: the statements in
it (`kernel/backup/plain_dump.py`), where they are run (`adapters/postgres/plain_load.py`).

No name out of the file becomes a path but names of Odoo's store, and sizes are counted, not
believed.
Source: PKWARE APPNOTE 6.3.10; Odoo 19 `service/db.py` (`dump_db`).
"""

import errno
import json
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ...kernel.backup.content import is_store_name
from ...kernel.errors import Broken, Refused
from ..postgres import archives, as_sql
from ..postgres.client_programs import Programs
from .spool import READ_BYTES, spool, sync_disk, translated

SERIES = "19.0"
PLAIN, CUSTOM, MANIFEST = "dump.sql", "dump.dump", "manifest.json"
FILES = "filestore/"
CHECKLIST = "filestore/checklist/"
ENTRIES_MAX = 1_000_000
DIRECTORY_BYTES_MAX = 256 << 20
MANIFEST_BYTES_MAX = 1 << 20
RATIO_MAX = 200
RATIO_FROM_BYTES = 1 << 20
PIECE_BYTES = 1 << 20
ENCRYPTED = 0x1
ARCHIVE_MAGIC = b"PGDMP"
# What a list of pg_restore may name; the rest is code, or outside of the database.
KINDS = (
    *("TABLE DATA", "TABLE", "SEQUENCE OWNED BY", "SEQUENCE SET", "SEQUENCE", "VIEW", "DEFAULT"),
    *("CHECK CONSTRAINT", "FK CONSTRAINT", "CONSTRAINT", "INDEX", "COMMENT", "EXTENSION", "ACL"),
    *("SCHEMA - public", "DEFAULT ACL"),
)
# What reading a zip fails with when somebody wrote it by hand: places and names that are none.
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OverflowError)
DAMAGE += (NotImplementedError,)
_ENTRY = re.compile(r"\d+; \d+ \d+ (.*)")
_OPEN = re.compile(r"open_data/(tables/)?[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}\.(csv|txt)")
_MODULE = re.compile(r"[a-z0-9_]{1,100}")
_END = struct.Struct("<4s4H2LH")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")


@dataclass(frozen=True)
class Contents:
    """What is in a zip: the name of its dump, modules with versions, sizes in bytes."""

    dump: str
    modules: Mapping[str, str]
    dump_bytes: int
    file_bytes: int
    file_count: int


class ForeignZip:
    """One zip of somebody else; nothing of it was taken yet.

    Raises: Refused (`zip_form`, `zip_entry_form`, `zip_encrypted`, `zip_double`, `zip_too_many`,
    `zip_too_large`, `zip_bomb`, `zip_incomplete`, `zip_version`, `zip_kind`), Broken, Unavailable
    in all its methods.
    """

    def __init__(self, path: Path, most_bytes: int) -> None:
        self._path = path
        self._most = most_bytes

    def look(self) -> Contents:
        """Return what is in it, once everything about its form is right."""
        with self._opened() as made:
            entries = self._entries(made)
            dumps = [name for name in (PLAIN, CUSTOM) if name in entries]
            if len(dumps) != 1 or MANIFEST not in entries:
                raise Refused("zip_incomplete")
            modules = _modules(_manifest(made, entries[MANIFEST]))
            files = [one for name, one in entries.items() if _is_file(name)]
            dump = entries[dumps[0]]
            return Contents(
                dumps[0], modules, dump.file_size, sum(one.file_size for one in files), len(files)
            )

    @contextmanager
    def statements(self, programs: Programs, folder: Path) -> Iterator[Iterator[bytes]]:
        """Give the statements of its dump as lines, long ones in pieces."""
        with self._opened() as made:
            entries = self._entries(made)
            if PLAIN in entries:
                with made.open(entries[PLAIN]) as dump:
                    yield line_pieces(_chunks(dump, entries[PLAIN].file_size))
                return
            if CUSTOM not in entries:
                raise Refused("zip_incomplete")
            with spool(folder) as archive:
                self._spool(made, entries[CUSTOM], archive)
                require_kinds(archives.contents(archive.fileno(), programs))
                yield line_pieces(as_sql.statements(archive.fileno(), programs, ()))

    def _spool(self, made: zipfile.ZipFile, entry: zipfile.ZipInfo, archive: IO[bytes]) -> None:
        with made.open(entry) as dump:
            for number, chunk in enumerate(_chunks(dump, entry.file_size)):
                if not number and not chunk.startswith(ARCHIVE_MAGIC):
                    raise Refused("zip_kind")
                rest = memoryview(chunk)
                while rest:
                    rest = rest[archive.write(rest) :]
        archive.seek(0)

    def unpack(self, target: Path) -> int:
        """Write its files into an empty folder of our own; return how many."""
        count = 0
        with self._opened() as made:
            for name, entry in self._entries(made).items():
                if _is_file(name):
                    _write(made, entry, target / name.removeprefix(FILES))
                    count += 1
            sync_disk(target)
        return count

    @contextmanager
    def _opened(self) -> Iterator[zipfile.ZipFile]:
        with translated():
            try:
                with open(self._path, "rb") as file:
                    _require_directory(file)
                    with zipfile.ZipFile(file) as made:
                        yield made
            except DAMAGE:
                raise Refused("zip_form") from None
            except FileNotFoundError:
                raise Refused("import_file_missing") from None
            except OSError as error:
                # It leads to a place before its begin.
                if error.errno == errno.EINVAL:
                    raise Refused("zip_form") from None
                raise

    def _entries(self, made: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
        """Return what may be taken, by name, when all the others are harmless."""
        found: dict[str, zipfile.ZipInfo] = {}
        infos = made.infolist()
        if len(infos) > ENTRIES_MAX:
            raise Refused("zip_too_many", most=ENTRIES_MAX)
        _require_apart(infos)
        for entry in infos:
            name = entry.filename
            if name in found:
                raise Refused("zip_double")
            _require_plain(entry)
            if _is_known(name) and not entry.is_dir():
                found[name] = entry
            elif not _is_folder(name) and not name.startswith(CHECKLIST) and not _is_open(name):
                raise Refused("zip_entry_form")
        if sum(one.file_size for one in found.values()) > self._most:
            raise Refused("zip_too_large", most_bytes=self._most)
        return found


def require_kinds(entries: list[str]) -> None:
    """Make sure a list of pg_restore names nothing but tables, rows and their like.

    Raises: Refused (`archive_kind` with `kind`).
    """
    for line in entries:
        entry = _ENTRY.fullmatch(line)
        if entry and not entry[1].startswith(tuple(f"{kind} " for kind in KINDS)):
            raise Refused("archive_kind", kind=" ".join(re.findall(r"\b[A-Z]+\b", entry[1])[:3]))


def line_pieces(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield lines with their ends, those above 1 MiB in pieces."""
    held = b""
    for chunk in chunks:
        *lines, held = (held + chunk).split(b"\n")
        for line in lines:
            yield line + b"\n"
        if len(held) >= PIECE_BYTES:
            yield held
            held = b""
    if held:
        yield held


def _is_file(name: str) -> bool:
    return name.startswith(FILES) and is_store_name(name.removeprefix(FILES))


def _is_known(name: str) -> bool:
    return name in (PLAIN, CUSTOM, MANIFEST) or _is_file(name)


def _is_open(name: str) -> bool:
    """Tell whether it is the open data of a download of ours, which an import leaves alone."""
    return bool(_OPEN.fullmatch(name))


def _is_folder(name: str) -> bool:
    inner = name.removeprefix(FILES).removesuffix("/")
    return name == FILES or (name.endswith("/") and name.startswith(FILES) and inner.isalnum())


def _require_plain(entry: zipfile.ZipInfo) -> None:
    """Make sure an entry is a file or a folder that anybody can read, and no bomb."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refused("zip_entry_form")
    if entry.flag_bits & ENCRYPTED:
        raise Refused("zip_encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("zip_form")
    packed = max(entry.compress_size, 1)
    if entry.file_size > RATIO_FROM_BYTES and entry.file_size / packed > RATIO_MAX:
        raise Refused("zip_bomb")


def _require_apart(infos: list[zipfile.ZipInfo]) -> None:
    """Make sure no two entries share bytes, as those of a bomb do."""
    end = 0
    for entry in sorted(infos, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            raise Refused("zip_bomb")
        end = entry.header_offset + entry.compress_size


def _require_directory(file: IO[bytes]) -> None:
    """Make sure the directory is not larger than what may be read of it.

    Raises: Refused (`zip_form`, `zip_too_many`).
    """
    file.seek(0, os.SEEK_END)
    size = file.tell()
    begin = max(0, size - _END.size - 0xFFFF - _END64_PLACE.size)
    file.seek(begin)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise Refused("zip_form")
    *_told, count, length, _offset, _comment = _END.unpack_from(tail, at)
    place = at - _END64_PLACE.size
    if place >= 0 and tail[place : place + 4] == b"PK\x06\x07":
        file.seek(_END64_PLACE.unpack_from(tail, place)[2])
        end = file.read(_END64.size)
        if len(end) < _END64.size or not end.startswith(b"PK\x06\x06"):
            raise Refused("zip_form")
        *_told, count, length, _offset = _END64.unpack(end)
    if count > ENTRIES_MAX or length > DIRECTORY_BYTES_MAX:
        raise Refused("zip_too_many", most=ENTRIES_MAX)
    file.seek(0)


def _manifest(made: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Mapping[str, Any]:
    if entry.file_size > MANIFEST_BYTES_MAX:
        raise Refused("zip_form")
    with made.open(entry) as file:
        try:
            told = json.loads(file.read(MANIFEST_BYTES_MAX + 1))
        except (ValueError, RecursionError):
            raise Refused("zip_form") from None
    if not isinstance(told, dict):
        raise Refused("zip_form")
    version = told.get("major_version")
    if version != SERIES:
        raise Refused("zip_version", version=str(version)[:20], wanted=SERIES)
    return told


def _modules(told: Mapping[str, Any]) -> dict[str, str]:
    modules = told.get("modules")
    fits = isinstance(modules, dict) and all(
        isinstance(name, str) and _MODULE.fullmatch(name) for name in modules
    )
    if not fits or not modules:
        raise Refused("zip_form")
    return {name: str(version)[:40] for name, version in modules.items()}


def _chunks(file: IO[bytes], most: int) -> Iterator[bytes]:
    """Yield the bytes of an entry, no more than it says it has.

    Raises: Refused (`zip_bomb`).
    """
    seen = 0
    while chunk := file.read(READ_BYTES):
        seen += len(chunk)
        if seen > most:
            raise Refused("zip_bomb")
        yield chunk


def _write(made: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with made.open(entry) as source, open(os.open(path, flags, 0o600), "wb") as target:
        for chunk in _chunks(source, entry.file_size):
            target.write(chunk)


def require_same_series(modules: Mapping[str, str]) -> None:
    """Make sure what was loaded is of our series, whatever the file said of itself.

    Raises: Broken (`import_other_series`).
    """
    if not modules.get("base", "").startswith(f"{SERIES}."):
        raise Broken("import_other_series", wanted=SERIES)
