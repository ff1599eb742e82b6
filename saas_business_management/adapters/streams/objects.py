"""A file's content as one closed object: nonce, ciphertext, tag; the id is associated data.

Owns: closing and opening one in constant memory. Does not own: ids (`kernel/backup/content.py`),
where an object lies.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM

from ...kernel.backup.key import OBJECT, DataKey
from ...kernel.errors import Broken
from .compress import compress, compress_whole, decompress
from .encrypt import Entropy, derive

NONCE_BYTES = 12
TAG_BYTES = 16
IN_MEMORY_BYTES = 8 << 20
READ_BYTES = 1 << 20
# What GCM may close under one nonce, by a good margin.
PLAIN_BYTES_MAX = 60 << 30


class ObjectCipher:
    """Closes and opens contents with a tenant's key."""

    def __init__(self, key: DataKey, tenant: str, entropy: Entropy = os.urandom) -> None:
        self._key = derive(key, OBJECT, tenant.encode())
        self._entropy = entropy

    def seal_whole(self, content: bytes, content_id: str) -> bytes:
        """Return the object of a small content."""
        nonce = self._entropy(NONCE_BYTES)
        packed = compress_whole(content)
        return nonce + AESGCM(self._key).encrypt(nonce, packed, bytes.fromhex(content_id))

    def seal(self, chunks: Iterable[bytes], content_id: str) -> Iterator[bytes]:
        """Yield the object of a content of any size.

        Raises: Broken (`backup_too_large`), and what the source raises.
        """
        nonce = self._entropy(NONCE_BYTES)
        closing = Cipher(AES(self._key), GCM(nonce)).encryptor()
        closing.authenticate_additional_data(bytes.fromhex(content_id))
        yield nonce
        seen = 0
        for chunk in compress(chunks):
            seen += len(chunk)
            if seen > PLAIN_BYTES_MAX:
                raise Broken("backup_too_large")
            yield closing.update(chunk)
        yield closing.finalize() + closing.tag

    def open_whole(self, sealed: bytes, content_id: str, most: int) -> bytes:
        """Return a small content, at most that many bytes.

        Raises: Broken (`backup_truncated`, `backup_damaged`, `backup_form`, `backup_trailing`).
        """
        _require_length(len(sealed))
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            packed = AESGCM(self._key).decrypt(nonce, body, bytes.fromhex(content_id))
        except InvalidTag:
            raise Broken("backup_damaged", content=content_id[:8]) from None
        return b"".join(decompress([packed], most))

    def open(
        self, chunks: Iterable[bytes], content_id: str, folder: str | os.PathLike[str], most: int
    ) -> Iterator[bytes]:
        """Yield a content of at most that many bytes, not one before the whole object is proven.

        Until then it lies in an unnamed file in the folder, or in memory when it is small.
        Raises: as `open_whole`.
        """
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES, dir=folder) as spool:
            self._decrypt(chunks, content_id, spool)
            spool.seek(0)
            yield from decompress(iter(lambda: spool.read(READ_BYTES), b""), most)

    def _decrypt(self, chunks: Iterable[bytes], content_id: str, spool: IO[bytes]) -> None:
        held = _Held(chunks)
        nonce = held.front(NONCE_BYTES)
        opening = Cipher(AES(self._key), GCM(nonce)).decryptor()
        opening.authenticate_additional_data(bytes.fromhex(content_id))
        for chunk in held.all_but(TAG_BYTES):
            spool.write(opening.update(chunk))
        try:
            opening.finalize_with_tag(held.rest)
        except InvalidTag:
            raise Broken("backup_damaged", content=content_id[:8]) from None


def _require_length(length: int) -> None:
    if length < NONCE_BYTES + TAG_BYTES:
        raise Broken("backup_truncated")


class _Held:
    """A stream whose last bytes are kept back.

    Raises: Broken (`backup_truncated`).
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self.rest = b""

    def front(self, length: int) -> bytes:
        """Return the first bytes."""
        for chunk in self._chunks:
            self.rest += chunk
            if len(self.rest) >= length:
                break
        front, self.rest = self.rest[:length], self.rest[length:]
        if len(front) < length:
            raise Broken("backup_truncated")
        return front

    def all_but(self, length: int) -> Iterator[bytes]:
        """Yield everything but the last bytes, which stay in `rest`."""
        for chunk in self._chunks:
            self.rest += chunk
            if len(self.rest) > length:
                yield self.rest[:-length]
                self.rest = self.rest[-length:]
        if len(self.rest) > length:
            yield self.rest[:-length]
            self.rest = self.rest[-length:]
        if len(self.rest) < length:
            raise Broken("backup_truncated")
