"""A store on a disk, for reading alone.

Owns: the reading half of `BlobStore` on a folder. Does not own: writing (`adapters/storage`). It is
here so that a backup can be read with little more than this package.
"""

import errno
import os
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from ...kernel.errors import Broken, SaasError, Unavailable
from ..storage.port import StoredObject

READ_BYTES = 1 << 20


class ReadFolder:
    """What lies below a folder, by relative path.

    Raises: Broken (`object_missing`), Unavailable (`spool_unreachable`) in all its methods.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self._root = Path(root)

    def get_range(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield the bytes of an object from `start` on."""
        left = length
        try:
            with open(self._root / key, "rb", buffering=0) as file:
                file.seek(start)
                while chunk := file.read(READ_BYTES if left is None else min(left, READ_BYTES)):
                    left = None if left is None else left - len(chunk)
                    yield chunk
        except OSError as error:
            raise _ours(error, key) from None

    def head(self, key: str) -> StoredObject | None:
        """Look an object up, None when there is none."""
        try:
            found = (self._root / key).stat()
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                return None
            raise _ours(error, key) from None
        modified = datetime.fromtimestamp(found.st_mtime, timezone.utc)
        return StoredObject(key, found.st_size, None, modified)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose keys begin so, by key; what is hidden is unfinished."""
        folder = self._root / prefix.rpartition("/")[0]
        keys = sorted(
            (Path(at) / name).relative_to(self._root).as_posix()
            for at, folders, names in os.walk(folder)
            for name in names
            if not name.startswith(".")
        )
        for key in keys:
            found = self.head(key) if key.startswith(prefix) else None
            if found is not None:
                yield found


def _ours(error: OSError, key: str) -> SaasError:
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EISDIR):
        return Broken("object_missing", key=key)
    reason = errno.errorcode.get(error.errno or 0, "unknown")
    return Unavailable("spool_unreachable", reason=reason)
