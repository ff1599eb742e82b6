"""The chain over the audit log: each link holds the one before, so nothing can change unseen.

Owns: linking and verifying. Does not own: the bytes of an entry (`entry.py`), who seals when
(`adapters/sealer.py`).

What a chain alone cannot show is that its end was cut off; for that the head of the last
verification is kept, and the next one must meet it again.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from .entry import Entry, canonical


@dataclass(frozen=True)
class Head:
    """A place in the chain: number of the entry, counted from 1, and its link in hexadecimal."""

    number: int
    link: str


@dataclass(frozen=True)
class Seal:
    """The place that an entry was given."""

    number: int
    entry_id: int
    link: str


@dataclass(frozen=True)
class Fault:
    """The first place that does not hold.

    `kind`: `number_wrong` (a seal is missing, doubled or out of turn), `entry_missing`,
    `link_wrong` (entry or link was changed), `head_lost` (what was verified before is gone).
    """

    kind: str
    number: int
    entry_id: int


@dataclass(frozen=True)
class Verdict:
    """How far the chain holds, and what is wrong behind that; no fault when it holds to its end."""

    head: Head
    fault: Fault | None = None


ORIGIN = Head(0, "0" * 64)


def link(former: str, entry: Entry) -> str:
    """Return the link of an entry that follows this link: SHA-256 over 32 bytes and the entry."""
    return hashlib.sha256(bytes.fromhex(former) + canonical(entry)).hexdigest()


def follow(head: Head, entry: Entry) -> Seal:
    """Return the seal of the entry that comes after a head."""
    return Seal(head.number + 1, entry.id, link(head.link, entry))


def verify(
    sealed: Iterable[tuple[Seal, Entry | None]], start: Head = ORIGIN, kept: Head | None = None
) -> Verdict:
    """Walk along the chain from `start` and stop at the first place that does not hold.

    `sealed` are the seals after `start` in the order of their numbers, each with its entry or None
    when that is gone. `kept` is a head that was seen before; it must be met, or be `start` or
    before it.
    """
    head = start
    for seal, entry in sealed:
        kind = _defect(head, seal, entry)
        if kind:
            return Verdict(head, Fault(kind, seal.number, seal.entry_id))
        head = Head(seal.number, seal.link)
        if kept is not None and kept.number == head.number and kept.link != head.link:
            return Verdict(head, Fault("head_lost", seal.number, seal.entry_id))
    if kept is not None and kept.number > head.number:
        return Verdict(head, Fault("head_lost", head.number + 1, 0))
    return Verdict(head)


def _defect(head: Head, seal: Seal, entry: Entry | None) -> str:
    if seal.number != head.number + 1:
        return "number_wrong"
    if entry is None or entry.id != seal.entry_id:
        return "entry_missing"
    return "" if hmac.compare_digest(link(head.link, entry), seal.link) else "link_wrong"
