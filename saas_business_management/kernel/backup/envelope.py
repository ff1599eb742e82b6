"""The encrypted stream, version 1: its header and how bytes are cut into chunks.

Owns: every byte of the framing, the nonce of a chunk, what a stream is bound to, the class of bad
input. Does not own: the cipher (`adapters/streams/encrypt.py`), what is inside.

Described byte by byte in `docs/backup_format.md`, with vectors in `tests/unit/backup/vectors.json`.
"""

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from ..errors import Broken, Refused
from .key import ID

MAGIC = b"\x93SAASBK\n"
VERSION = 1
SUITE = 1  # AES-256-GCM + HKDF-SHA256; 2 is reserved for ChaCha20-Poly1305
CHUNK_BYTES = 1 << 20
CHUNK_BYTES_MAX = 16 << 20
TAG_BYTES = 16
SALT_BYTES = 32
PREFIX_BYTES = 7
CHUNKS_MAX = 1 << 32
HEADER_BYTES_MAX = 1024

_FIXED = struct.Struct(">BBIB")
_BOUND = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True)
class Context:
    """What a stream belongs to: tenant uuid, backup uuid, name of the part; printable ASCII.

    Raises: Refused (`backup_context_form`).
    """

    tenant: str
    backup: str
    part: str

    def __post_init__(self) -> None:
        if not all(_BOUND.fullmatch(one) for one in self._told):
            raise Refused("backup_context_form")

    @property
    def _told(self) -> tuple[str, str, str]:
        return self.tenant, self.backup, self.part

    def encode(self) -> bytes:
        """Return length (2 bytes), then each of the three after a byte with its length."""
        body = b"".join(bytes([len(one)]) + one.encode("ascii") for one in self._told)
        return struct.pack(">H", len(body)) + body


@dataclass(frozen=True)
class Header:
    """The front of a stream; the whole of it is associated data of every chunk."""

    key_id: str
    salt: bytes
    prefix: bytes
    context: Context
    chunk_bytes: int = CHUNK_BYTES
    suite: int = SUITE

    def encode(self) -> bytes:
        """Return its bytes; a header has one encoding.

        Raises: Refused (`backup_header_form`).
        """
        sizes = len(self.salt) == SALT_BYTES and len(self.prefix) == PREFIX_BYTES
        if not (sizes and ID.fullmatch(self.key_id) and _size_fits(self.chunk_bytes)):
            raise Refused("backup_header_form")
        key_id = self.key_id.encode("ascii")
        fixed = _FIXED.pack(VERSION, self.suite, self.chunk_bytes, len(key_id))
        return b"".join((MAGIC, fixed, key_id, self.salt, self.prefix, self.context.encode()))

    def nonce(self, number: int, last: bool) -> bytes:
        """Return the nonce of a chunk: prefix, number in 4 bytes, one byte for the last."""
        return self.prefix + struct.pack(">IB", number, last)


def parse_header(data: bytes) -> tuple[Header, int]:
    """Return the header at the front of some bytes, and its length.

    Raises: Broken (`backup_form` when this is no stream of ours, `backup_truncated`), Refused
    (`backup_version_unknown`, `backup_suite_unknown`).
    """
    cut = _Cut(data)
    _known(cut)
    suite, chunk_bytes = cut.number(1), cut.number(4)
    if suite != SUITE:
        raise Refused("backup_suite_unknown", suite=suite)
    if not _size_fits(chunk_bytes):
        raise Broken("backup_form", where="chunk size")
    key_id = cut.text(cut.number(1))
    if not ID.fullmatch(key_id):
        raise Broken("backup_form", where="key id")
    salt, prefix = cut.take(SALT_BYTES), cut.take(PREFIX_BYTES)
    context = _context(cut)
    return Header(key_id, salt, prefix, context, chunk_bytes, suite), cut.at


def _known(cut: "_Cut") -> None:
    if not MAGIC.startswith(cut.peek(len(MAGIC))):
        raise Broken("backup_form", where="magic")
    cut.take(len(MAGIC))
    version = cut.number(1)
    if version != VERSION:
        raise Refused("backup_version_unknown", version=version)


def _context(cut: "_Cut") -> Context:
    length = cut.number(2)
    begin = cut.at
    told = [cut.text(cut.number(1)) for _ in range(3)]
    if cut.at - begin != length or not all(_BOUND.fullmatch(one) for one in told):
        raise Broken("backup_form", where="context")
    return Context(*told)


def _size_fits(chunk_bytes: int) -> bool:
    return 1 <= chunk_bytes <= CHUNK_BYTES_MAX


class _Cut:
    """Takes pieces off the front of some bytes.

    Raises: Broken (`backup_truncated`, `backup_form`).
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def peek(self, length: int) -> bytes:
        return self._data[self.at : self.at + length]

    def take(self, length: int) -> bytes:
        piece = self.peek(length)
        if len(piece) != length:
            raise Broken("backup_truncated", where="header")
        self.at += length
        return piece

    def number(self, length: int) -> int:
        return int.from_bytes(self.take(length), "big")

    def text(self, length: int) -> str:
        piece = self.take(length)
        if not piece.isascii():
            raise Broken("backup_form", where="header")
        return piece.decode("ascii")


def split_header(chunks: Iterable[bytes]) -> tuple[Header, bytes, Iterator[bytes]]:
    """Return the header of a stream, its bytes, and what follows it.

    Raises: as `parse_header`.
    """
    source = iter(chunks)
    front = b""
    for chunk in source:
        front += chunk
        if len(front) >= HEADER_BYTES_MAX:
            break
    header, length = parse_header(front)
    return header, front[:length], chain((front[length:],), source)


def require_context(header: Header, expected: Context) -> None:
    """Make sure a stream is the one that is wanted.

    Raises: Broken (`backup_binding`, with what differs).
    """
    for name in ("tenant", "backup", "part"):
        if getattr(header.context, name) != getattr(expected, name):
            raise Broken("backup_binding", what=name)


def cut_chunks(chunks: Iterable[bytes], size: int) -> Iterator[tuple[int, bool, bytes]]:
    """Cut a stream into pieces of one size and give (number, is it the last, piece).

    The last one is 1 … `size` bytes long, empty only when the whole stream is empty.
    Raises: Broken (`backup_too_large`).
    """
    number = 0
    rest = bytearray()
    for chunk in chunks:
        rest += chunk
        while len(rest) > size:
            yield number, False, bytes(memoryview(rest)[:size])
            del rest[:size]
            number += 1
            if number >= CHUNKS_MAX:
                raise Broken("backup_too_large")
    yield number, True, bytes(rest)


def cut_frames(chunks: Iterable[bytes], header: Header) -> Iterator[tuple[int, bool, bytes]]:
    """Cut what follows a header into closed chunks and give (number, is it the last, chunk).

    Raises: Broken (`backup_truncated`, `backup_too_large`).
    """
    for number, last, frame in cut_chunks(chunks, header.chunk_bytes + TAG_BYTES):
        if len(frame) < TAG_BYTES + bool(number):
            raise Broken("backup_truncated", chunk=number)
        yield number, last, frame


def counted(chunks: Iterable[bytes], expected: int) -> Iterator[bytes]:
    """Pass on a stream whose length is known.

    Raises: Broken (`backup_truncated`, `backup_trailing`).
    """
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > expected:
            raise Broken("backup_trailing")
        yield chunk
    if seen < expected:
        raise Broken("backup_truncated", missing_bytes=expected - seen)
