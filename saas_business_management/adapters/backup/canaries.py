"""The object on a target that proves daily that a key opens what lies there.

Owns: its bytes, what went wrong in reading one. Does not own: its content and the verdict
(`kernel/backup/canary.py`), when it is read (jobs).

The first 16 bytes are the key's check value, so that a wrong key is told from changed bytes; a
closed stream follows, bound to tenant and key.
"""

from collections.abc import Iterable

from ...kernel.backup.canary import (
    CHANGED,
    MISSING,
    WRONG_KEY,
    canary_content,
    canary_path,
    judge_canary,
)
from ...kernel.backup.envelope import Context
from ...kernel.backup.key import DataKey
from ...kernel.errors import Broken, SaasError
from ..storage.port import BlobStore
from ..streams.encrypt import check_value, open_stream, seal_stream

PART = "canary"
CHECK_BYTES = 16
BYTES_MAX = 4096


def write_canary(store: BlobStore, tenant: str, key: DataKey) -> None:
    """Put the object, in the place of one that is there.

    Raises: Unavailable, Broken.
    """
    context = Context(tenant, key.id, PART)
    sealed = seal_stream([canary_content(tenant, key.id)], key, context)
    store.put_stream(canary_path(tenant, key.id), [check_value(key).encode("ascii"), *sealed])


def read_canary(store: BlobStore, tenant: str, key: DataKey) -> str:
    """Return what a reading says, one of `kernel/backup/canary.py: OUTCOMES`.

    Raises: Unavailable when there was no answer, and Broken of the store itself.
    """
    try:
        stored = _at_most(store.get_range(canary_path(tenant, key.id)))
    except Broken as error:
        if error.code != "object_missing":
            raise
        return judge_canary(tenant, key.id, None, MISSING)
    if stored[:CHECK_BYTES] != check_value(key).encode("ascii"):
        return judge_canary(tenant, key.id, None, WRONG_KEY)
    context = Context(tenant, key.id, PART)
    try:
        opened = b"".join(open_stream([stored[CHECK_BYTES:]], {key.id: key}, context))
    except SaasError:
        return judge_canary(tenant, key.id, None, CHANGED)
    return judge_canary(tenant, key.id, opened)


def _at_most(chunks: Iterable[bytes]) -> bytes:
    """Return the bytes; one that is far too long is cut, which does not open."""
    body = b""
    for chunk in chunks:
        body += chunk
        if len(body) > BYTES_MAX:
            return body[:BYTES_MAX]
    return body
