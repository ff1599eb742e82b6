"""What a backup asks of a store of objects.

Owns: the port. Does not own: stores (`local.py`, `s3.py`), names of objects
(`kernel/backup/layout.py`).

Keys are relative paths of `[A-Za-z0-9._/-]`. Every method may be called twice and raises `Refused`,
`Unavailable` or `Broken` and nothing else on purpose.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class StoredObject:
    """An object as the store knows it; `sha256` in hexadecimal where it is known."""

    key: str
    size: int
    sha256: str | None
    modified: datetime | None


class BlobStore(Protocol):
    """A place for objects that are written once and read whole or in ranges."""

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> StoredObject:
        """Write all of the chunks or nothing; size and SHA-256 of what was sent, checked after."""

    def put_new(self, key: str, content: bytes) -> StoredObject:
        """Write an object that is not there yet; Refused (`object_exists`) where the store can
        tell.
        """

    def get_range(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield the bytes of an object from `start` on; Broken (`object_missing`)."""

    def head(self, key: str) -> StoredObject | None:
        """Look an object up, None when there is none."""

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose keys begin so, by key."""

    def delete(self, key: str) -> None:
        """Remove an object; absent is fine."""

    def abort_stale(self, before: datetime) -> int:
        """Remove what unfinished writes from before that instant left; return how many."""

    def capabilities(self) -> frozenset[str]:
        """Return what this store can do beyond the rest."""
