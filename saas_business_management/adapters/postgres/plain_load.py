"""Statements that were read from a plain dump, run one by one in an empty database.

Owns: running them as the database's own role, in one transaction. Does not own: which statements
there may be (`kernel/backup/plain_dump.py`), making the database (`quarantine.py`). psql, for which
a dump is a program, has no part in it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ...kernel.backup.plain_dump import Rows, parse
from ...kernel.backup.plain_reading import Statement
from ...kernel.errors import Broken, Refused, SaasError
from .connect import Cursor, Limits, Server, opened, transaction
from .errors import translated
from .restore import EMPTY, MUTABLE_UNACCENT

APPLICATION = "saas import"
LIMITS = Limits(statement_seconds=1800, lock_seconds=10)
SETTINGS = {
    "search_path": "pg_catalog",
    "standard_conforming_strings": "on",
    "client_min_messages": "error",
    "idle_in_transaction_session_timeout": "0",
    "row_security": "off",
}
# What the statement is not to blame for.
NOT_ITS_FAULT = ("disk_full", "login_refused")


@dataclass(frozen=True)
class Scanned:
    """What a dump holds: tables with rows in it, the extensions it needs."""

    tables: int
    extensions: tuple[str, ...]


def scan(pieces: Iterable[bytes]) -> Scanned:
    """Read a dump to its end, to nowhere.

    Raises: Refused, as `kernel.backup.plain_dump.parse`.
    """
    tables, extensions = 0, set()
    for one in parse(pieces):
        if isinstance(one, Rows):
            tables += 1
            for _chunk in one.chunks:
                continue
        elif one.kind == "extension":
            extensions.add(one.name)
    return Scanned(tables, tuple(sorted(extensions)))


def load(pieces: Iterable[bytes], server: Server) -> int:
    """Run a dump in an empty database as the role that shall own everything: all or nothing.

    Return how many indexes were made without `unaccent`, because only a superuser could have made
    it immutable here.
    Raises: Refused (`database_not_empty`, those of `parse`), Broken (`plain_not_loaded` with `line`
    and `reason`), Unavailable.
    """
    with opened(server, LIMITS, APPLICATION, SETTINGS) as cursor:
        cursor.execute(EMPTY)
        if not cursor.fetchone()[0]:
            raise Refused("database_not_empty", database=server.database)
        cursor.execute(MUTABLE_UNACCENT)
        mutable, plainer = cursor.fetchone()[0], 0
        with transaction(cursor.connection) as inner:
            for one in parse(pieces):
                if mutable and isinstance(one, Statement) and one.plainer:
                    one, plainer = replace(one, text=one.plainer), plainer + 1
                _run(inner, one)
    return plainer


def _run(cursor: Cursor, one: Statement | Rows) -> None:
    try:
        with translated():
            if isinstance(one, Rows):
                cursor.copy_expert(one.text, _Readable(one.chunks))
            elif one.kind != "extension":
                cursor.execute(one.text)
    except SaasError as error:
        if error.kind != "broken" or error.code in NOT_ITS_FAULT:
            raise
        raise Broken("plain_not_loaded", line=one.line, reason=error.code) from None


class _Readable:
    """Chunks as the driver reads them."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def read(self, size: int = 8192) -> bytes:
        """Return some bytes, none at the end."""
        held, count = [self._rest], len(self._rest)
        while count < size:
            chunk = next(self._chunks, b"")
            if not chunk:
                break
            held.append(chunk)
            count += len(chunk)
        data = b"".join(held)
        self._rest = data[size:]
        return data[:size]
