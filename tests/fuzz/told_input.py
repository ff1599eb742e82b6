"""Inputs as a test tells them: short enough for a line, whole enough to be read again.

Owns: their form, the one that is being read. Does not own: where they come from.
"""

import base64
import mmap
import struct
import zlib
from pathlib import Path

from tests.fuzz.mutate import LONGEST_BYTES

_LENGTH = struct.Struct("<Q")


def as_text(data: bytes) -> str:
    """Return an input as one word."""
    return base64.b85encode(zlib.compress(data, 9)).decode("ascii")


def as_bytes(text: str) -> bytes:
    """Return the input that such a word is."""
    return zlib.decompress(base64.b85decode(text))


class LastRead:
    """A file that holds the input that is being read, also when its reader dies or never ends."""

    def __init__(self, path: str | Path) -> None:
        with open(path, "wb+") as file:
            file.truncate(_LENGTH.size + LONGEST_BYTES)
            self._map = mmap.mmap(file.fileno(), 0)

    def __enter__(self) -> "LastRead":
        return self

    def __exit__(self, *_error: object) -> None:
        self._map.close()

    def keep(self, data: bytes) -> None:
        """Note what is read now."""
        self._map[: _LENGTH.size + len(data)] = _LENGTH.pack(len(data)) + data


def kept(path: str | Path) -> bytes:
    """Return what was noted last; nothing when there is none."""
    told = Path(path).read_bytes() if Path(path).exists() else b""
    if len(told) < _LENGTH.size:
        return b""
    (length,) = _LENGTH.unpack_from(told)
    return told[_LENGTH.size : _LENGTH.size + length]
