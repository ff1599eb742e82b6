"""Files that hold what is proven before it goes on: without a name, gone with the process.

Owns: making them, what a full disk means, counting and hashing what passes. Does not own: what they
hold.
"""

import ctypes
import errno
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ...kernel.errors import Broken, SaasError, Unavailable
from ..filetree import FOLDER

READ_BYTES = 1 << 20


@contextmanager
def spool(folder: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Give an empty file in a folder; no path leads to it, so a killed process leaves nothing.

    Raises: Broken (`disk_full`, `spool_denied`), Unavailable (`spool_unreachable`).
    """
    with translated(), tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        yield file


@contextmanager
def translated() -> Iterator[None]:
    """Let only our own errors out of the block; paths stay inside.

    Raises: Broken (`disk_full`, `spool_denied`), Unavailable (`spool_unreachable`).
    """
    try:
        yield
    except OSError as error:
        raise _ours(error) from None


def _ours(error: OSError) -> SaasError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Broken("disk_full")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Broken("spool_denied")
    reason = errno.errorcode.get(error.errno or 0, "unknown")
    return Unavailable("spool_unreachable", reason=reason)


class Tally:
    """Counts and hashes a stream on its way."""

    def __init__(self) -> None:
        self.size = 0
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The SHA-256 of what has passed."""
        return self._hash.hexdigest()

    def over(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Pass a stream on."""
        for chunk in chunks:
            self.size += len(chunk)
            self._hash.update(chunk)
            yield chunk


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield what is left of a file."""
    while chunk := file.read(READ_BYTES):
        yield chunk


def sync_disk(folder: Path) -> None:
    """Have the disk of a folder keep all that was written to it.

    Raises: OSError. Source: syncfs(2); one call for a thousand files.
    """
    descriptor = os.open(folder, FOLDER)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(descriptor):
            raise OSError(ctypes.get_errno(), "syncfs")
    finally:
        os.close(descriptor)
