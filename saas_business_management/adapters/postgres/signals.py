"""The counters by which the processes of an Odoo tell each other that something changed.

Owns: reading them, moving those of a copy past those of the database whose place it takes. Does not
own: when that is done (`restoring.py`).

An Odoo that finds the number it knows goes on with the models and caches it has, so that a database
put in another's place under equal numbers was served with the other's views.
Source: Odoo 19 `orm/registry.py` (`setup_signaling`: tables `orm_signaling_<cache>` whose newest
`id` is the number).
"""

from collections.abc import Mapping

from psycopg2 import sql

from .connect import Cursor, transaction

TABLES = """
SELECT c.relname::text FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
   AND c.relname ~ '^orm_signaling_[a-z_]+$' ORDER BY 1
"""
NEWEST = "SELECT coalesce(max(id), 0) FROM public.{}"
MOVE = """
SELECT setval(pg_get_serial_sequence({literal}, 'id'),
              greatest(%(mark)s, (SELECT coalesce(max(id), 0) FROM public.{table})) + 1, false);
INSERT INTO public.{table} DEFAULT VALUES
"""


def marks(cursor: Cursor) -> dict[str, int]:
    """Return the newest number of each counter.

    Raises: Unavailable, Broken.
    """
    found = {}
    cursor.execute(TABLES)
    for (table,) in cursor.fetchall():
        cursor.execute(sql.SQL(NEWEST).format(sql.Identifier(table)))
        found[table] = cursor.fetchone()[0]
    return found


def go_past(cursor: Cursor, marks: Mapping[str, int]) -> None:
    """Move every counter of this database past the marks. May run twice.

    Raises: Unavailable, Broken.
    """
    cursor.execute(TABLES)
    tables = [table for (table,) in cursor.fetchall()]
    with transaction(cursor.connection) as inner:
        for table in tables:
            parts = {
                "table": sql.Identifier(table),
                "literal": sql.Literal(f"public.{table}"),
            }
            inner.execute(sql.SQL(MOVE).format(**parts), {"mark": marks.get(table, 0)})
