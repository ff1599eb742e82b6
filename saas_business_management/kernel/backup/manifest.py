"""The manifest: what a backup is made of and what must be found when it is restored.

Owns: its values, their canonical JSON, the clear line in front of a closed one. Does not own: how
it is closed (`adapters/backup/closed_manifest.py`), what becomes of differences (`verify.py`).

A backup exists when its manifest does: it is written last. It names its predecessor by uuid and
hash, so that one taken out or put back in the middle shows.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ..errors import Broken, Refused
from . import canonical, key
from .canonical import Fields, as_number, as_row, as_text
from .content import ID, PackEntry, Rehash, StoredFile, is_store_name
from .facts import DatabaseFacts, Sequence, ServerFacts
from .layout import UUID

FORMAT = 1
CLEAR_FORMAT = "saas-backup/1"
CLEAR_BYTES_MAX = 512
PLAIN_BYTES_MAX = 128 << 20

_HEX = re.compile(r"[0-9a-f]{64}")
_CHECK = re.compile(r"[0-9a-f]{16}")
_WORD = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
_NUMBER_MIN = -(1 << 63)


@dataclass(frozen=True)
class Previous:
    """The backup before this one: its uuid and the SHA-256 of its manifest as it lies there."""

    backup: str
    sha256: str


@dataclass(frozen=True)
class Link:
    """A backup in the chain: its uuid, the SHA-256 of its manifest, what came before."""

    backup: str
    sha256: str
    previous: Previous | None


@dataclass(frozen=True)
class Part:
    """A stream of the backup: plain as pg_dump wrote it, stored as it lies there."""

    name: str
    key: str
    size: int
    sha256: str
    stored_size: int
    stored_sha256: str


@dataclass(frozen=True)
class Pack:
    """Small contents one behind the other; its id is the SHA-256 of its bytes."""

    id: str
    size: int
    entries: tuple[PackEntry, ...]


@dataclass(frozen=True)
class FileFacts:
    """The files: all of them, those the source lacked, those whose bytes were not what their name
    promises, and where each content lies.

    `objects`: content with an object of its own → its bytes there.
    """

    files: tuple[StoredFile, ...] = ()
    missing: tuple[str, ...] = ()
    rotten: tuple[str, ...] = ()
    objects: Mapping[str, int] = field(default_factory=dict)
    packs: tuple[Pack, ...] = ()
    rehash: Rehash | None = None


@dataclass(frozen=True)
class Manifest:
    """A whole backup. Instants are those of the database server; `reason` such as `schedule`.

    `facts` is None in a backup of files alone, `tools` and `notes` are texts by name.
    """

    tenant: str
    backup: str
    fence: int
    reason: str
    key_id: str
    started_at: datetime
    finished_at: datetime
    previous: Previous | None
    facts: DatabaseFacts | None
    parts: tuple[Part, ...]
    files: FileFacts
    new_bytes: int
    tools: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def stored_bytes(self) -> int:
        """Return what the backup takes in the store, shared contents counted whole."""
        files = sum(self.files.objects.values()) + sum(pack.size for pack in self.files.packs)
        return files + sum(part.stored_size for part in self.parts)

    def part(self, name: str) -> Part:
        """Return a part.

        Raises: Refused (`backup_part_missing`).
        """
        for one in self.parts:
            if one.name == name:
                return one
        raise Refused("backup_part_missing", part=name)


@dataclass(frozen=True)
class ClearLine:
    """What anybody may read of a manifest: it says which key opens it, and how long it is."""

    backup: str
    key_id: str
    key_check: str
    sealed_bytes: int

    def encode(self) -> bytes:
        """Return one line."""
        told = {
            "backup": self.backup,
            "format": CLEAR_FORMAT,
            "key": self.key_id,
            "key_check": self.key_check,
            "sealed_bytes": self.sealed_bytes,
        }
        return canonical.dump(told) + b"\n"


def parse_clear_line(data: bytes) -> tuple[ClearLine, int]:
    """Return the clear line at the front of some bytes, and its length.

    Raises: Broken (`backup_form`, `backup_truncated`).
    """
    end = data.find(b"\n", 0, CLEAR_BYTES_MAX)
    if end < 0:
        begins = b'{"backup":"'.startswith(data[:11]) and len(data) < CLEAR_BYTES_MAX
        raise Broken("backup_truncated" if begins else "backup_form", where="clear line")
    told = canonical.load(data[:end], "clear line")
    fields = Fields(told, "clear line", "backup format key key_check sealed_bytes")
    if fields.text("format") != CLEAR_FORMAT:
        raise Broken("backup_form", where="clear line.format")
    line = ClearLine(
        fields.text("backup", UUID),
        fields.text("key", key.ID),
        fields.text("key_check", _CHECK),
        fields.number("sealed_bytes"),
    )
    return line, end + 1


def encode_manifest(one: Manifest) -> bytes:
    """Return the canonical JSON of a manifest."""
    told = {
        "format": FORMAT,
        "tenant": one.tenant,
        "backup": one.backup,
        "fence": one.fence,
        "reason": one.reason,
        "key": one.key_id,
        "started_at": _instant(one.started_at),
        "finished_at": _instant(one.finished_at),
        "previous": one.previous and [one.previous.backup, one.previous.sha256],
        "database": one.facts and _facts(one.facts),
        "parts": [vars(part) for part in one.parts],
        "files": _files(one.files),
        "new_bytes": one.new_bytes,
        "tools": dict(one.tools),
        "notes": dict(one.notes),
    }
    return canonical.dump(told)


def decode_manifest(data: bytes) -> Manifest:
    """Return the manifest of bytes that `encode_manifest` made.

    Raises: Broken (`backup_form`, with the field), Refused (`backup_version_unknown`).
    """
    told = canonical.load(data, "manifest")
    if isinstance(told, dict) and isinstance(told.get("format"), int) and told["format"] > FORMAT:
        raise Refused("backup_version_unknown", version=told["format"])
    names = "format tenant backup fence reason key started_at finished_at previous database parts"
    fields = Fields(told, "manifest", f"{names} files new_bytes tools notes")
    if fields.number("format") != FORMAT:
        raise Broken("backup_form", where="manifest.format")
    return Manifest(
        tenant=fields.text("tenant", UUID),
        backup=fields.text("backup", UUID),
        fence=fields.number("fence"),
        reason=fields.text("reason", _WORD),
        key_id=fields.text("key", key.ID),
        started_at=fields.inner("started_at", _read_instant),
        finished_at=fields.inner("finished_at", _read_instant),
        previous=fields.optional("previous", _read_previous),
        facts=fields.optional("database", _read_facts),
        parts=fields.rows("parts", _read_part),
        files=fields.inner("files", _read_files),
        new_bytes=fields.number("new_bytes"),
        tools=fields.table("tools", as_text),
        notes=fields.table("notes", as_text),
    )


def _facts(one: DatabaseFacts) -> dict[str, object]:
    return {
        "server": {**vars(one.server), "settings": list(one.server.settings)},
        "tables": dict(one.tables),
        "sequences": {
            name: [it.last, int(it.called), it.increment, int(it.cycles)]
            for name, it in one.sequences.items()
        },
        "counts": dict(one.counts),
        "extensions": dict(one.extensions),
        "modules": dict(one.modules),
        "row_hashes": dict(one.row_hashes),
        "left_out": [list(it) for it in one.left_out],
    }


def _read_facts(value: object, where: str) -> DatabaseFacts:
    names = "server tables sequences counts extensions modules row_hashes left_out"
    fields = Fields(value, where, names)
    return DatabaseFacts(
        server=fields.inner("server", _read_server),
        tables=fields.table("tables", as_number),
        sequences=fields.table("sequences", _read_sequence),
        counts=fields.table("counts", as_number),
        extensions=fields.table("extensions", as_text),
        modules=fields.table("modules", as_text),
        row_hashes=fields.table("row_hashes", as_text),
        left_out=fields.rows("left_out", _read_three),
    )


def _read_server(value: object, where: str) -> ServerFacts:
    texts = ("encoding", "collation", "character_type", "lsn", "owner")
    fields = Fields(value, where, f"version settings {' '.join(texts)}")
    told = {name: fields.text(name) for name in texts}
    settings = fields.rows("settings", as_text)
    return ServerFacts(version=fields.number("version"), settings=settings, **told)


def _read_sequence(value: object, where: str) -> Sequence:
    last, called, increment, cycles = as_row(value, where, 4)
    return Sequence(
        as_number(last, where, _NUMBER_MIN),
        _flag(called, where),
        as_number(increment, where, _NUMBER_MIN),
        _flag(cycles, where),
    )


def _flag(value: object, where: str) -> bool:
    if as_number(value, where) > 1:
        raise Broken("backup_form", where=where)
    return bool(value)


def _read_three(value: object, where: str) -> tuple[str, str, str]:
    schema, table, name = (as_text(one, where) for one in as_row(value, where, 3))
    return schema, table, name


def _read_part(value: object, where: str) -> Part:
    fields = Fields(value, where, "name key size sha256 stored_size stored_sha256")
    return Part(
        fields.text("name", _WORD),
        fields.text("key"),
        fields.number("size"),
        fields.text("sha256", _HEX),
        fields.number("stored_size"),
        fields.text("stored_sha256", _HEX),
    )


def _files(one: FileFacts) -> dict[str, object]:
    return {
        "files": [[it.name, it.size, it.content] for it in one.files],
        "missing": list(one.missing),
        "rotten": list(one.rotten),
        "objects": dict(one.objects),
        "packs": [
            [it.id, it.size, [[e.content, e.offset, e.length] for e in it.entries]]
            for it in one.packs
        ],
        "rehash": one.rehash and [_instant(one.rehash.at), one.rehash.runs],
    }


def _read_files(value: object, where: str) -> FileFacts:
    fields = Fields(value, where, "files missing rotten objects packs rehash")
    found = FileFacts(
        files=fields.rows("files", _read_file),
        missing=fields.rows("missing", as_text),
        rotten=fields.rows("rotten", as_text),
        objects=fields.table("objects", as_number),
        packs=fields.rows("packs", _read_pack),
        rehash=fields.optional("rehash", _read_rehash),
    )
    _require_placed(found, where)
    return found


def _require_placed(found: FileFacts, where: str) -> None:
    """Make sure each file's content lies somewhere, each name is there once."""
    placed = {entry.content for pack in found.packs for entry in pack.entries}
    placed |= {as_text(content, where, ID) for content in found.objects}
    names = {one.name for one in found.files}
    if len(names) != len(found.files) or not placed.issuperset(it.content for it in found.files):
        raise Broken("backup_form", where=where)


def _read_file(value: object, where: str) -> StoredFile:
    name, size, content = as_row(value, where, 3)
    if not is_store_name(as_text(name, where)):
        raise Broken("backup_form", where=where)
    return StoredFile(name, as_number(size, where), as_text(content, where, ID))


def _read_pack(value: object, where: str) -> Pack:
    name, size, entries = as_row(value, where, 3)
    if not isinstance(entries, list):
        raise Broken("backup_form", where=where)
    read = tuple(_read_entry(one, where) for one in entries)
    pack = Pack(as_text(name, where, _HEX), as_number(size, where), read)
    if any(one.offset + one.length > pack.size for one in read):
        raise Broken("backup_form", where=where)
    return pack


def _read_entry(value: object, where: str) -> PackEntry:
    content, offset, length = as_row(value, where, 3)
    return PackEntry(
        as_text(content, where, ID), as_number(offset, where), as_number(length, where)
    )


def _read_rehash(value: object, where: str) -> Rehash:
    at, runs = as_row(value, where, 2)
    return Rehash(_read_instant(at, where), as_number(runs, where))


def _read_previous(value: object, where: str) -> Previous:
    backup, sha256 = as_row(value, where, 2)
    return Previous(as_text(backup, where, UUID), as_text(sha256, where, _HEX))


def _instant(at: datetime) -> str:
    return at.astimezone(timezone.utc).strftime(_INSTANT)


def _read_instant(value: object, where: str) -> datetime:
    text = as_text(value, where)
    try:
        at = datetime.strptime(text, _INSTANT).replace(tzinfo=timezone.utc)
        same = _instant(at) == text
    except ValueError:
        same = False
    if not same:
        raise Broken("backup_form", where=where)
    return at
