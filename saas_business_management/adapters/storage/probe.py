"""Testing a backup target: is everything possible that backups need?

Owns: what is tried, with a small object that is gone afterwards. Does not own: words
(`messages/checks.py`), what mends a failure (records).
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone

from ...kernel.errors import Broken, Refused, SaasError
from ..ports import Check
from .capability import CHECKSUMS, EXCLUSIVE, LOCKED, NONE, UNKNOWN, VERSIONS
from .port import BlobStore

FOLDER = "probe"
SIZE = 4096
PROTECTIONS = {
    LOCKED: Check("target_locked", True),
    VERSIONS: Check("target_versions", True),
    NONE: Check("target_unprotected", True, {"warning": True}),
    UNKNOWN: Check("target_protection_unknown", True, {"warning": True}),
}
# Long before any writer: the question is whether it is allowed, nothing is to be removed.
LONG_AGO = datetime(2000, 1, 1, tzinfo=timezone.utc)


def probe(store: BlobStore) -> list[Check]:
    """Write, read, list, refuse, delete; return a line for each. What cannot be tried since an
    earlier line failed is left out. Never raises one of our errors.
    """
    key, content = f"{FOLDER}/{secrets.token_hex(16)}", secrets.token_bytes(SIZE)
    lines = [_try("target_write", lambda: store.put_stream(key, [content]))]
    if lines[0].ok:
        lines += [
            _try("target_read", lambda: _read(store, key, content)),
            _try("target_list", lambda: _list(store, key)),
            _exclusive(store),
            _try("target_sweep", lambda: store.abort_stale(LONG_AGO)),
            _try("target_delete", lambda: _delete(store, key)),
            *_second_key(store, key),
            _checksums(store),
            _protected(store),
        ]
    return lines


def _try(code: str, work: Callable[[], object]) -> Check:
    try:
        work()
    except SaasError as error:
        return Check(code, False, {"error": error.code, **error.facts})
    return Check(code, True)


def _read(store: BlobStore, key: str, content: bytes) -> None:
    whole, middle = b"".join(store.get_range(key)), b"".join(store.get_range(key, 100, 200))
    found = store.head(key)
    if (whole, middle) != (content, content[100:300]) or found is None or found.size != SIZE:
        raise Broken("object_damaged", key=key)


def _list(store: BlobStore, key: str) -> None:
    if [one.key for one in store.list(key)] != [key]:
        raise Broken("object_lost", key=key)


def _exclusive(store: BlobStore) -> Check:
    """Look whether the store itself refuses a second writer; backups work without it, too."""
    key = f"{FOLDER}/{secrets.token_hex(16)}"
    learn = getattr(store, "learn", None)
    try:
        if learn is not None:
            learn(key)
        else:
            store.put_new(key, b"first")
            with suppress(Refused):
                store.put_new(key, b"second")
                return _told("target_exclusive")
        known = EXCLUSIVE in store.capabilities()
        return Check("target_exclusive", True) if known else _told("target_exclusive")
    except SaasError as error:
        return Check("target_exclusive", False, {"error": error.code, **error.facts})
    finally:
        with suppress(SaasError):
            store.delete(key)


def _checksums(store: BlobStore) -> Check:
    """A folder has none; the disk's own are what there is."""
    remote = hasattr(store, "learn")
    missing = remote and CHECKSUMS not in store.capabilities()
    return _told("target_checksums") if missing else Check("target_checksums", True)


def _protected(store: BlobStore) -> Check:
    """Look what holds against somebody who deletes with this key; backups work without it."""
    try:
        return PROTECTIONS[store.protection()]
    except SaasError:
        return PROTECTIONS[UNKNOWN]


def _delete(store: BlobStore, key: str) -> None:
    store.delete(key)
    if store.head(key) is not None:
        raise Broken("target_garbled", told="not removed")


def _second_key(store: BlobStore, key: str) -> list[Check]:
    """Look whether the first key is really not able to remove, where a second one shall do that."""
    if not getattr(store, "removes_with_second_key", False):
        return []
    try:
        store.put_stream(key, [b"removed by one key alone"])
        both = store.first_key_removes(key)
    except SaasError as error:
        return [Check("target_second_key_unknown", False, {"error": error.code, **error.facts})]
    finally:
        with suppress(SaasError):
            store.delete(key)
    return [_told("target_second_key") if both else Check("target_second_key", True)]


def _told(code: str) -> Check:
    return Check(code, True, {"warning": True})
