"""An entry of the audit log and the bytes that stand for it in the chain.

Owns: the fields that count and their canonical form. Does not own: the chain (`chain.py`).

The form is JSON after RFC 8785: keys sorted, no spaces, UTF-8, nothing escaped that need not be.
Facts hold no other numbers than whole ones, so no two languages print them differently.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timezone

from .plain import plain

AT = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True)
class Entry:
    """What was done, to what, by whom, why; ids are 0 and texts empty where there is none.

    `at` is aware, or naive and then UTC.
    """

    id: int
    at: datetime
    user: int
    user_name: str
    source: str
    action: str
    model: str
    record: int
    name: str
    tenant: int
    company: int
    reason: str
    facts: Mapping[str, object]


def told(entry: Entry) -> dict[str, object]:
    """Return an entry as plain JSON values; `at` with microseconds and Z."""
    values = {one.name: getattr(entry, one.name) for one in fields(Entry)}
    at = entry.at if entry.at.tzinfo else entry.at.replace(tzinfo=timezone.utc)
    return values | {
        "at": at.astimezone(timezone.utc).strftime(AT),
        "facts": plain(entry.facts or {}),
    }


def canonical(entry: Entry) -> bytes:
    """Return the bytes of an entry.

    Source: RFC 8785 (JSON Canonicalization Scheme).
    """
    text = json.dumps(told(entry), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")
