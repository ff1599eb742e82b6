"""Archives of pg_dump in custom format: what they list, whether they can be read.

Owns: reading them with pg_restore, which entries of a list are restored. Does not own: restoring
(`restore.py`). Needs no driver of PostgreSQL and no server.

An archive is given as the descriptor of a file.
"""

import re
from collections.abc import Iterable, Sequence

from ...kernel.errors import Broken
from ..streams.pump import run
from . import client_programs
from .client_programs import Programs

SECONDS = 3600
LIST_BYTES_MAX = 64 << 20

# number; catalogue oid KIND schema name owner
_ENTRY = re.compile(r"\d+; \d+ \d+ (.*)")


def contents(archive: int, programs: Programs) -> list[str]:
    """Return the list of an archive.

    Raises: Unavailable, Broken (`archive_damaged`, `archive_version_unknown`).
    """
    command = [programs.path("pg_restore"), "--list", client_programs.path_of(archive)]
    order = client_programs.order(command, SECONDS, {}, archive)
    return run(order, LIST_BYTES_MAX).decode(errors="replace").splitlines()


def require_readable(archive: int, programs: Programs) -> None:
    """Have pg_restore read every block of an archive, to nowhere.

    Raises: Unavailable, Broken (`archive_damaged`, `archive_version_unknown`, `program_failed`).
    """
    path = client_programs.path_of(archive)
    command = [programs.path("pg_restore"), "--file=/dev/null", path]
    run(client_programs.order(command, SECONDS, {}, archive))


def require_tables(entries: Iterable[str], tables: Iterable[str]) -> None:
    """Make sure a list has the data of each of these tables (`schema.name`).

    Raises: Broken (`archive_damaged`).
    """
    found = {entry[1].rpartition(" ")[0] for line in entries if (entry := _ENTRY.fullmatch(line))}
    for table in tables:
        schema, _dot, name = table.partition(".")
        # A list has one line an entry, so that a line feed in a name shows as a blank.
        if re.sub(r"[\r\n]", " ", f"TABLE DATA {schema} {name}") not in found:
            raise Broken("archive_damaged")


def select(
    entries: Sequence[str], extensions: Iterable[str], left_out: Iterable[tuple[str, str, str]]
) -> list[str]:
    """Return the entries of a list that are to be restored where these extensions are already."""
    left_out = list(left_out)
    unwanted = [f"EXTENSION - {name}" for name in extensions]
    unwanted += [f"TRIGGER {schema} {table} {name}" for schema, table, name in left_out]
    unwanted += [f"COMMENT {schema} TRIGGER {name} ON {table}" for schema, table, name in left_out]
    unwanted += ["COMMENT - EXTENSION", "SCHEMA - public", "COMMENT - SCHEMA public"]
    beginnings = tuple(f"{one} " for one in unwanted)
    kept = []
    for line in entries:
        entry = _ENTRY.fullmatch(line)
        if entry and not f"{entry[1]} ".startswith(beginnings):
            kept.append(line)
    return kept
