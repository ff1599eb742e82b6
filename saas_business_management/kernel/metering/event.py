"""A usage event: reading what a source sent, its identity, the digest of its content.

Owns: the form of an event. Does not own: whether it counts (`judgement.py`), who may send
(the endpoint), keeping it.

Identity is (source, event id): of one identity only one event counts, for as long as events are
kept. The digest tells a harmless repetition from an identity that was used for something else.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from decimal import Decimal

from . import status
from .quantity import read_value, written

NAME_MOST = 200
PROPERTIES_MOST = 50
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Event:
    """One measured use. `at` is an aware instant; `value` may be negative, for a correction."""

    source: str
    event_id: str
    subscription_ref: str
    meter: str
    at: datetime
    value: Decimal
    digest: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> tuple[str, str]:
        """Return what makes it one event: source and event id."""
        return self.source, self.event_id


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What was sent is no event; the status says which part of it."""

    status: str


def read_event(raw: object, source: str) -> Event | Unreadable:
    """Return the event that a source sent, or which part of it cannot be read.

    `raw` is an object of JSON: `event_id`, `subscription_ref`, `meter`, `ts` with its offset,
    `value`, `properties`. Numbers of JSON must come as int or Decimal; a float is no exact value.
    """
    if not isinstance(raw, Mapping):
        return Unreadable(status.REJECTED_INVALID_EVENT)
    names = {key: _name(raw.get(key)) for key in ("event_id", "subscription_ref", "meter")}
    at, value = read_instant(raw.get("ts")), read_value(raw.get("value"))
    properties = _properties(raw.get("properties"))
    if at is None or value is None or properties is None or None in names.values():
        return Unreadable(_fault_of(names, at, value))
    event = Event(source=source, at=at, value=value, properties=properties, **names)
    return replace(event, digest=_digest(event))


def read_instant(raw: object) -> datetime | None:
    """Return the instant in UTC; None without a date, a time and an offset."""
    if not isinstance(raw, str) or not _INSTANT.fullmatch(raw):
        return None
    try:
        whole = datetime.fromisoformat(_six_digits(raw.replace("Z", "+00:00")))
        return whole.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def _fault_of(names: Mapping[str, str | None], at: object, value: object) -> str:
    """Return the status of the first part that cannot be read."""
    faults = (
        (names["event_id"], status.REJECTED_INVALID_ID),
        (names["subscription_ref"], status.REJECTED_INVALID_SUBSCRIPTION),
        (names["meter"], status.REJECTED_INVALID_METER),
        (at, status.REJECTED_INVALID_TS),
        (value, status.REJECTED_INVALID_VALUE),
        (None, status.REJECTED_INVALID_PROPERTIES),
    )
    return next(word for part, word in faults if part is None)


def _name(raw: object) -> str | None:
    if isinstance(raw, str) and raw.strip() and len(raw) <= NAME_MOST and raw.isprintable():
        return raw
    return None


def _properties(raw: object) -> Mapping[str, str] | None:
    """Return properties as texts: a number and its text are one value."""
    if raw is None:
        return {}
    if not isinstance(raw, Mapping) or len(raw) > PROPERTIES_MOST:
        return None
    found = {}
    for key, one in raw.items():
        text = one if isinstance(one, str) else _scalar(one)
        if _name(key) is None or text is None or len(text) > NAME_MOST:
            return None
        found[key] = text
    return found


def _scalar(raw: object) -> str | None:
    if isinstance(raw, bool):
        return str(raw).lower()
    value = read_value(raw)
    return None if value is None else written(value)


def _six_digits(text: str) -> str:
    """Return the instant with six digits of a second, as every Python reads it."""
    return re.sub(r"\.(\d+)", lambda found: "." + found[1].ljust(6, "0"), text)


def _digest(event: Event) -> str:
    told = [
        event.subscription_ref,
        event.meter,
        event.at.isoformat(),
        written(event.value),
        sorted(event.properties.items()),
    ]
    line = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()
