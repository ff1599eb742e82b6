"""The text that proves an erasure, and the hash over it.

Owns: the form of the document, its hash, checking it. Does not own: what is erased and counted
(`models/saas_erasure*.py`), the sentences about what the law keeps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

MARK = "SHA-256: "


@dataclass(frozen=True)
class Gone:
    """One thing that was destroyed: what, where it was, when (aware, None = with this erasure)."""

    what: str
    where: str
    at: datetime | None = None


@dataclass(frozen=True)
class Proof:
    """All that a proof says; `words` are its headings in the reader's language."""

    number: str
    at: datetime
    issuer: str
    reason: str
    gone: Iterable[Gone]
    counts: Mapping[str, int]
    kept: Iterable[str]
    left: int
    words: Mapping[str, str] = field(default_factory=dict)


WORDS = {
    "title": "Proof of erasure",
    "issued": "Issued",
    "by": "By",
    "reason": "Reason",
    "gone": "Destroyed",
    "counts": "Erased from the records of the provider",
    "kept": "What stays, and why",
    "left": "Records in which an address was found afterwards",
    "nothing": "nothing",
}


def compose(proof: Proof) -> str:
    """Return the document, its last line the hash over all lines before."""
    words = {**WORDS, **proof.words}
    lines = [
        f"{words['title']} {proof.number}",
        f"{words['issued']}: {_utc(proof.at)}",
        f"{words['by']}: {_line(proof.issuer)}",
        f"{words['reason']}: {_line(proof.reason)}",
        "",
        f"{words['gone']}:",
        *(_bullets(_told(one, proof.at) for one in proof.gone) or [f"- {words['nothing']}"]),
        "",
        f"{words['counts']}:",
        *_bullets(f"{what}: {number}" for what, number in sorted(proof.counts.items())),
        "",
        f"{words['kept']}:",
        *_bullets(proof.kept),
        "",
        f"{words['left']}: {proof.left}",
    ]
    text = "\n".join(lines) + "\n"
    return f"{text}{MARK}{digest(text)}\n"


def _told(one: Gone, at: datetime) -> str:
    return f"{one.what} · {one.where} · {_utc(one.at or at)}"


def _bullets(texts: Iterable[str]) -> list[str]:
    return [f"- {_line(text)}" for text in texts]


def _line(text: str) -> str:
    """Return one line, so that nobody's name or reason becomes a line of the proof."""
    return " ".join((text or "").split())


def _utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def digest(text: str) -> str:
    """Return the SHA-256 of a text, as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def stated(document: str) -> str:
    """Return the hash that a document states and that fits it, empty when it does not fit."""
    text, mark, told = document.rpartition(MARK)
    return told.strip() if mark and digest(text) == told.strip() else ""
