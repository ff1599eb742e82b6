"""Streams of bytes closed and opened: AES-256-GCM over the frames of `kernel/backup/envelope.py`.

Owns: the cipher, the derivation of keys. Does not own: the format, where keys come from.

Nothing that was not authenticated leaves these functions. A stream that is cut off is seen at its
end only: what was yielded before must go nowhere but into a spool.
"""

import hashlib
import hmac
import os
from collections.abc import Callable, Iterable, Iterator, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ...kernel.backup import key as purposes
from ...kernel.backup.envelope import (
    CHUNK_BYTES,
    PREFIX_BYTES,
    SALT_BYTES,
    Context,
    Header,
    cut_chunks,
    cut_frames,
    require_context,
    split_header,
)
from ...kernel.backup.key import DataKey
from ...kernel.errors import Broken, Refused

KEY_BYTES = 32
CHECK_BYTES = 8
Entropy = Callable[[int], bytes]


def derive(key: DataKey, purpose: bytes, bound_to: bytes = b"", salt: bytes | None = None) -> bytes:
    """Return 32 bytes for one purpose, bound to something.

    Source: RFC 5869 (HKDF) with SHA-256; an absent salt is 32 zero bytes.
    """
    info = purpose + bound_to
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(key.secret)


def check_value(key: DataKey) -> str:
    """Return 16 hexadecimal digits that tell a wrong key from a damaged object."""
    return derive(key, purposes.CHECK)[:CHECK_BYTES].hex()


def seal_stream(
    chunks: Iterable[bytes],
    key: DataKey,
    context: Context,
    chunk_bytes: int = CHUNK_BYTES,
    entropy: Entropy = os.urandom,
) -> Iterator[bytes]:
    """Close a stream: yield the header, then its chunks.

    Raises: Refused, Broken (`backup_too_large`), and whatever the source raises; then the stream
    has no last chunk and opens nowhere.
    """
    header = Header(key.id, entropy(SALT_BYTES), entropy(PREFIX_BYTES), context, chunk_bytes)
    front = header.encode()
    cipher = _cipher(key, header)
    yield front
    for number, last, chunk in cut_chunks(chunks, chunk_bytes):
        yield cipher.encrypt(header.nonce(number, last), chunk, front)


def open_stream(
    chunks: Iterable[bytes], keys: Mapping[str, DataKey], expected: Context
) -> Iterator[bytes]:
    """Open a stream chunk by chunk; the key is looked up by the id in the header.

    Raises: Broken (`backup_form`, `backup_truncated`, `backup_trailing`, `backup_binding`,
    `backup_damaged`), Refused (`backup_version_unknown`, `backup_suite_unknown`,
    `backup_key_missing`).
    """
    header, front, rest = split_header(chunks)
    require_context(header, expected)
    cipher = _cipher(key_of(keys, header.key_id), header)
    for number, last, frame in cut_frames(rest, header):
        yield _opened(cipher, header, front, number, last, frame)


def key_of(keys: Mapping[str, DataKey], key_id: str) -> DataKey:
    """Return the key of that id.

    Raises: Refused (`backup_key_missing`).
    """
    found = keys.get(key_id)
    if found is None:
        raise Refused("backup_key_missing", key=key_id)
    return found


def _cipher(key: DataKey, header: Header) -> AESGCM:
    return AESGCM(derive(key, purposes.STREAM, header.context.encode(), header.salt))


def _opened(
    cipher: AESGCM, header: Header, front: bytes, number: int, last: bool, frame: bytes
) -> bytes:
    try:
        return cipher.decrypt(header.nonce(number, last), frame, front)
    except InvalidTag:
        raise _class_of_damage(cipher, header, front, number, last, frame) from None


def _class_of_damage(
    cipher: AESGCM, header: Header, front: bytes, number: int, last: bool, frame: bytes
) -> Broken:
    """Tell a stream that was cut, or lengthened, between two chunks from a changed one."""
    try:
        cipher.decrypt(header.nonce(number, not last), frame, front)
    except InvalidTag:
        return Broken("backup_damaged", chunk=number)
    return Broken("backup_truncated" if last else "backup_trailing", chunk=number)


def mac(key: DataKey, tenant: str, chunks: Iterable[bytes]) -> bytes:
    """Return the 32 bytes that seal a manifest with its clear header."""
    digest = hmac.new(derive(key, purposes.MANIFEST, tenant.encode()), digestmod=hashlib.sha256)
    for chunk in chunks:
        digest.update(chunk)
    return digest.digest()


def dedupe_key(key: DataKey, tenant: str) -> bytes:
    """Return the key of a tenant's content ids."""
    return derive(key, purposes.DEDUPE, tenant.encode())
