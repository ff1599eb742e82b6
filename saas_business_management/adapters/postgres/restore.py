"""A dump brought into an empty database, all of it or nothing.

Owns: pg_restore into a database. Does not own: making and swapping databases, proving the archive,
which comes before (`adapters/backup/reader.py`), what of it is left out (`archives.py`).

Only archives in custom format are taken: a plain dump is a program that psql would run.
"""

import re
from collections.abc import Callable, Iterable

from psycopg2 import sql

from ...kernel.errors import Refused
from ..streams.pump import pump
from . import archives, client_programs
from .client_programs import Programs
from .connect import Cursor, Server, opened

APPLICATION = "saas restore"
RESTORE_SECONDS = 7200
# From 17 on pg_restore speaks of a setting that older servers do not know.
SAYS_TRANSACTION_TIMEOUT = 17

EMPTY = """
SELECT NOT EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass
                                                 AND e.objid = c.oid AND e.deptype = 'e'))
"""
MUTABLE_UNACCENT = """
SELECT EXISTS (SELECT FROM pg_proc WHERE oid = to_regprocedure('public.unaccent(text)')
                                     AND provolatile <> 'i'),
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
"""


def restore(
    archive: int,
    server: Server,
    programs: Programs,
    left_out: Iterable[tuple[str, str, str]] = (),
    seconds: float = RESTORE_SECONDS,
    on_line: Callable[[str], None] | None = None,
) -> None:
    """Restore into an empty database as the role that shall own everything, in one transaction.

    Extensions must be there; their comments, which only their owner may write, stay out, and so do
    triggers whose functions are ours (`left_out` of the facts). `on_line` gets what pg_restore
    complained, for a log that operators read: it may hold names and statements of the tenant.
    Raises: Refused (`database_not_empty`, `pg_restore_too_new`), Unavailable, Broken.
    """
    extensions = _prepare(server, programs)
    wanted = archives.select(archives.contents(archive, programs), extensions, left_out)
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
        files = (file, chosen, archive)
        order = client_programs.order(command, seconds, settings, *files, on_line=on_line)
        for _chunk in pump(order):
            continue


def prepare_extensions(cursor: Cursor, extensions: Iterable[str]) -> None:
    """Make the extensions a dump needs, in an empty database, as the role that owns it.

    Odoo marks the function of `unaccent` immutable when it makes a database, which no dump says;
    only a superuser may, so where this is none and nobody did, indexes on it end a restore with
    `unaccent_mutable`. Raises: Unavailable, Broken (`extension_missing`, `right_missing`).
    Source: Odoo 19 `service/db.py` (`_create_empty_database`).
    """
    for name in extensions:
        make = sql.SQL("CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA public")
        cursor.execute(make.format(sql.Identifier(name)))
    cursor.execute(MUTABLE_UNACCENT)
    mutable, superuser = cursor.fetchone()
    if mutable and superuser:
        cursor.execute("ALTER FUNCTION public.unaccent(text) IMMUTABLE")


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
