"""The files of a backup: those the store does not have yet go there, the rest is pointed to.

Owns: which content is read, closed and put where. Does not own: the rules (`content.py`), the
manifest.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ...kernel.backup import layout
from ...kernel.backup.content import (
    PackEntry,
    Packer,
    Rehash,
    StoredFile,
    is_store_name,
    known,
)
from ...kernel.backup.manifest import FileFacts, Manifest, Pack
from ...kernel.errors import Broken
from ..storage.port import BlobStore, StoredObject
from ..streams.objects import ObjectCipher
from .source_files import Reading, SourceFiles
from .spool import Tally

NAME_SHOWN = 200
Progress = Callable[[str, int, int], None]


@dataclass
class Places:
    """Where contents lie: objects of their own with their bytes, entries of packs."""

    objects: dict[str, int] = field(default_factory=dict)
    packed: dict[str, tuple[str, PackEntry]] = field(default_factory=dict)
    packs: dict[str, int] = field(default_factory=dict)

    def has(self, content: str) -> bool:
        """Tell whether a content is in the store."""
        return content in self.objects or content in self.packed

    def add_pack(self, pack: Pack) -> None:
        """Note a pack and what is in it."""
        self.packs[pack.id] = pack.size
        for entry in pack.entries:
            self.packed.setdefault(entry.content, (pack.id, entry))

    def of(self, contents: Iterable[str]) -> tuple[dict[str, int], tuple[Pack, ...]]:
        """Return objects and packs that hold these contents, of packs these entries alone."""
        objects: dict[str, int] = {}
        entries: dict[str, list[PackEntry]] = {}
        for content in sorted(set(contents)):
            if content in self.objects:
                objects[content] = self.objects[content]
            else:
                pack, entry = self.packed[content]
                entries.setdefault(pack, []).append(entry)
        packs = (
            Pack(pack, self.packs[pack], tuple(sorted(held, key=lambda one: one.offset)))
            for pack, held in sorted(entries.items())
        )
        return objects, tuple(packs)


def places_of(store: BlobStore, tenant: str, previous: Manifest | None) -> Places:
    """Return what of the last backup is still in the store, in the size it should have.

    What the store's list does not show is written again, so a stale list costs bytes alone.
    """
    places = Places()
    if previous is None:
        return places
    prefix = layout.tenant_prefix(tenant)
    there = {
        one.key: one.size for part in ("obj/", "pack/") for one in store.list(f"{prefix}{part}")
    }
    for content, size in previous.files.objects.items():
        if there.get(layout.object_name(tenant, content)) == size:
            places.objects[content] = size
    for pack in previous.files.packs:
        if there.get(layout.pack_name(tenant, pack.id)) == pack.size:
            places.add_pack(pack)
    return places


class FileWriter:
    """Writes the files of one backup.

    Raises: Refused, Unavailable, Broken for whatever source or store raise.
    """

    def __init__(
        self,
        store: BlobStore,
        tenant: str,
        cipher: ObjectCipher,
        source: SourceFiles,
        on_progress: Progress,
    ) -> None:
        self._store = store
        self._tenant = tenant
        self._cipher = cipher
        self._source = source
        self._on_progress = on_progress
        self._packer = Packer()
        self._waiting: set[str] = set()
        self.new_bytes = 0

    def write(
        self, wanted: list[tuple[str, int]], previous: Manifest | None, now: datetime, full: bool
    ) -> FileFacts:
        """Bring every wanted file into the store and return what the manifest says of them."""
        self._places = places_of(self._store, self._tenant, previous)
        old = previous.files if previous else FileFacts()
        full = full or old.rehash is None or old.rehash.due(now)
        trusted, unread = known(wanted, {} if full else self._trustworthy(old))
        found, missing, rotten = list(trusted), [], []
        for count, reading in enumerate(self._readings(unread, missing)):
            self._bring(reading)
            found.append(StoredFile(reading.name, reading.size, reading.content))
            rotten += [] if reading.sound else [reading.name]
            self._on_progress("files", len(trusted) + count + 1, len(wanted))
        self._put_packs(self._packer.rest())
        rehash = Rehash(now) if full else Rehash(old.rehash.at, old.rehash.runs + 1)
        return self._facts(found, missing, rotten, old, rehash)

    def _trustworthy(self, old: FileFacts) -> Mapping[str, StoredFile]:
        return {one.name: one for one in old.files if self._places.has(one.content)}

    def _readings(self, names: Iterable[str], missing: list[str]) -> Iterator[Reading]:
        for name in names:
            reading = self._source.read(name) if is_store_name(name) else None
            if reading is None:
                missing.append(name[:NAME_SHOWN])
            else:
                yield reading

    def _bring(self, reading: Reading) -> None:
        content = reading.content
        if self._places.has(content) or content in self._waiting:
            return
        if reading.small is None:
            self._put_object(reading)
            return
        self._waiting.add(content)
        sealed = self._cipher.seal_whole(reading.small, content)
        self._put_packs(self._packer.add(content, sealed))

    def _put_object(self, reading: Reading) -> None:
        tally = Tally()
        sealed = self._cipher.seal(self._source.chunks(reading), reading.content)
        key = layout.object_name(self._tenant, reading.content)
        require_stored(self._store.put_stream(key, tally.over(sealed)), tally)
        self._places.objects[reading.content] = tally.size
        self.new_bytes += tally.size

    def _put_packs(self, packs: Iterable[tuple[bytes, tuple[PackEntry, ...]]]) -> None:
        for body, entries in packs:
            pack = Pack(hashlib.sha256(body).hexdigest(), len(body), entries)
            tally = Tally()
            key = layout.pack_name(self._tenant, pack.id)
            require_stored(self._store.put_stream(key, tally.over([body])), tally)
            self._places.add_pack(pack)
            self.new_bytes += pack.size

    def _facts(
        self,
        found: list[StoredFile],
        missing: list[str],
        rotten: list[str],
        old: FileFacts,
        rehash: Rehash,
    ) -> FileFacts:
        # What was rotten and was not read again is still that.
        names = {one.name for one in found}
        fresh = rehash.runs == 0
        rotten = rotten if fresh else sorted({*rotten, *(names & {*old.rotten})})
        objects, packs = self._places.of(one.content for one in found)
        return FileFacts(
            tuple(sorted(found)), tuple(sorted(missing)), tuple(rotten), objects, packs, rehash
        )


def require_stored(stored: StoredObject, sent: Tally) -> None:
    """Make sure a store says that it has what was sent.

    Raises: Broken (`object_differs`).
    """
    if stored.size != sent.size or stored.sha256 not in (None, sent.sha256):
        raise Broken("object_differs")
