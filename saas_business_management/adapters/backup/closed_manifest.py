"""A manifest as it lies in a store: a clear line, the closed stream, a seal over both.

Owns: closing and opening one. Does not own: its values (`kernel/backup/manifest.py`).
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass

from ...kernel.backup.envelope import Context, require_context, split_header
from ...kernel.backup.key import DataKey
from ...kernel.backup.manifest import (
    PLAIN_BYTES_MAX,
    ClearLine,
    Link,
    Manifest,
    decode_manifest,
    encode_manifest,
    parse_clear_line,
)
from ...kernel.errors import Broken
from ..streams.compress import compress, decompress
from ..streams.encrypt import Entropy, check_value, key_of, mac, open_stream, seal_stream

PART = "manifest"
MAC_BYTES = 32
OBJECT_BYTES_MAX = 64 << 20


@dataclass(frozen=True)
class Wanted:
    """Which manifest is meant. Fence and SHA-256, where the catalogue knows them, tell an older
    one that was put back.
    """

    tenant: str
    backup: str
    fence: int | None = None
    sha256: str | None = None

    @property
    def context(self) -> Context:
        """What the closed stream must be bound to."""
        return Context(self.tenant, self.backup, PART)


def close_manifest(one: Manifest, key: DataKey, entropy: Entropy = os.urandom) -> bytes:
    """Return the object of a manifest."""
    plain = compress([encode_manifest(one)])
    context = Context(one.tenant, one.backup, PART)
    sealed = b"".join(seal_stream(plain, key, context, entropy=entropy))
    line = ClearLine(one.backup, key.id, check_value(key), len(sealed)).encode()
    return line + sealed + mac(key, one.tenant, (line, sealed))


def open_manifest(stored: bytes, keys: Mapping[str, DataKey], wanted: Wanted) -> Manifest:
    """Return the manifest of an object; not a byte of it is believed before the seal holds.

    Raises: Broken (`backup_form`, `backup_truncated`, `backup_trailing`, `backup_binding`,
    `backup_key_wrong`, `backup_damaged`, `backup_stale`), Refused (`backup_key_missing`,
    `backup_version_unknown`, `backup_suite_unknown`).
    """
    line, length = parse_clear_line(stored)
    if line.backup != wanted.backup:
        raise Broken("backup_binding", what="backup")
    key = key_of(keys, line.key_id)
    _require_size(len(stored), length + line.sealed_bytes + MAC_BYTES)
    if check_value(key) != line.key_check:
        raise Broken("backup_key_wrong", key=key.id)
    body, seal = memoryview(stored)[:-MAC_BYTES], stored[-MAC_BYTES:]
    sealed = bytes(body[length:])
    require_context(split_header([sealed])[0], wanted.context)
    if not hmac.compare_digest(mac(key, wanted.tenant, (body,)), seal):
        raise Broken("backup_damaged", where="seal")
    one = _opened(sealed, keys, wanted)
    _require_wanted(one, hashlib.sha256(stored).hexdigest(), wanted)
    return one


def _require_size(found: int, expected: int) -> None:
    if found > OBJECT_BYTES_MAX:
        raise Broken("backup_too_large")
    if found != expected:
        raise Broken("backup_truncated" if found < expected else "backup_trailing")


def _opened(sealed: bytes, keys: Mapping[str, DataKey], wanted: Wanted) -> Manifest:
    plain = decompress(open_stream([sealed], keys, wanted.context), PLAIN_BYTES_MAX)
    return decode_manifest(b"".join(plain))


def _require_wanted(one: Manifest, sha256: str, wanted: Wanted) -> None:
    if (one.tenant, one.backup) != (wanted.tenant, wanted.backup):
        raise Broken("backup_binding", what="backup")
    if wanted.fence not in (None, one.fence) or wanted.sha256 not in (None, sha256):
        raise Broken("backup_stale")


def link_of(one: Manifest, stored: bytes) -> Link:
    """Return the place of a manifest in the chain."""
    return Link(one.backup, hashlib.sha256(stored).hexdigest(), one.previous)
