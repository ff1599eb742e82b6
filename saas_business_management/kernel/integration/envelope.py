"""The body of an event as other systems get it: one JSON object, the same bytes each time.

Owns: names and order of its parts, what values may stand in it. Does not own: signing
(`signature.py`), what stands in `data` (records).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from decimal import Decimal

from ..errors import Broken, Refused
from .kinds import KINDS

MOST_BYTES = 64 * 1024
MOST_DEPTH = 8
# Of one text: nobody keeps an event from being told by a name without end.
MOST_CHARACTERS = 1000


@dataclass(frozen=True)
class Subject:
    """What an event is about: `tenant`, `subscription`, `invoice` …, and its lasting id."""

    kind: str
    id: str

    @property
    def key(self) -> str:
        """Return both in one word; events of one subject are told in order."""
        return f"{self.kind}/{self.id}"


@dataclass(frozen=True)
class Event:
    """One thing that happened; `at` is aware, `data` plain values, money as `Decimal`."""

    id: str
    kind: str
    at: datetime
    subject: Subject
    company: str = ""
    data: Mapping[str, object] = field(default_factory=dict)


def encode(event: Event) -> bytes:
    """Return the body of an event: UTF-8, no blanks, names in a fixed order.

    Raises: Refused (`event_kind`, `event_too_long`), Broken (`event_value`).
    """
    if event.kind not in KINDS:
        raise Refused("event_kind", told=event.kind)
    told = {
        "id": event.id,
        "kind": event.kind,
        "version": KINDS[event.kind],
        "at": _plain(event.at),
        "company": event.company,
        "subject": {"kind": event.subject.kind, "id": event.subject.id},
        "data": _plain(event.data),
    }
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    if len(body) > MOST_BYTES:
        raise Refused("event_too_long", size_bytes=len(body), most_bytes=MOST_BYTES)
    return body


def _plain(value: object, depth: int = 0) -> object:
    """Return a value as JSON has it."""
    if depth > MOST_DEPTH:
        raise Broken("event_value", told="depth")
    if isinstance(value, Mapping):
        return {str(name): _plain(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one, depth + 1) for one in value]
    return _scalar(value)


def _scalar(value: object) -> object:
    """Return a single value as JSON has it: instants in UTC with a Z, amounts as text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value[:MOST_CHARACTERS].encode("utf-8", "replace").decode()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise Broken("event_value", told=type(value).__name__)
