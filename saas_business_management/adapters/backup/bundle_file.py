"""One single file that holds a backup, written and read like a store.

Owns: objects into the file and out of it. Does not own: its bytes around them
(`kernel/backup/bundle.py`), what the objects are.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from ...kernel.backup import bundle
from ...kernel.backup.bundle import Placed
from ...kernel.backup.passphrase import Derivation
from ...kernel.errors import Broken, Refused
from ..storage.port import StoredObject
from .spool import READ_BYTES, Tally, translated


class BundleWriter:
    """Writes objects one behind the other; the writing half of `BlobStore`.

    `file` is open for writing and can be turned back. Raises: Refused (`object_exists`), Broken and
    Unavailable of a disk in all its methods.
    """

    def __init__(self, file: IO[bytes], derivation: Derivation) -> None:
        self._file = file
        self._names: set[str] = set()
        with translated():
            file.write(bundle.encode_front(derivation))

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> StoredObject:
        """Add an object; its length is written when it is known."""
        if key in self._names:
            raise Refused("object_exists")
        self._names.add(key)
        tally = Tally()
        with translated():
            self._file.write(bundle.encode_name(key))
            place = self._file.tell()
            self._file.write(bundle.encode_length(0))
            for chunk in tally.over(chunks):
                self._file.write(chunk)
            end = self._file.tell()
            self._file.seek(place)
            self._file.write(bundle.encode_length(tally.size))
            self._file.seek(end)
        return StoredObject(key, tally.size, tally.sha256, None)

    def put_new(self, key: str, content: bytes) -> StoredObject:
        """Add a small object."""
        return self.put_stream(key, [content])

    def end(self) -> None:
        """Close the list of objects and have the disk keep the file."""
        with translated():
            self._file.write(bundle.END)
            self._file.flush()
            os.fsync(self._file.fileno())


class BundleReader:
    """Reads objects; the reading half of `BlobStore`. `derivation` says how its key is made.

    Raises: Broken (`backup_form`, `backup_truncated`, `backup_trailing`, `object_missing`), Refused
    (`backup_version_unknown`, `backup_suite_unknown`), Unavailable in all its methods.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        with translated(), self._opened() as file:
            self._size = os.fstat(file.fileno()).st_size
            self.derivation = bundle.parse_front(file.read(bundle.FRONT_BYTES))
            self._placed = {one.name: one for one in self._places(file)}

    def head(self, key: str) -> StoredObject | None:
        """Look an object up."""
        found = self._placed.get(key)
        return StoredObject(key, found.size, None, None) if found else None

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose names begin so."""
        for one in self._placed.values():
            if one.name.startswith(prefix):
                yield StoredObject(one.name, one.size, None, None)

    def get_range(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield the bytes of an object from `start` on."""
        found = self._placed.get(key)
        if found is None:
            raise Broken("object_missing", key=key)
        rest = max(0, found.size - start)
        left = rest if length is None else min(rest, length)
        with translated(), self._opened() as file:
            file.seek(found.offset + start)
            while left and (chunk := file.read(min(left, READ_BYTES))):
                left -= len(chunk)
                yield chunk

    def _opened(self) -> IO[bytes]:
        try:
            return open(self._path, "rb", buffering=0)
        except FileNotFoundError:
            raise Broken("object_missing", key=self._path.name[:80]) from None

    def _places(self, file: IO[bytes]) -> Iterator[Placed]:
        seen: set[str] = set()
        while length := bundle.name_length(file.read(bundle.NAME_LENGTH_BYTES)):
            name = bundle.parse_name(file.read(length))
            size = bundle.parse_length(file.read(bundle.LENGTH_BYTES))
            offset = file.tell()
            if name in seen or len(seen) >= bundle.OBJECTS_MAX:
                raise Broken("backup_form", where="name")
            if offset + size > self._size:
                raise Broken("backup_truncated", where="object")
            seen.add(name)
            yield Placed(name, offset, size)
            file.seek(offset + size)
        if file.tell() != self._size:
            raise Broken("backup_trailing")
