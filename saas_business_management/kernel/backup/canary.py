"""One small object per target and key, that proves every day that its backups can be opened.

Owns: its name and content, what a reading of it means, when it is read again. Does not own:
closing, storing and reading it (operations), the key.

It is closed with the key like a part of a backup. A target that lost the key's objects, and a key
that is not the one it was, are seen here before a restore needs them.
"""

import json
from datetime import datetime, timedelta

GOOD, MISSING, CHANGED, WRONG_KEY, UNREACHABLE = (
    "good",
    "missing",
    "changed",
    "wrong_key",
    "unreachable",
)
OUTCOMES = (GOOD, MISSING, CHANGED, WRONG_KEY, UNREACHABLE)
# What keeps a restore from being begun; no answer is no verdict.
FATAL = frozenset({MISSING, CHANGED, WRONG_KEY})
READ_EVERY, COUNTS_FOR = timedelta(hours=24), timedelta(hours=36)


def canary_path(tenant_uuid: str, key_id: str) -> str:
    """Return where it lies on a target, beside the tenant's backups."""
    return f"v1/{tenant_uuid}/canary/{key_id}"


def canary_content(tenant_uuid: str, key_id: str) -> bytes:
    """Return what it holds in the clear; always the same for a key, so nothing has to be stored."""
    told = {"canary": 1, "key": key_id, "tenant": tenant_uuid}
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode("ascii")


def judge_canary(tenant_uuid: str, key_id: str, opened: bytes | None, fault: str = "") -> str:
    """Return what a reading means.

    `opened` is what was decrypted, None when that was not reached; `fault` is then one of
    `missing`, `wrong_key` (it does not authenticate) and `unreachable`.
    """
    if fault:
        return fault if fault in OUTCOMES else UNREACHABLE
    if opened is None:
        return MISSING
    return GOOD if opened == canary_content(tenant_uuid, key_id) else CHANGED


def canary_due(read_at: datetime | None, now: datetime) -> bool:
    """Tell whether it has to be read again."""
    return read_at is None or now - read_at >= READ_EVERY


def canary_counts(outcome: str, read_at: datetime | None, now: datetime) -> bool:
    """Tell whether "can be opened" may be said now: read well, and not too long ago."""
    return outcome == GOOD and read_at is not None and now - read_at < COUNTS_FOR
