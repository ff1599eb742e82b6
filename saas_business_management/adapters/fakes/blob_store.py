"""A backup target in memory."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone

from ...kernel.errors import Broken, Refused, Unavailable
from ..storage.capability import EXCLUSIVE, NONE
from ..storage.keys import checked, checked_prefix
from ..storage.port import StoredObject
from .faults import Faults


class FakeBlobStore(Faults):
    """`BlobStore` in memory. `objects`: key → bytes; `unfinished`: instants at which writers began
    that were killed; `protected`: what it says of itself."""

    def __init__(self, disk_bytes: int = 10**12) -> None:
        super().__init__()
        self.disk_bytes = disk_bytes
        self.now = datetime(2026, 1, 5, 9, tzinfo=timezone.utc)
        self.objects: dict[str, bytes] = {}
        self.unfinished: list[datetime] = []
        self.protected = NONE
        self._stored_at: dict[str, datetime] = {}

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> StoredObject:
        """Store what comes."""
        self._about_to("put_stream")
        return self._put(checked(key), b"".join(chunks))

    def put_new(self, key: str, content: bytes) -> StoredObject:
        """Store an object nobody stored yet."""
        self._about_to("put_new")
        if checked(key) in self.objects:
            raise Refused("object_exists")
        return self._put(key, content)

    def get_range(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Give the bytes of an object from `start` on."""
        self._about_to("get_range")
        if checked(key) not in self.objects:
            raise Broken("object_missing", key=key)
        end = None if length is None else start + length
        found = self.objects[key][start:end]
        return iter([found] if found else [])

    def head(self, key: str) -> StoredObject | None:
        """Look an object up."""
        self._about_to("head")
        return self._told(key) if checked(key) in self.objects else None

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Give every object whose key begins with the prefix."""
        self._about_to("list")
        checked_prefix(prefix)
        return iter([self._told(key) for key in sorted(self.objects) if key.startswith(prefix)])

    def delete(self, key: str) -> None:
        """Remove an object."""
        self._about_to("delete")
        self.objects.pop(checked(key), None)

    def abort_stale(self, before: datetime) -> int:
        """Remove what killed writers left."""
        self._about_to("abort_stale")
        stale = [one for one in self.unfinished if one < before]
        self.unfinished = [one for one in self.unfinished if one >= before]
        return len(stale)

    def capabilities(self) -> frozenset[str]:
        """Tell what it is able to do."""
        return frozenset({EXCLUSIVE})

    def protection(self) -> str:
        """Tell what holds against deleting."""
        self._about_to("protection")
        return self.protected

    def _put(self, key: str, content: bytes) -> StoredObject:
        others = sum(len(one) for other, one in self.objects.items() if other != key)
        if others + len(content) > self.disk_bytes:
            raise Unavailable("no_space")
        self.objects[key], self._stored_at[key] = content, self.now
        return StoredObject(key, len(content), hashlib.sha256(content).hexdigest(), self.now)

    def _told(self, key: str) -> StoredObject:
        return StoredObject(key, len(self.objects[key]), None, self._stored_at.get(key, self.now))
