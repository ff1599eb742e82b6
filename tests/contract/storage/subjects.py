"""Stores under one face, for the suite: how each is made, how writers are killed in them.

Owns: `Subject` and the stores that need no server. Does not own: what they have to do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from saas_business_management.adapters.fakes.blob_store import FakeBlobStore
from saas_business_management.adapters.storage.local import LocalStore
from saas_business_management.adapters.storage.port import BlobStore


@dataclass(frozen=True)
class Subject:
    """A store, and the way a writer that began at an instant is killed in it."""

    name: str
    store: BlobStore
    kill_a_writer: Callable[[datetime], None]
    keeps_beginnings: bool = True  # a writer's beginning can be set by the test


@contextmanager
def double(folder: Path) -> Iterator[Subject]:
    """The store in memory."""
    store = FakeBlobStore()
    yield Subject("double", store, store.unfinished.append)


@contextmanager
def on_disk(folder: Path) -> Iterator[Subject]:
    """A folder on the disk."""
    root = folder / "backups"
    root.mkdir()

    def kill_a_writer(began: datetime) -> None:
        part = root / ".staging" / "0123456789ab.part"
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(b"half")
        os.utime(part, (began.timestamp(), began.timestamp()))

    yield Subject("folder", LocalStore(root), kill_a_writer)


SUBJECTS: dict[str, Callable] = {"double": double, "folder": on_disk}
