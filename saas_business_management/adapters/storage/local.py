"""A backup target in a folder of a local or mounted disk.

Owns: one file per object, written beside, synced and moved into place. Does not own: errors of
folders as we name them (`folder.py`).

The folder has to be there: one that is made here would hide that a disk is not mounted.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path

from ...kernel.errors import Broken, Refused, Unavailable
from ..filetree import UNLINKABLE
from . import folder
from .capability import EXCLUSIVE, NONE
from .keys import checked, checked_prefix
from .port import StoredObject

READ_BYTES = 1 << 20
TRIES = 5


class LocalStore:
    """`BlobStore` in one folder."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self._root = Path(root)

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> StoredObject:
        """Store what comes, in place of what was there."""
        return self._put(key, chunks, folder.replace)

    def put_new(self, key: str, content: bytes) -> StoredObject:
        """Store an object nobody stored yet.

        Raises: Refused (`object_exists`).
        """
        return self._put(key, [content], self._place_new)

    def get_range(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Give the bytes of an object from `start` on.

        Raises: Broken (`object_missing`).
        """
        with self._opened(checked(key)) as file:
            left = os.fstat(file).st_size - start if length is None else length
            place = start
            while left > 0:
                with folder.translated():
                    chunk = os.pread(file, min(left, READ_BYTES), place)
                if not chunk:
                    break
                yield chunk
                place, left = place + len(chunk), left - len(chunk)

    def head(self, key: str) -> StoredObject | None:
        """Look an object up."""
        try:
            with self._opened(checked(key)) as file, folder.translated():
                return _told(key, os.fstat(file))
        except Broken as error:
            if error.code != "object_missing":
                raise
            return None

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Give every object whose key begins with the prefix."""
        inside = checked_prefix(prefix).rpartition("/")[0]
        with folder.translated():
            top = folder.opened(self._root)
        try:
            found = folder.walk(top, inside)
            while True:
                with folder.translated():
                    one = next(found, None)
                if one is None:
                    return
                if one[0].startswith(prefix):
                    yield _told(*one)
        finally:
            os.close(top)

    def delete(self, key: str) -> None:
        """Remove an object; a folder it leaves empty is left to `abort_stale`: others may be about
        to write into it."""
        *folders, name = checked(key).split("/")
        with folder.translated(), folder.entered(self._root, folders) as place:
            if place is None:
                return
            with suppress(FileNotFoundError, IsADirectoryError):
                os.unlink(name, dir_fd=place)
                os.fsync(place)

    def abort_stale(self, before: datetime) -> int:
        """Remove what killed writers left in the staging area, and folders empty since then."""
        gone = 0
        with folder.translated(), folder.entered(self._root, []) as place:
            folder.prune(place, before.timestamp())
        with folder.translated(), folder.entered(self._root, [folder.STAGING]) as place:
            for name in os.listdir(place) if place is not None else ():
                began = os.stat(name, dir_fd=place, follow_symlinks=False).st_mtime
                if name.endswith(folder.PART) and began < before.timestamp():
                    with suppress(FileNotFoundError):
                        os.unlink(name, dir_fd=place)
                        gone += 1
        return gone

    def capabilities(self) -> frozenset[str]:
        """Tell what it is able to do."""
        return frozenset({EXCLUSIVE})

    def protection(self) -> str:
        """Tell that nothing holds against deleting a file."""
        return NONE

    def _put(self, key: str, chunks: Iterable[bytes], place: folder.Placing) -> StoredObject:
        checked(key)
        with self._staging() as staging:
            part = f"{secrets.token_hex(12)}{folder.PART}"
            try:
                size, digest = _written(staging, part, chunks)
                with folder.translated():
                    self._moved(staging, part, key, place)
                    stored = self.head(key)
            finally:
                with suppress(OSError):  # what stays is found by `abort_stale`
                    os.unlink(part, dir_fd=staging)
        if stored is None or stored.size != size:
            raise Broken("object_damaged")
        return StoredObject(key, size, digest, stored.modified)

    def _moved(self, staging: int, part: str, key: str, place: folder.Placing) -> None:
        """Move a finished file to its place; a folder may be removed as empty meanwhile."""
        *folders, name = key.split("/")
        for left in reversed(range(TRIES)):
            try:
                with folder.entered(self._root, folders, make=True) as target:
                    place(staging, part, target, name)
                    os.fsync(target)
                return
            except FileNotFoundError:
                if not left:
                    raise

    def _place_new(self, staging: int, part: str, target: int, name: str) -> None:
        """Give the file its name unless somebody has it.

        Where files cannot have two names, writers wait for each other instead.
        """
        try:
            os.link(part, name, src_dir_fd=staging, dst_dir_fd=target, follow_symlinks=False)
        except FileExistsError:
            raise Refused("object_exists") from None
        except OSError as error:
            if error.errno not in UNLINKABLE:
                raise
            with _alone(staging):
                if folder.is_there(target, name):
                    raise Refused("object_exists") from None
                folder.replace(staging, part, target, name)

    @contextmanager
    def _staging(self) -> Iterator[int]:
        with folder.translated():
            top = folder.opened(self._root)
            try:
                with suppress(FileExistsError):
                    os.mkdir(folder.STAGING, 0o700, dir_fd=top)
                staging = folder.opened(folder.STAGING, top)
            finally:
                os.close(top)
        try:
            yield staging
        finally:
            os.close(staging)

    @contextmanager
    def _opened(self, key: str) -> Iterator[int]:
        *folders, name = key.split("/")
        with folder.translated(), folder.entered(self._root, folders) as place:
            file = folder.file_in(place, name)
        try:
            yield file
        finally:
            os.close(file)


def _written(staging: int, part: str, chunks: Iterable[bytes]) -> tuple[int, str]:
    """Write and sync a file; return size and sha256. Errors of the chunks' maker stay its own."""
    with folder.translated():
        file = os.open(part, folder.NEW_FILE, 0o600, dir_fd=staging)
    try:
        size, digest = 0, hashlib.sha256()
        for chunk in chunks:
            with folder.translated():
                folder.write_all(file, chunk)
            digest.update(chunk)
            size += len(chunk)
        with folder.translated():
            os.fsync(file)
            if os.fstat(file).st_size != size:
                raise Unavailable("no_space")
        return size, digest.hexdigest()
    finally:
        os.close(file)


@contextmanager
def _alone(staging: int) -> Iterator[None]:
    lock = os.open("lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600, dir_fd=staging)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _told(key: str, status: os.stat_result) -> StoredObject:
    modified = datetime.fromtimestamp(status.st_mtime, timezone.utc)
    return StoredObject(key, status.st_size, None, modified)
