"""What a restored database and its files lack of what the manifest promises.

Owns: the comparison, and the gaps in a chain of backups. Does not own: how either side was read,
what becomes of a difference.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from .content import StoredFile
from .facts import DatabaseFacts, Sequence
from .manifest import Link


@dataclass(frozen=True)
class Difference:
    """One thing that is not as promised; `kind` is table, sequence, count, extension, row_hash,
    encoding or file. None means absent.
    """

    kind: str
    name: str
    expected: object
    found: object


def compare_databases(expected: DatabaseFacts, found: DatabaseFacts) -> list[Difference]:
    """Return how a restored database differs from the snapshot, nothing when it is equal.

    Numbers drawn from a sequence between snapshot and dump are no difference: sequences know no
    transactions, so a restored one stands where it stood or further on.
    """
    told = [
        *_unequal("table", expected.tables, found.tables),
        *_unequal("count", expected.counts, found.counts),
        *_unequal("row_hash", expected.row_hashes, found.row_hashes),
        *_missing("extension", expected.extensions, found.extensions),
        *_sequences(expected.sequences, found.sequences),
    ]
    if expected.server.encoding != found.server.encoding:
        encodings = (expected.server.encoding, found.server.encoding)
        told.append(Difference("encoding", "", *encodings))
    return told


def compare_files(
    expected: Iterable[StoredFile], found: Mapping[str, StoredFile]
) -> list[Difference]:
    """Return how restored files differ from the promised ones; files too many are differences."""
    wanted = {one.name: one for one in expected}
    return _unequal("file", wanted, found)


def _unequal(
    kind: str, expected: Mapping[str, object], found: Mapping[str, object]
) -> list[Difference]:
    return [
        Difference(kind, name, expected.get(name), found.get(name))
        for name in sorted({*expected, *found})
        if expected.get(name) != found.get(name)
    ]


def _missing(kind: str, expected: Mapping[str, str], found: Mapping[str, str]) -> list[Difference]:
    return [Difference(kind, name, expected[name], None) for name in sorted({*expected} - {*found})]


def _sequences(expected: Mapping[str, Sequence], found: Mapping[str, Sequence]) -> list[Difference]:
    return [
        Difference("sequence", name, expected.get(name), found.get(name))
        for name in sorted({*expected, *found})
        if not _stands(expected.get(name), found.get(name))
    ]


def _stands(expected: Sequence | None, found: Sequence | None) -> bool:
    """Tell whether a sequence goes on behind every number that was drawn by the snapshot."""
    if expected is None or found is None:
        return False
    if (expected.increment, expected.cycles) != (found.increment, found.cycles):
        return False
    return expected.cycles or _drawn(found) >= _drawn(expected)


def _drawn(one: Sequence) -> int:
    """Return how far a sequence has come, in its own direction."""
    way = 1 if one.increment > 0 else -1
    return way * one.last * 2 + one.called


@dataclass(frozen=True)
class Gap:
    """A backup whose predecessor is not there, or not the one it followed."""

    backup: str
    previous: str
    replaced: bool


def gaps(links: Iterable[Link], expired: Container[str] = ()) -> list[Gap]:
    """Return where a chain of backups was broken, in the order given.

    `expired`: backups that our own retention removed.
    """
    links = list(links)
    there = {link.backup: link.sha256 for link in links}
    told = []
    for link in links:
        before = link.previous
        if before is None or there.get(before.backup) == before.sha256:
            continue
        replaced = before.backup in there
        if replaced or before.backup not in expired:
            told.append(Gap(link.backup, before.backup, replaced))
    return told
