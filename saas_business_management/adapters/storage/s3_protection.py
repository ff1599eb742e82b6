"""What a bucket of an S3 service does against deleting: a lock, versions, nothing.

Owns: reading its settings. Does not own: calls (`s3_calls.py`), sentences (`messages/checks.py`).

Source: Amazon S3 API reference, "GetObjectLockConfiguration", "GetBucketVersioning".
"""

from typing import Any

from ...kernel.errors import Broken
from .capability import LOCKED, NONE, UNKNOWN, VERSIONS
from .s3_calls import S3Calls

# How services say that a bucket has no lock, beside the 404 that all of them answer with.
NO_LOCK = ("ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration")


def protection(calls: S3Calls) -> str:
    """Return LOCKED, VERSIONS, NONE or UNKNOWN.

    A lock without a default time locks nothing of what we write; the versions below it stay. Only
    a service that answers both questions with no has NONE: what is denied, unknown to the service
    or answered otherwise is UNKNOWN.

    Raises: Refused, Unavailable; Broken of a bucket that is not there or not ours.
    """
    lock = _locks(calls)
    if lock:
        return LOCKED
    versions = _keeps_versions(calls)
    if versions:
        return VERSIONS
    return NONE if lock is False and versions is False else UNKNOWN


def _locks(calls: S3Calls) -> bool | None:
    """Tell whether new objects are locked by themselves, None when nobody says."""
    try:
        answer = _asked(calls, "get_object_lock_configuration")
    except Broken as error:
        if error.facts.get("told") in NO_LOCK:
            return False
        raise
    told = answer.get("ObjectLockConfiguration")
    if told is None:
        return None
    rule = (told.get("Rule") or {}).get("DefaultRetention") or {}
    return told.get("ObjectLockEnabled") == "Enabled" and bool(rule)


def _keeps_versions(calls: S3Calls) -> bool | None:
    """Tell whether deleted objects stay as versions, None when nobody says."""
    answer = _asked(calls, "get_bucket_versioning")
    return answer.get("Status") == "Enabled" if answer else None


def _asked(calls: S3Calls, operation: str) -> dict[str, Any]:
    """Return the answer, empty when this key may not ask or the service does not know it."""
    try:
        return calls.ask(operation, {})
    except Broken as error:
        if error.code in ("access_denied", "target_cannot", "target_garbled"):
            return {}
        if error.code == "object_missing" and error.facts.get("told") not in NO_LOCK:
            return {}
        raise
