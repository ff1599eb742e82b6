"""The port of a backup target: named objects, written whole or not at all.

Owns: the protocol `BlobStore`. Does not own: what objects hold, which exist (`kernel/backup`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class StoredObject:
    """One object as the store tells of it; `sha256` (hex) is known where it was just sent."""

    key: str
    size: int
    sha256: str | None
    modified: datetime | None


class BlobStore(Protocol):
    """A place for objects, for one thread. Every method raises Refused (`object_key_form`),
    Unavailable and Broken beside what it names."""

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> StoredObject:
        """Store what comes, all or nothing, in place of what was there.

        Size and sha256 are those of what was sent; that it arrived is checked before this returns.
        """

    def put_new(self, key: str, content: bytes) -> StoredObject:
        """Store an object nobody stored yet.

        Raises: Refused (`object_exists`) where the store can tell.
        """

    def get_range(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Give the bytes from `start` on, to the end without `length`; past the end there are none.

        Raises: Broken (`object_missing`), with the first chunk at the latest.
        """

    def head(self, key: str) -> StoredObject | None:
        """Look an object up; None when it is not there."""

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Give every object whose key begins with the prefix, in no promised order."""

    def delete(self, key: str) -> None:
        """Remove an object; one that is absent is fine."""

    def abort_stale(self, before: datetime) -> int:
        """Remove what writers left unfinished that began before this instant; return how many."""

    def capabilities(self) -> frozenset[str]:
        """Tell what the store is able to do beyond this (`capability.py`)."""

    def protection(self) -> str:
        """Tell what holds against deleting: LOCKED, VERSIONS, NONE or UNKNOWN of `capability.py`.

        What the store does not say, or not to this key, is UNKNOWN, never NONE.
        """
