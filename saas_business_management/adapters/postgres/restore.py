"""A dump brought into an empty database, all of it or nothing.

Owns: pg_restore, what of an archive's list is left out. Does not own: making and swapping
databases, proving the archive, which comes before (`adapters/backup/reader.py`).

Only archives in custom format are taken: a plain dump is a program that psql would run.
"""

import re
from collections.abc import Iterable, Sequence

from ...kernel.errors import Refused
from ..streams.pump import pump, run
from . import client_programs
from .client_programs import Programs
from .connect import Server, opened

APPLICATION = "saas restore"
RESTORE_SECONDS = 7200
LIST_SECONDS = 300
# From 17 on pg_restore speaks of a setting that older servers do not know.
SAYS_TRANSACTION_TIMEOUT = 17

# number; catalogue oid KIND schema name owner
_ENTRY = re.compile(r"\d+; \d+ \d+ (.*)")

EMPTY = """
SELECT NOT EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass
                                                 AND e.objid = c.oid AND e.deptype = 'e'))
"""


def contents(archive: int, programs: Programs) -> list[str]:
    """Return the list of an archive, read to its end; `archive` is a descriptor of a file.

    Raises: Unavailable, Broken (`archive_damaged`, `archive_version_unknown`).
    """
    command = [programs.path("pg_restore"), "--list", client_programs.path_of(archive)]
    said = run(client_programs.order(command, LIST_SECONDS, {}, archive))
    return said.decode(errors="replace").splitlines()


def require_readable(archive: int, programs: Programs, seconds: float = RESTORE_SECONDS) -> None:
    """Have pg_restore read every block of an archive, to nowhere.

    Raises: Unavailable, Broken (`archive_damaged`, `program_failed`).
    """
    command = [programs.path("pg_restore"), "--file=-", client_programs.path_of(archive)]
    for _chunk in pump(client_programs.order(command, seconds, {}, archive)):
        continue


def restore(
    archive: int,
    server: Server,
    programs: Programs,
    left_out: Iterable[tuple[str, str, str]] = (),
    seconds: float = RESTORE_SECONDS,
) -> None:
    """Restore into an empty database as the role that shall own everything, in one transaction.

    Extensions must be there; their comments, which only their owner may write, stay out, and so do
    triggers whose functions are ours (`left_out` of the facts).
    Raises: Refused (`database_not_empty`, `pg_restore_too_new`), Unavailable, Broken.
    """
    extensions = _prepare(server, programs)
    wanted = select(contents(archive, programs), extensions, left_out)
    text = "\n".join([*wanted, ""]).encode()
    with (
        client_programs.in_memory(text) as chosen,
        client_programs.login(server, APPLICATION) as (settings, file),
    ):
        command = [
            programs.path("pg_restore"),
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-acl",
            "--no-tablespaces",
            "--no-password",
            f"--use-list={client_programs.path_of(chosen)}",
            f"--dbname=dbname='{_quoted(server.database)}'",
            client_programs.path_of(archive),
        ]
        order = client_programs.order(command, seconds, settings, file, chosen, archive)
        for _chunk in pump(order):
            continue


def select(
    entries: Sequence[str], extensions: Iterable[str], left_out: Iterable[tuple[str, str, str]]
) -> list[str]:
    """Return the entries of an archive's list that are to be restored."""
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


def _prepare(server: Server, programs: Programs) -> list[str]:
    """Make sure the database is empty and fits; return the extensions it has."""
    number, told = programs.version("pg_restore")
    with opened(server, application=APPLICATION) as cursor:
        found = cursor.connection.server_version // 10_000
        if number >= SAYS_TRANSACTION_TIMEOUT > found:
            raise Refused("pg_restore_too_new", program=told, server=found)
        cursor.execute(EMPTY)
        if not cursor.fetchone()[0]:
            raise Refused("database_not_empty", database=server.database)
        cursor.execute("SELECT extname::text FROM pg_extension")
        return [name for (name,) in cursor.fetchall()]


def _quoted(name: str) -> str:
    return re.sub(r"(['\\])", r"\\\1", name)
