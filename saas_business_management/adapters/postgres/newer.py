"""How many rows of each table are newer than an instant, read as the tenant's own role.

Owns: the statements, when counting stops. Does not own: which tables people care for
(`kernel/backup/newer.py`). A tenant can make these numbers lie, about itself alone.

Odoo dates rows by the start of the transaction that wrote them, in UTC and without saying so. What
was deleted leaves no row to count.
"""

from collections.abc import Callable
from datetime import datetime, timezone

from psycopg2 import sql

from ...kernel.errors import Broken, SaasError
from .connect import Cursor, Limits
from .errors import translated
from .snapshot import SETTINGS

# Nobody waits longer for one table, nor for all of them.
QUICK = Limits(connect_seconds=5, statement_seconds=5, lock_seconds=1)
ALTOGETHER_SECONDS = 20.0
READ_ONLY = {**SETTINGS, "default_transaction_read_only": "on"}
MOST_TABLES = 5000
# Small tables first: what is too big to be looked through costs only itself.
DATED = """
SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attname)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relnamespace = to_regnamespace('public') AND c.relkind IN ('r', 'p')
   AND c.relpersistence <> 't' AND NOT a.attisdropped
   AND a.attname IN ('create_date', 'write_date') AND a.atttypid = 'timestamp'::regtype
 GROUP BY c.oid, c.relname ORDER BY c.relpages, c.relname LIMIT %s
"""
COUNT = "SELECT count(*) FROM (SELECT FROM {} WHERE greatest({}) > %s LIMIT %s) AS newer"
# What says that the connection is of no use any more, not that a table is too big.
LOST = frozenset(
    {"connection_lost", "server_restarting", "server_unreachable", "out_of_memory", "conflict"}
)


def count_newer(
    cursor: Cursor, since: datetime, most: int, in_time: Callable[[], bool]
) -> dict[str, int | None]:
    """Return for each table of schema `public` that dates its rows how many are newer.

    At most `most` + 1; None where it could not be told before `in_time` said no, or at all.
    Raises: Unavailable, Broken (`table_missing` when no table dates its rows).
    """
    cursor.execute(DATED, (MOST_TABLES,))
    tables = cursor.fetchall()
    if not tables:
        raise Broken("table_missing")
    naive = since.astimezone(timezone.utc).replace(tzinfo=None)
    return {
        name: _count(cursor, name, columns, (naive, most + 1)) if in_time() else None
        for name, columns in tables
    }


def _count(
    cursor: Cursor, name: str, columns: list[str], values: tuple[datetime, int]
) -> int | None:
    table = sql.Identifier("public", name)
    dates = sql.SQL(", ").join(map(sql.Identifier, columns))
    try:
        with translated():
            cursor.execute(sql.SQL(COUNT).format(table, dates), values)
            return cursor.fetchone()[0]
    except SaasError as error:
        if error.code in LOST:
            raise
        return None
