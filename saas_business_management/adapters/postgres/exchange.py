"""Two databases that change places by renaming.

Owns: closing both, ending sessions, the two renames in one transaction, who may enter afterwards.
Does not own: which ones (`restoring.py`). The caller holds the lock of the live one's name.

`ALTER DATABASE … RENAME` is transactional, so that a client killed in between changes nothing.
Source: PostgreSQL manual, ALTER DATABASE (nobody may be connected to a database that is renamed).
"""

from psycopg2 import sql

from ...kernel.errors import Broken
from . import admin
from .connect import Cursor, transaction

SHUT = "ALTER DATABASE {} WITH ALLOW_CONNECTIONS false"
OPEN = "ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true CONNECTION LIMIT {limit}"
RENAME = "ALTER DATABASE {} RENAME TO {}"


def exchange(
    cursor: Cursor, name: str, incoming: str, outgoing: str, oid: int, connections: int
) -> int:
    """Rename `name` to `outgoing` and `incoming` to `name`; return the oid of the former.

    Raises: Unavailable (`object_in_use`), Broken (`database_missing`, `database_changed`).
    """
    live, copy = admin.find(cursor, name), admin.find(cursor, incoming)
    if live is None or copy is None:
        raise Broken("database_missing", database=name if live is None else incoming)
    if copy.oid != oid:
        raise Broken("database_changed", database=incoming)
    for one in (name, incoming):
        cursor.execute(sql.SQL(SHUT).format(sql.Identifier(one)))
        admin.end_sessions(cursor, one)
    with transaction(cursor.connection) as inner:
        for former, later in ((name, outgoing), (incoming, name)):
            order = sql.SQL(RENAME).format(sql.Identifier(former), sql.Identifier(later))
            inner.execute(order)
    open_and_shut(cursor, name, outgoing, connections)
    return live.oid


def open_and_shut(cursor: Cursor, name: str, outgoing: str, connections: int) -> None:
    """Let people into the one that is in place, and nobody into the other, if it is there."""
    let_in(cursor, name, connections)
    if admin.find(cursor, outgoing) is not None:
        cursor.execute(sql.SQL(SHUT).format(sql.Identifier(outgoing)))


def let_in(cursor: Cursor, name: str, connections: int) -> None:
    """Allow connections to a database, as many as a tenant may have."""
    parts = {"name": sql.Identifier(name), "limit": sql.Literal(connections)}
    cursor.execute(sql.SQL(OPEN).format(**parts))
