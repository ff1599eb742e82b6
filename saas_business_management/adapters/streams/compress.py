"""Streams of bytes compressed with zstd.

Owns: level, limits on what an expansion may take. Does not own: encryption, which comes after; one
tenant's data never shares a compression with another's.

Source: RFC 8878 section 3.1.1 (frames and blocks).
"""

from collections.abc import Iterable, Iterator
from typing import Any

import zstandard

from ...kernel.errors import Broken

LEVEL = 3
# What a level up to 19 asks of a reader; more would be an attack on its memory.
WINDOW_BYTES_MAX = 8 << 20
FRAME_MAGIC = b"\x28\xb5\x2f\xfd"
FRAME_HEADER_BYTES_MAX = 18
BLOCK_HEADER_BYTES = 3
BLOCK_BYTES_MAX = 128 << 10
CHECKSUM_BYTES = 4
RLE, RESERVED = 1, 3


def compress(chunks: Iterable[bytes], level: int = LEVEL) -> Iterator[bytes]:
    """Compress a stream into one frame with a checksum."""
    press = zstandard.ZstdCompressor(level=level, write_checksum=True).compressobj()
    for chunk in chunks:
        out = press.compress(chunk)
        if out:
            yield out
    yield press.flush()


def decompress(chunks: Iterable[bytes], most: int | None = None) -> Iterator[bytes]:
    """Expand one frame block by block: 128 KiB at a time, however little input stands for them.

    Raises: Broken (`backup_form` when it is no frame or a damaged one, `backup_truncated`,
    `backup_trailing` when something follows or it is longer than `most` bytes).
    """
    press = zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES_MAX).decompressobj()
    seen = 0
    for piece in _pieces(_Cut(chunks)):
        out = _expanded(press, piece)
        seen += len(out)
        if most is not None and seen > most:
            raise Broken("backup_trailing")
        if out:
            yield out
    if not press.eof:
        raise Broken("backup_form", where="compression")


def compress_whole(content: bytes, level: int = LEVEL) -> bytes:
    """Compress something small."""
    return zstandard.ZstdCompressor(level=level, write_checksum=True).compress(content)


def _expanded(press: Any, piece: bytes) -> bytes:
    try:
        return press.decompress(piece)
    except (zstandard.ZstdError, EOFError):
        raise Broken("backup_form", where="compression") from None


def _pieces(cut: "_Cut") -> Iterator[bytes]:
    """Give the frame's header, its blocks one by one, its checksum; then the input must end."""
    header, has_checksum = _header(cut)
    yield header
    last = False
    while not last:
        front = cut.take(BLOCK_HEADER_BYTES)
        told = int.from_bytes(front, "little")
        last, kind, size = bool(told & 1), told >> 1 & 3, told >> 3
        if kind == RESERVED or (size > BLOCK_BYTES_MAX):
            raise Broken("backup_form", where="compression")
        yield front + cut.take(1 if kind == RLE else size)
    if has_checksum:
        yield cut.take(CHECKSUM_BYTES)
    if cut.peek(1):
        raise Broken("backup_trailing")


def _header(cut: "_Cut") -> tuple[bytes, bool]:
    """Return the frame's header, and whether a checksum ends it."""
    front = cut.peek(FRAME_HEADER_BYTES_MAX)
    if not FRAME_MAGIC.startswith(front[:4]):
        raise Broken("backup_form", where="compression")
    try:
        length = zstandard.frame_header_size(front)
    except zstandard.ZstdError:
        raise Broken("backup_truncated") from None
    header = cut.take(length)
    return header, bool(header[4] >> 2 & 1)


class _Cut:
    """Takes pieces of a wanted length off a stream.

    Raises: Broken (`backup_truncated`).
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""
        self._at = 0

    def peek(self, length: int) -> bytes:
        """Return that many bytes without taking them, fewer at the end."""
        while len(self._rest) - self._at < length:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._rest = self._rest[self._at :] + chunk
            self._at = 0
        return self._rest[self._at : self._at + length]

    def take(self, length: int) -> bytes:
        """Return exactly that many bytes."""
        piece = self.peek(length)
        if len(piece) < length:
            raise Broken("backup_truncated")
        self._at += length
        return piece
