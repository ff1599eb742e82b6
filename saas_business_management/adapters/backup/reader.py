"""A backup read back from a store: proven as a whole before a byte of it goes on.

Owns: opening manifests, parts and files, and what is checked on the way. Does not own: databases,
which get what is read (`postgres/restore.py`), what a fault means for a backup's level.

Needs no Odoo and no PostgreSQL: the keys and the store are enough.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ...kernel.backup import layout
from ...kernel.backup.content import PackEntry, StoredFile, content_hash, sha1_in
from ...kernel.backup.envelope import Context, counted
from ...kernel.backup.key import DataKey
from ...kernel.backup.manifest import (
    CLEAR_BYTES_MAX,
    ClearLine,
    Link,
    Manifest,
    Part,
    parse_clear_line,
)
from ...kernel.errors import Broken, SaasError
from ..storage.port import BlobStore
from ..streams.compress import decompress
from ..streams.encrypt import dedupe_key, key_of, open_stream
from ..streams.objects import ObjectCipher
from .closed_manifest import OBJECT_BYTES_MAX, Wanted, link_of, open_manifest
from .file_writer import Progress
from .spool import Tally, spool, sync_disk, translated

# Told by this machine or on the way to the store: it says nothing about a backup.
NO_EVIDENCE = frozenset(
    {
        *("disk_full", "spool_denied", "program_missing", "access_denied", "access_key_refused"),
        *("clock_skew", "region_wrong", "certificate_wrong", "bucket_missing"),
    }
)


@dataclass(frozen=True)
class Fault:
    """Something of a backup that is not as its manifest says: the object, and the error's code."""

    key: str
    code: str


def _silent(_phase: str, _done: int, _total: int) -> None:
    return


class BackupReader:
    """Reads a tenant's backups; `keys` by id, `folder` is where spools lie.

    Raises: Refused, Unavailable, Broken in all its methods.
    """

    def __init__(
        self,
        store: BlobStore,
        tenant: str,
        keys: Mapping[str, DataKey],
        folder: str | os.PathLike[str],
    ) -> None:
        self._store = store
        self._tenant = tenant
        self._keys = keys
        self._folder = folder

    def backups(self) -> list[str]:
        """Return the uuids of the backups that are in the store."""
        found = self._store.list(layout.manifest_prefix(self._tenant))
        return sorted(backup for one in found if (backup := layout.backup_of(one.key)))

    def clear_line(self, backup: str) -> ClearLine:
        """Return what is readable of a manifest without a key; nothing proves it."""
        key = layout.manifest_name(self._tenant, backup)
        front = b"".join(self._store.get_range(key, 0, CLEAR_BYTES_MAX))
        return parse_clear_line(front)[0]

    def manifest(
        self, backup: str, fence: int | None = None, sha256: str | None = None
    ) -> tuple[Manifest, Link]:
        """Return a manifest and its place in the chain; fence and hash as the catalogue has them.

        Raises: Broken (`object_missing`, `backup_stale` when an older one lies there), and what
        `open_manifest` raises.
        """
        key = layout.manifest_name(self._tenant, backup)
        stored = b"".join(_at_most(self._store.get_range(key), OBJECT_BYTES_MAX))
        wanted = Wanted(self._tenant, backup, fence, sha256)
        found = open_manifest(stored, self._keys, wanted)
        return found, link_of(found, stored)

    def look(self, manifest: Manifest) -> list[Fault]:
        """Return which objects of a backup are absent or of a wrong size, without reading any
        (V0).
        """
        prefix = layout.tenant_prefix(self._tenant)
        there = {one.key: one.size for one in self._store.list(prefix)}
        return [
            Fault(key, "object_differs" if key in there else "object_missing")
            for key, size in objects_of(manifest).items()
            if there.get(key) != size
        ]

    @contextmanager
    def part(self, manifest: Manifest, name: str = "db") -> Iterator[IO[bytes]]:
        """Give a file with the plain bytes of a part, every one of them proven; it stands at its
        begin.
        """
        with spool(self._folder) as file:
            self._spool_part(manifest.part(name), manifest, file)
            file.seek(0)
            yield file

    def _spool_part(self, part: Part, manifest: Manifest, file: IO[bytes]) -> None:
        expected = layout.database_name(self._tenant, manifest.backup, manifest.fence)
        if part.key != expected:
            raise Broken("backup_binding", what="part")
        stored, plain = Tally(), Tally()
        context = Context(self._tenant, manifest.backup, part.name)
        chunks = stored.over(counted(self._store.get_range(part.key), part.stored_size))
        opened = decompress(open_stream(chunks, self._keys, context), part.size)
        for chunk in plain.over(opened):
            _write(file, chunk)
        found = (plain.size, plain.sha256, stored.size, stored.sha256)
        if found != (part.size, part.sha256, part.stored_size, part.stored_sha256):
            raise Broken("backup_damaged", where=part.name)

    def contents(
        self, manifest: Manifest, wanted: Iterable[str] | None = None
    ) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield (content id, its bytes) of the wanted contents, each to be read before the next.

        The end of the bytes is the proof of their id: read them to it.
        """
        opening = self._opening(manifest)
        for group in _groups(manifest, self._tenant, wanted):
            yield from self._opened(group, opening)

    def _opening(self, manifest: Manifest) -> "_Opening":
        sizes = {one.content: one.size for one in manifest.files.files}
        key = key_of(self._keys, manifest.key_id)
        return _Opening(key, self._tenant, self._folder, sizes)

    def _opened(
        self, group: "_Group", opening: "_Opening"
    ) -> Iterator[tuple[str, Iterator[bytes]]]:
        chunks = counted(self._store.get_range(group.key), group.size)
        if not group.pack:
            yield group.content, opening.big(chunks, group.content)
            return
        body = b"".join(chunks)
        if hashlib.sha256(body).hexdigest() != group.pack:
            raise Broken("backup_damaged", where="pack")
        for entry in group.entries:
            yield entry.content, opening.small(body, entry)

    def extract(
        self,
        manifest: Manifest,
        target: Path,
        wanted: Callable[[str], bool] | None = None,
        on_progress: Progress = _silent,
    ) -> int:
        """Write files into an empty folder under their names, return how many.

        Each is proven before it gets its name. A file that fails ends the extraction.
        """
        chosen = [one for one in manifest.files.files if wanted is None or wanted(one.name)]
        by_content: dict[str, list[StoredFile]] = {}
        for one in chosen:
            by_content.setdefault(one.content, []).append(one)
        done = 0
        with translated():
            for content, chunks in self.contents(manifest, by_content):
                self._place(target, by_content[content], chunks, {*manifest.files.rotten})
                done += len(by_content[content])
                on_progress("files", done, len(chosen))
            sync_disk(target)
        return done

    def _place(
        self, target: Path, files: list[StoredFile], chunks: Iterator[bytes], rotten: set[str]
    ) -> None:
        sha1 = hashlib.sha1()
        part = target / f".part-{files[0].content}"
        with open(part, "xb") as file:
            for chunk in chunks:
                sha1.update(chunk)
                file.write(chunk)
        for one in files:
            if one.name not in rotten and sha1_in(one.name) not in ("", sha1.hexdigest()):
                raise Broken("backup_damaged", where=one.name)
            (target / one.name).parent.mkdir(parents=True, exist_ok=True)
            os.link(part, target / one.name)
        part.unlink()

    def prove(
        self,
        manifest: Manifest,
        on_part: Callable[[IO[bytes]], None] | None = None,
        on_progress: Progress = _silent,
    ) -> list[Fault]:
        """Read and prove every byte of a backup, to nowhere; return what is wrong.

        `on_part` gets each proven part; what it raises is a fault of that part.
        Raises: Unavailable and what is in `NO_EVIDENCE`; anything else is a fault.
        """
        faults = []
        for part in manifest.parts:
            faults += self._tried(
                part.key, lambda part=part: self._read_part(manifest, part, on_part)
            )
        groups = list(_groups(manifest, self._tenant))
        opening = self._opening(manifest)
        for done, group in enumerate(groups):
            faults += self._tried(group.key, lambda group=group: self._read(group, opening))
            on_progress("prove", done + 1, len(groups))
        return faults

    def _read_part(
        self, manifest: Manifest, part: Part, on_part: Callable[[IO[bytes]], None] | None
    ) -> None:
        with self.part(manifest, part.name) as file:
            if on_part is not None:
                on_part(file)

    def _read(self, group: "_Group", opening: "_Opening") -> None:
        for _content, chunks in self._opened(group, opening):
            for _chunk in chunks:
                continue

    def _tried(self, key: str, read: Callable[[], None]) -> list[Fault]:
        try:
            read()
        except SaasError as error:
            if error.kind == "unavailable" or error.code in NO_EVIDENCE:
                raise
            return [Fault(key, error.code)]
        return []


def objects_of(manifest: Manifest) -> dict[str, int]:
    """Return the names of all objects of a backup beside its manifest, with their sizes."""
    tenant, files = manifest.tenant, manifest.files
    wanted = {part.key: part.stored_size for part in manifest.parts}
    wanted |= {layout.object_name(tenant, one): size for one, size in files.objects.items()}
    return wanted | {layout.pack_name(tenant, one.id): one.size for one in files.packs}


@dataclass(frozen=True)
class _Group:
    """An object of the store with the contents that are wanted of it; `pack` is empty for a content
    with an object of its own.
    """

    key: str
    size: int
    content: str
    pack: str
    entries: tuple[PackEntry, ...]


class _Opening:
    """Opens contents and proves their ids."""

    def __init__(
        self,
        key: DataKey,
        tenant: str,
        folder: str | os.PathLike[str],
        sizes: Mapping[str, int],
    ) -> None:
        self._cipher = ObjectCipher(key, tenant)
        self._dedupe_key = dedupe_key(key, tenant)
        self._folder = folder
        self._sizes = sizes

    def big(self, chunks: Iterable[bytes], content: str) -> Iterator[bytes]:
        """Yield a content that has an object of its own."""
        size = self._sizes[content]
        with translated():
            yield from self._proven(self._cipher.open(chunks, content, self._folder, size), content)

    def small(self, body: bytes, entry: PackEntry) -> Iterator[bytes]:
        """Yield a content that lies in a pack."""
        sealed = body[entry.offset : entry.offset + entry.length]
        plain = self._cipher.open_whole(sealed, entry.content, self._sizes[entry.content])
        yield from self._proven([plain], entry.content)

    def _proven(self, chunks: Iterable[bytes], content: str) -> Iterator[bytes]:
        running = content_hash(self._dedupe_key)
        for chunk in chunks:
            running.update(chunk)
            yield chunk
        if running.hexdigest() != content:
            raise Broken("backup_damaged", content=content[:8])


def _groups(
    manifest: Manifest, tenant: str, wanted: Iterable[str] | None = None
) -> Iterator[_Group]:
    """Yield the objects that hold the wanted contents, each once."""
    chosen = {one.content for one in manifest.files.files}
    chosen &= chosen if wanted is None else set(wanted)
    for content, size in manifest.files.objects.items():
        if content in chosen:
            yield _Group(layout.object_name(tenant, content), size, content, "", ())
    for pack in manifest.files.packs:
        entries = tuple(one for one in pack.entries if one.content in chosen)
        if entries:
            yield _Group(layout.pack_name(tenant, pack.id), pack.size, "", pack.id, entries)


def _at_most(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > most:
            raise Broken("backup_too_large")
        yield chunk


def _write(file: IO[bytes], chunk: bytes) -> None:
    """Write all of a chunk: an unbuffered file may take a part of it."""
    rest = memoryview(chunk)
    while rest:
        rest = rest[file.write(rest) :]
