"""What a database held at one instant, so that a restored one can be compared with it.

Owns: the values. Does not own: the statements that read them (`adapters/postgres/snapshot.py`), the
comparison (`verify.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sequence:
    """A sequence: the last number it gave or, when `called` is false, the one it gives next."""

    last: int
    called: bool
    increment: int = 1
    cycles: bool = False


@dataclass(frozen=True)
class ServerFacts:
    """The server and how the database stands on it.

    `version` as the server numbers itself (150018), `settings` those of role and database.
    """

    version: int
    encoding: str
    collation: str
    character_type: str
    lsn: str
    owner: str
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class DatabaseFacts:
    """One snapshot. Tables and sequences by `schema.name`, rows counted exactly.

    `counts`: foreign_keys, checks, uniques, primary_keys, indexes, triggers, views, functions,
    large_objects. `left_out`: triggers that a dump has and a restore must not, as
    (schema, table, name). `modules`: name → version of what is installed.
    """

    server: ServerFacts
    tables: Mapping[str, int]
    sequences: Mapping[str, Sequence]
    counts: Mapping[str, int]
    extensions: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    row_hashes: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[tuple[str, str, str], ...] = ()
