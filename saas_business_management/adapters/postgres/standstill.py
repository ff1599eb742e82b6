"""A database in which nobody is any more.

Owns: closing it, seeing who is inside, the mark that tells whether it was written to. Does not own:
waiting, opening it again (`exchange.py`). The caller holds the lock of its name.

The mark is the server's own count of rows written, which a session hands in before it is gone.
Source: PostgreSQL manual, 27.2 (pg_stat_database; counts are lost in a crash, so the server's start
belongs to the mark).
"""

from psycopg2 import sql

from .connect import Cursor

SHUT = "ALTER DATABASE {} WITH ALLOW_CONNECTIONS false"
INSIDE = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = %s AND backend_type = 'client backend'
"""
WORKING = f"{INSIDE} AND state IS DISTINCT FROM 'idle'"
MARK = """
    SELECT concat_ws('/', datid, tup_inserted, tup_updated, tup_deleted, stats_reset,
                     pg_postmaster_start_time())
      FROM pg_stat_database WHERE datname = %s
"""


def shut(cursor: Cursor, name: str) -> None:
    """Let nobody in; who is inside stays."""
    cursor.execute(sql.SQL(SHUT).format(sql.Identifier(name)))


def working(cursor: Cursor, name: str) -> bool:
    """Tell whether anybody inside is in the middle of something."""
    return _count(cursor, WORKING, name) > 0


def inside(cursor: Cursor, name: str) -> bool:
    """Tell whether anybody is inside."""
    return _count(cursor, INSIDE, name) > 0


def mark(cursor: Cursor, name: str) -> str:
    """Return what differs after any row was written."""
    cursor.execute(MARK, (name,))
    return cursor.fetchone()[0]


def _count(cursor: Cursor, statement: str, name: str) -> int:
    cursor.execute(statement, (name,))
    return cursor.fetchone()[0]
