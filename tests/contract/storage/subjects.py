"""Stores under one face, for the suite: how each is made, how writers are killed in them.

Owns: `Subject` and every store. Does not own: what they have to do, the server (`conftest.py`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from saas_business_management.adapters.fakes.blob_store import FakeBlobStore
from saas_business_management.adapters.storage.local import LocalStore
from saas_business_management.adapters.storage.port import BlobStore
from saas_business_management.adapters.storage.s3 import S3Store
from saas_business_management.adapters.storage.s3_calls import Patience, S3Place
from saas_business_management.kernel.secret import Secret
from tests.helpers.s3 import KEY, SECRET, S3Server

PART_BYTES = 5 << 20  # the least the protocol allows
QUICK = Patience(first_seconds=0.01, longest_seconds=0.05)


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


@contextmanager
def in_bucket(server: S3Server) -> Iterator[Subject]:
    """A prefix of a new bucket of the real service."""
    bucket = server.bucket(f"bucket-{uuid4().hex[:12]}")
    place = s3_place(server.endpoint, bucket)
    store = S3Store(place, QUICK, part_bytes=PART_BYTES)

    def kill_a_writer(_began: datetime) -> None:
        server.client.create_multipart_upload(Bucket=bucket, Key=f"{place.prefix}v1/half")

    yield Subject("s3", store, kill_a_writer, keeps_beginnings=False)
    store.close()


def s3_place(endpoint: str, bucket: str, **changes: object) -> S3Place:
    """Return where objects go in the service of the tests."""
    place = S3Place(
        bucket=bucket,
        access_key=KEY,
        secret=Secret(SECRET),
        endpoint=endpoint,
        prefix="backups/",
        path_style=True,
        inside_allowed=True,
    )
    return replace(place, **changes)


SERVERLESS: dict[str, Callable] = {"double": double, "folder": on_disk}
