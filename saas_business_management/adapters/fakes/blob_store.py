"""A store of objects in memory."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone

from ...kernel.errors import Broken, Refused
from ..storage.port import StoredObject
from .faults import Faults

PIECE_BYTES = 1 << 16


class FakeBlobStore(Faults):
    """`BlobStore` in memory: `objects` by key, `unfinished` writes by key with their instant."""

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, bytes] = {}
        self.modified: dict[str, datetime] = {}
        self.unfinished: dict[str, datetime] = {}
        self.now = datetime(2026, 1, 1, tzinfo=timezone.utc)

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> StoredObject:
        """Write all of the chunks or nothing."""
        self._about_to("put_stream")
        content = b"".join(chunks)
        self.objects[key], self.modified[key] = content, self.now
        return self._found(key)

    def put_new(self, key: str, content: bytes) -> StoredObject:
        """Write an object that is not there yet."""
        self._about_to("put_new")
        if key in self.objects:
            raise Refused("object_exists")
        self.objects[key], self.modified[key] = content, self.now
        return self._found(key)

    def get_range(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield the bytes of an object from `start` on."""
        self._about_to("get_range")
        if key not in self.objects:
            raise Broken("object_missing")
        content = self.objects[key]
        end = len(content) if length is None else min(len(content), start + length)
        for at in range(start, end, PIECE_BYTES):
            yield content[at : min(at + PIECE_BYTES, end)]

    def head(self, key: str) -> StoredObject | None:
        """Look an object up."""
        self._about_to("head")
        return self._found(key) if key in self.objects else None

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose keys begin so, by key."""
        self._about_to("list")
        yield from [self._found(key) for key in sorted(self.objects) if key.startswith(prefix)]

    def delete(self, key: str) -> None:
        """Remove an object."""
        self._about_to("delete")
        self.objects.pop(key, None)
        self.modified.pop(key, None)

    def abort_stale(self, before: datetime) -> int:
        """Remove what unfinished writes left."""
        self._about_to("abort_stale")
        stale = [key for key, at in self.unfinished.items() if at < before]
        for key in stale:
            del self.unfinished[key]
        return len(stale)

    def capabilities(self) -> frozenset[str]:
        """Return what this store can do beyond the rest."""
        return frozenset({"put_new"})

    def _found(self, key: str) -> StoredObject:
        content = self.objects[key]
        digest = hashlib.sha256(content).hexdigest()
        return StoredObject(key, len(content), digest, self.modified[key])
