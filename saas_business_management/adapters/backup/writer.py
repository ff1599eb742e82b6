"""A backup of a database and its files, written to a store; the manifest comes last.

Owns: the order of things and what a manifest says. Does not own: stores, keys, when a backup is
made and how long it is kept.

A run that fails or is killed leaves objects that nothing points to, and no backup.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path

import zstandard

from ...kernel.backup import layout
from ...kernel.backup.envelope import Context
from ...kernel.backup.facts import DatabaseFacts
from ...kernel.backup.key import DataKey
from ...kernel.backup.manifest import FileFacts, Link, Manifest, Part, Previous
from ...kernel.errors import Broken
from ..postgres import dump
from ..postgres.client_programs import Programs
from ..postgres.connect import Server
from ..storage.port import BlobStore
from ..streams.compress import compress
from ..streams.encrypt import Entropy, dedupe_key, seal_stream
from ..streams.objects import ObjectCipher
from .closed_manifest import close_manifest, link_of
from .file_writer import FileWriter, Progress, require_stored
from .source_files import SourceFiles
from .spool import Tally

DATABASE_PART = "db"
ARCHIVE_MAGIC = b"PGDMP"


@dataclass(frozen=True)
class Former:
    """The backup before: its manifest and its place in the chain."""

    manifest: Manifest
    link: Link


@dataclass(frozen=True)
class BackupOrder:
    """What is to be written.

    `rehash` reads every file even where its name is known; `hash_tables` (`schema.name`) get a hash
    over their rows; `notes` are kept as they are.
    """

    tenant: str
    backup: str
    fence: int
    reason: str
    former: Former | None = None
    rehash: bool = False
    hash_tables: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """A backup that is in the store, with what the next one has to know of it."""

    manifest: Manifest
    link: Link

    @property
    def former(self) -> Former:
        """Itself as the one before."""
        return Former(self.manifest, self.link)


def _silent(_phase: str, _done: int, _total: int) -> None:
    return


class BackupWriter:
    """Writes backups of one tenant with one key.

    Raises: Refused (`pg_dump_too_old`, `object_exists` when the backup is there), Unavailable,
    Broken in all its methods.
    """

    def __init__(
        self,
        store: BlobStore,
        key: DataKey,
        programs: Programs,
        dump_seconds: float = dump.DUMP_SECONDS,
        entropy: Entropy = os.urandom,
    ) -> None:
        self._store = store
        self._key = key
        self._programs = programs
        self._dump_seconds = dump_seconds
        self._entropy = entropy

    def write(
        self,
        order: BackupOrder,
        server: Server,
        folder: Path | None,
        on_progress: Progress = _silent,
        on_line: Callable[[str], None] | None = None,
    ) -> Written:
        """Write a whole backup; `server` logs in as the role that owns the database's objects,
        `folder` has its files, None for none.

        `on_progress` gets a phase (`database`, `files`) with bytes or files, the total 0 when it
        is not known; `on_line` what pg_dump complained.
        """
        tools = {"pg_dump": dump.require_fit(self._programs, server), "zstd": zstandard.__version__}
        with dump.pinned(server) as held:
            wanted = held.files() if folder else []
            dump_of = partial(held.dump, self._programs, self._dump_seconds, on_line)
            with _begun(dump_of) as dumped:
                facts = held.facts(order.hash_tables)
                part = self._database(order, dumped(), on_progress)
            held.release_snapshot()
            writer = self._file_writer(order, folder, on_progress)
            files = writer.write(wanted, self._former(order), held.started_at, order.rehash)
            finished_at = held.require_held()
        new_bytes = part.stored_size + writer.new_bytes
        made = (held.started_at, finished_at, facts, part, files, new_bytes, tools)
        return self._finish(self._manifest(order, *made))

    def _former(self, order: BackupOrder) -> Manifest | None:
        """Return the manifest before, when the same key closed its contents."""
        former = order.former and order.former.manifest
        return former if former and former.key_id == self._key.id else None

    def _database(self, order: BackupOrder, dumped: Iterable[bytes], on_progress: Progress) -> Part:
        plain, stored = Tally(), Tally()
        context = Context(order.tenant, order.backup, DATABASE_PART)
        told = _told(_archive(dumped), on_progress)
        sealed = seal_stream(compress(plain.over(told)), self._key, context, entropy=self._entropy)
        key = layout.database_name(order.tenant, order.backup, order.fence)
        require_stored(self._store.put_stream(key, stored.over(sealed)), stored)
        sizes = (plain.size, plain.sha256, stored.size, stored.sha256)
        return Part(DATABASE_PART, key, *sizes)

    def _file_writer(
        self, order: BackupOrder, folder: Path | None, on_progress: Progress
    ) -> FileWriter:
        cipher = ObjectCipher(self._key, order.tenant, self._entropy)
        source = SourceFiles(folder, dedupe_key(self._key, order.tenant))
        return FileWriter(self._store, order.tenant, cipher, source, on_progress)

    def _manifest(
        self,
        order: BackupOrder,
        started_at: datetime,
        finished_at: datetime,
        facts: DatabaseFacts,
        part: Part,
        files: FileFacts,
        new_bytes: int,
        tools: Mapping[str, str],
    ) -> Manifest:
        link = order.former and order.former.link
        return Manifest(
            tenant=order.tenant,
            backup=order.backup,
            fence=order.fence,
            reason=order.reason,
            key_id=self._key.id,
            started_at=started_at,
            finished_at=finished_at,
            previous=Previous(link.backup, link.sha256) if link else None,
            facts=facts,
            parts=(part,),
            files=files,
            new_bytes=new_bytes,
            tools=tools,
            notes=order.notes,
        )

    def _finish(self, manifest: Manifest) -> Written:
        """Put the manifest: from here on there is a backup."""
        closed = close_manifest(manifest, self._key, self._entropy)
        key = layout.manifest_name(manifest.tenant, manifest.backup)
        stored = self._store.put_new(key, closed)
        sha256 = hashlib.sha256(closed).hexdigest()
        if stored.size != len(closed) or stored.sha256 not in (None, sha256):
            raise Broken("object_differs")
        return Written(manifest, link_of(manifest, closed))


@contextmanager
def _begun(dump_of: Callable[[], Iterator[bytes]]) -> Iterator[Callable[[], Iterator[bytes]]]:
    """Have pg_dump read the catalogue while the block does something else; give its output then.

    pg_dump dies with the thread that started it, so that one lives as long as the block. Leaving
    the block ends pg_dump.
    """
    with closing(dump_of()) as chunks, ThreadPoolExecutor(1, "saas-dump") as beside:
        first = beside.submit(next, chunks, b"")
        yield lambda: chain([first.result()], chunks)


def _archive(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass on what begins as pg_dump's archives do.

    Raises: Broken (`archive_damaged`) for anything else, nothing at all included.
    """
    front = b""
    for chunk in chunks:
        if len(front) < len(ARCHIVE_MAGIC):
            front += chunk[: len(ARCHIVE_MAGIC) - len(front)]
            if not ARCHIVE_MAGIC.startswith(front):
                raise Broken("archive_damaged")
        yield chunk
    if front != ARCHIVE_MAGIC:
        raise Broken("archive_damaged")


def _told(chunks: Iterable[bytes], on_progress: Progress) -> Iterator[bytes]:
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        on_progress("database", seen, 0)
        yield chunk
