"""A backup closed anew with another key, into another store: every byte is proven on its way.

Owns: opening and closing part by part and content by content. Does not own: the two stores, where
the other key comes from.
"""

import os
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from typing import IO, Protocol

from ...kernel.backup import layout
from ...kernel.backup.content import SMALL_BYTES, PackEntry, Packer, content_hash
from ...kernel.backup.envelope import Context
from ...kernel.backup.key import DataKey
from ...kernel.backup.manifest import FileFacts, Manifest, Pack, Part
from ..storage.port import StoredObject
from ..streams.compress import compress
from ..streams.encrypt import Entropy, dedupe_key, seal_stream
from ..streams.objects import ObjectCipher
from .closed_manifest import close_manifest
from .file_writer import Places, Progress, require_stored
from .reader import BackupReader
from .spool import Tally, pieces


class Taking(Protocol):
    """The half of a store that takes objects."""

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> StoredObject:
        """Store what comes."""

    def put_new(self, key: str, content: bytes) -> StoredObject:
        """Store an object nobody stored yet."""


def _silent(_phase: str, _done: int, _total: int) -> None:
    return


class Resealer:
    """Closes one backup with `key` into `store`; `folder` is where spools lie.

    Raises: Refused, Unavailable, Broken in all its methods.
    """

    def __init__(
        self,
        store: Taking,
        key: DataKey,
        folder: str | os.PathLike[str],
        entropy: Entropy = os.urandom,
    ) -> None:
        self._store = store
        self._key = key
        self._folder = folder
        self._entropy = entropy

    def write(
        self, reader: BackupReader, manifest: Manifest, on_progress: Progress = _silent
    ) -> Manifest:
        """Write the whole backup, its manifest last; return that."""
        tenant = manifest.tenant
        self._cipher = ObjectCipher(self._key, tenant, self._entropy)
        self._dedupe_key = dedupe_key(self._key, tenant)
        self._tenant, self._packer, self._places = tenant, Packer(), Places()
        parts = tuple(self._part(reader, manifest, one) for one in manifest.parts)
        files = self._files(reader, manifest, on_progress)
        made = replace(manifest, key_id=self._key.id, previous=None, parts=parts, files=files)
        made = replace(made, new_bytes=made.stored_bytes)
        closed = close_manifest(made, self._key, self._entropy)
        self._store.put_new(layout.manifest_name(tenant, manifest.backup), closed)
        return made

    def _part(self, reader: BackupReader, manifest: Manifest, part: Part) -> Part:
        context = Context(manifest.tenant, manifest.backup, part.name)
        with reader.part(manifest, part.name) as file:
            plain = compress(pieces(file))
            sealed = seal_stream(plain, self._key, context, entropy=self._entropy)
            stored = self._put(part.key, sealed)
        return replace(part, stored_size=stored.size, stored_sha256=stored.sha256)

    def _put(self, key: str, chunks: Iterable[bytes]) -> Tally:
        tally = Tally()
        require_stored(self._store.put_stream(key, tally.over(chunks)), tally)
        return tally

    def _files(self, reader: BackupReader, manifest: Manifest, on_progress: Progress) -> FileFacts:
        anew: dict[str, str] = {}
        total = len({one.content for one in manifest.files.files})
        for content, chunks in reader.contents(manifest):
            anew[content] = self._content(chunks)
            on_progress("files", len(anew), total)
        self._put_packs(self._packer.rest())
        files = tuple(
            sorted(replace(one, content=anew[one.content]) for one in manifest.files.files)
        )
        objects, packs = self._places.of(anew.values())
        return replace(manifest.files, files=files, objects=objects, packs=packs)

    def _content(self, chunks: Iterable[bytes]) -> str:
        """Close one content, which is proven when its last chunk came; return its new id."""
        running, size = content_hash(self._dedupe_key), 0
        with tempfile.SpooledTemporaryFile(SMALL_BYTES, dir=self._folder) as held:
            for chunk in chunks:
                running.update(chunk)
                size += len(chunk)
                held.write(chunk)
            held.seek(0)
            content = running.hexdigest()
            self._bring(content, size, held)
        return content

    def _bring(self, content: str, size: int, held: IO[bytes]) -> None:
        if size < SMALL_BYTES:
            sealed = self._cipher.seal_whole(held.read(), content)
            self._put_packs(self._packer.add(content, sealed))
            return
        key = layout.object_name(self._tenant, content)
        stored = self._put(key, self._cipher.seal(pieces(held), content))
        self._places.objects[content] = stored.size

    def _put_packs(self, packs: Iterable[tuple[bytes, tuple[PackEntry, ...]]]) -> None:
        for body, entries in packs:
            stored = Tally()
            for _chunk in stored.over([body]):
                continue
            pack = Pack(stored.sha256, len(body), entries)
            self._put(layout.pack_name(self._tenant, pack.id), [body])
            self._places.add_pack(pack)
