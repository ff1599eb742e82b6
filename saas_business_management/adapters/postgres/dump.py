"""A database held still while it is dumped and its files are read, without stopping anybody.

Owns: the lock, the snapshot, pg_dump. Does not own: what becomes of the bytes
(`adapters/backup/writer.py`), the statements of facts (`snapshot.py`).

One transaction takes ROW EXCLUSIVE on `ir_attachment` first and its snapshot then. Everybody goes
on writing, but Odoo's collector of unused files needs SHARE and gives way: each file that an
attachment of the snapshot names stays until the lock goes. When the dump is done another
transaction takes the lock over, so that reading files holds back no vacuum.

Source: Odoo 19 `addons/base/models/ir_attachment.py` (`_gc_file_store`); PostgreSQL manual, LOCK
and SET TRANSACTION (a snapshot is taken by the first query, LOCK is none).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from psycopg2 import sql

from ...kernel.backup.facts import DatabaseFacts
from ...kernel.errors import Refused, Unavailable
from ..streams.pump import pump
from . import client_programs, snapshot
from .client_programs import Programs
from .connect import Connection, Cursor, Limits, Server, opened, used
from .connect import connect as connect_to
from .errors import translated

APPLICATION = "saas backup"
ATTACHMENTS = "ir_attachment"
DUMP_SECONDS = 7200
LOCK_MILLISECONDS = 20_000
HELD = Limits(statement_seconds=DUMP_SECONDS, lock_seconds=LOCK_MILLISECONDS / 1000)
LOCK = sql.SQL("LOCK TABLE public.{} IN ROW EXCLUSIVE MODE").format(sql.Identifier(ATTACHMENTS))


class PinnedDatabase:
    """A database as it was at one instant; `started_at` by the server's clock.

    Raises: Refused, Unavailable, Broken in all its methods.
    """

    def __init__(self, server: Server, cursor: Cursor, has_files: bool) -> None:
        self._server = server
        self._cursor = cursor
        self._stack = ExitStack()
        self._keeper: Cursor | None = None
        self.has_files = has_files
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        if has_files:
            cursor.execute(LOCK)
        cursor.execute("SELECT pg_export_snapshot(), now()")
        self._snapshot, self.started_at = cursor.fetchone()

    def facts(self, hash_tables: Iterable[str] | None = ()) -> DatabaseFacts:
        """Return what stood in the database, with hashes over the rows of these tables, None =
        of all.
        """
        with translated():
            return snapshot.facts(self._cursor, hash_tables)

    def files(self) -> list[tuple[str, int]]:
        """Return name and size of each file that an attachment has."""
        with translated():
            return snapshot.files(self._cursor) if self.has_files else []

    def dump(
        self,
        programs: Programs,
        seconds: float = DUMP_SECONDS,
        on_line: Callable[[str], None] | None = None,
    ) -> Iterator[bytes]:
        """Yield a dump in pg_dump's custom format, uncompressed; `on_line` gets its complaints.

        Raises: Unavailable, Broken when it did not get to its end, after the part that came.
        """
        command = [
            programs.path("pg_dump"),
            "--format=custom",
            "--compress=0",
            f"--snapshot={self._snapshot}",
            f"--lock-wait-timeout={LOCK_MILLISECONDS}",
            f"--exclude-schema={snapshot.OWN_SCHEMA}",
            "--no-subscriptions",
            "--no-password",
        ]
        with client_programs.login(self._server, APPLICATION) as (settings, file):
            order = client_programs.order(command, seconds, settings, file, on_line=on_line)
            yield from pump(order)

    def release_snapshot(self) -> None:
        """Let the snapshot go and keep the lock.

        Dump, facts and list of files must have been read.
        """
        with translated():
            if self.has_files:
                keeper = self._stack.enter_context(used(_connect(self._server)))
                keeper.execute("BEGIN")
                keeper.execute(LOCK)
                self._keeper = keeper
            self._cursor.execute("COMMIT")

    def require_held(self) -> datetime:
        """Make sure no file can have been collected since the snapshot; return the server's
        instant.

        Raises: Unavailable (`connection_lost`) when the lock went with its connection.
        """
        holder = self._keeper or self._cursor
        with translated():
            holder.execute("SELECT clock_timestamp()")
            now = holder.fetchone()[0]
        if self.has_files and not _in_transaction(holder.connection):
            raise Unavailable("connection_lost")
        return now

    def close(self) -> None:
        """Let everything go."""
        self._stack.close()


def _in_transaction(cnx: Connection) -> bool:
    return not cnx.closed and cnx.info.transaction_status != 0


def _connect(server: Server) -> Connection:
    return connect_to(server, HELD, APPLICATION, snapshot.SETTINGS)


@contextmanager
def pinned(server: Server) -> Iterator[PinnedDatabase]:
    """Hold a database still, as the role that owns its objects, while the block runs.

    Raises: Unavailable (`lock_timeout` while Odoo collects files), Broken.
    """
    with used(_connect(server)) as cursor:
        found = PinnedDatabase(server, cursor, snapshot.has_table(cursor, ATTACHMENTS))
        try:
            yield found
        finally:
            found.close()


def look(server: Server, hash_tables: Iterable[str] | None = ()) -> DatabaseFacts:
    """Return what stands in a database now, to be compared with a manifest.

    Raises: Unavailable, Broken.
    """
    with looking(server) as cursor:
        return snapshot.facts(cursor, hash_tables)


@contextmanager
def looking(server: Server) -> Iterator[Cursor]:
    """Give a read-only transaction that sees one instant.

    Raises: Unavailable, Broken.
    """
    with opened(server, HELD, APPLICATION, snapshot.SETTINGS) as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield cursor
        cursor.execute("COMMIT")


def require_fit(programs: Programs, server: Server) -> str:
    """Return the version of pg_dump when it can dump this server.

    Raises: Refused (`pg_dump_too_old`), Unavailable, Broken.
    """
    number, told = programs.version("pg_dump")
    with opened(server, application=APPLICATION) as cursor:
        wanted = cursor.connection.server_version // 10_000
    if number < wanted:
        raise Refused("pg_dump_too_old", program=told, server=wanted)
    return told
