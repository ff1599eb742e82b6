"""Files of Odoo's store, read for a backup.

Owns: opening one without being led elsewhere, telling an absent and a rotten one. Does not own:
what is done with them (`file_writer.py`).

Names come from a tenant's database and may be anything: only what looks like a name of the store is
opened, folder by folder, and no link is followed.
"""

import errno
import hashlib
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ...kernel.backup.content import SMALL_BYTES, content_hash, is_store_name, sha1_in
from ...kernel.errors import Broken, Unavailable
from ..filetree import FOLDER
from .spool import READ_BYTES

FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)
TRIES = 3
# Odoo may be writing the same content again: its bytes are not all there for an instant.
PATIENCE_SECONDS = 0.1


@dataclass(frozen=True)
class Reading:
    """A file as it was read: its bytes when it is small, else None."""

    name: str
    size: int
    content: str
    sound: bool
    small: bytes | None


class SourceFiles:
    """The files of one database below a folder; `folder` None means there are none."""

    def __init__(self, folder: Path | None, dedupe_key: bytes) -> None:
        self._folder = folder
        self._dedupe_key = dedupe_key

    def read(self, name: str) -> Reading | None:
        """Read a file and make its id; None when it is not there.

        Raises: Unavailable (`filestore_unreachable`), Broken (`filestore_denied`).
        """
        reading = None
        for again in range(TRIES):
            if again:
                time.sleep(PATIENCE_SECONDS)
            with self._opened(name) as file:
                reading = self._hashed(name, file) if file else None
            if reading is None or reading.sound:
                break
        return reading

    def chunks(self, reading: Reading) -> Iterator[bytes]:
        """Yield a file's bytes once more.

        Raises: Unavailable (`backup_source_changed` at the end, when they are others now).
        """
        running, size = content_hash(self._dedupe_key), 0
        with self._opened(reading.name) as file:
            for chunk in _pieces(file) if file else ():
                running.update(chunk)
                size += len(chunk)
                yield chunk
        if (size, running.hexdigest()) != (reading.size, reading.content):
            raise Unavailable("backup_source_changed")

    def _hashed(self, name: str, file: IO[bytes]) -> Reading:
        running, sha1, size = content_hash(self._dedupe_key), hashlib.sha1(), 0
        small = b""
        for chunk in _pieces(file):
            running.update(chunk)
            sha1.update(chunk)
            size += len(chunk)
            small = small + chunk if size < SMALL_BYTES else b""
        promised = sha1_in(name)
        sound = not promised or sha1.hexdigest() == promised
        whole = small if size < SMALL_BYTES else None
        return Reading(name, size, running.hexdigest(), sound, whole)

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes] | None]:
        try:
            descriptor = self._descriptor(name)
        except OSError as error:
            if error.errno in ABSENT:
                yield None
                return
            raise _ours(error) from None
        with open(descriptor, "rb", buffering=0) as file:
            yield file if stat.S_ISREG(os.fstat(descriptor).st_mode) else None

    def _descriptor(self, name: str) -> int:
        """Open a file below the folder, one step at a time."""
        if self._folder is None or not is_store_name(name):
            raise FileNotFoundError(errno.ENOENT, "no such name")
        *folders, last = name.split("/")
        at = os.open(self._folder, FOLDER)
        try:
            for folder in folders:
                inner = os.open(folder, FOLDER, dir_fd=at)
                os.close(at)
                at = inner
            return os.open(last, FILE, dir_fd=at)
        finally:
            os.close(at)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    try:
        while chunk := file.read(READ_BYTES):
            yield chunk
    except OSError as error:
        raise _ours(error) from None


def _ours(error: OSError) -> Broken | Unavailable:
    if error.errno in (errno.EACCES, errno.EPERM):
        return Broken("filestore_denied")
    reason = errno.errorcode.get(error.errno or 0, "unknown")
    return Unavailable("filestore_unreachable", reason=reason)
