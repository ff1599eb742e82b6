"""A tenant carried from one cluster to another: closed and opened as a whole, copied, compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class End:
    """One end of a move: a database and the generation its role logs in with."""

    database: str
    generation: int


@dataclass(frozen=True)
class Compared:
    """How a destination differs from its source, as (kind, name), and the marks of its tables."""

    wrong: Sequence[tuple[str, str]]
    marks: Mapping[str, str] = field(default_factory=dict)


class MovingPort(Protocol):
    """What a move asks of one cluster."""

    def freeze(self, name: str, patience_seconds: float) -> int:
        """Close a tenant's database to everybody: role NOLOGIN, the database read-only for whoever
        is let in for a purpose, sessions ended. What runs may end by itself for a while; return
        how many sessions were in the middle of something when they were ended.
        """

    def thaw(self, name: str) -> None:
        """Let the database take writes again; who may log in is as it was. Absent is done."""


class MoverPort(Protocol):
    """Two clusters as one move sees them: from the source to the destination."""

    def look(self, source: End) -> dict[str, object]:
        """Return what has to be known before, read as the tenant's role: `extensions`,
        `modules` (name → version), `file_bytes`.
        """

    def copy_files(self, source: str, name: str) -> dict[str, int]:
        """Copy the files that the destination does not have yet; return `files` that are there
        afterwards, `copied` and `bytes` of those that were copied now.
        """

    def carry(self, source: End, to: End) -> dict[str, int]:
        """Bring the records into an empty database, all or nothing; return `tables`, `rows` and
        `bytes` of the dump.
        """

    def compare(self, source: End, to: End) -> Compared:
        """Compare rows, sequences, constraints, extensions and files of both ends."""

    def marks(self, to: End, tables: Sequence[str] = ()) -> dict[str, str]:
        """Return a mark of each table at the destination, or of these; a row that is added,
        changed or removed gives another one.
        """
