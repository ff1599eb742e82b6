"""The backup targets of an operation."""

from typing import Protocol

from ..storage.port import BlobStore
from .cluster import Check


class StoresPort(Protocol):
    """The backup targets an operation may use, by the numbers of their records."""

    def open(self, target: int) -> BlobStore:
        """Return the store of a target; nothing is asked of it yet."""

    def probe(self, target: int) -> list[Check]:
        """Test everything backups need of a target; it keeps nothing of it."""
