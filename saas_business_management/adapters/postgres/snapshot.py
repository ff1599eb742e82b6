"""What a database holds at one instant, read as the role that owns its objects.

Owns: the statements. Does not own: whose snapshot it is (`dump.py`), the comparison
(`kernel/backup/verify.py`).

Extensions' own objects and schema `saas`, which is ours and comes back by provisioning, are left
out as they are left out of a dump. A tenant may make these answers lie, about itself alone.
"""

from collections.abc import Iterable

from psycopg2 import sql

from ...kernel.backup.facts import DatabaseFacts, Sequence, ServerFacts
from .connect import Cursor

OWN_SCHEMA = "saas"

# What a text of a row depends on, and whatever could lead a statement of ours astray.
SETTINGS = {
    "search_path": "pg_catalog",
    "row_security": "off",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "idle_in_transaction_session_timeout": "0",
}

SERVER = """
SELECT current_setting('server_version_num')::int, pg_encoding_to_char(d.encoding),
       d.datcollate, d.datctype,
       CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn()
       END::text,
       current_user::text,
       ARRAY(SELECT unnest(s.setconfig) FROM pg_db_role_setting s
              WHERE s.setdatabase IN (0, d.oid)
                AND s.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = current_user))
              ORDER BY 1)
  FROM pg_database d WHERE d.datname = current_database()
"""
# Objects of the database's user: `own (kind, oid)` holds catalogue and number of each.
OWN = sql.SQL("""
WITH spaces AS (
    SELECT oid FROM pg_namespace
     WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'saas')
), own AS (
    SELECT o.kind, o.oid
      FROM (SELECT 'pg_class'::regclass AS kind, oid, relnamespace AS space FROM pg_class
             WHERE relpersistence <> 't'
             UNION ALL SELECT 'pg_proc'::regclass, oid, pronamespace FROM pg_proc) o
     WHERE o.space IN (SELECT oid FROM spaces)
       AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = o.kind AND e.objid = o.oid
                                                 AND e.deptype = 'e')
), rel AS (
    SELECT c.*, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid IN (SELECT oid FROM own WHERE kind = 'pg_class'::regclass)
)
""")
TABLES = """
SELECT nspname::text, relname::text FROM rel WHERE relkind = 'r' ORDER BY 1, 2
"""
SEQUENCES = """
SELECT nspname::text, relname::text, s.seqincrement, s.seqcycle
  FROM rel JOIN pg_sequence s ON s.seqrelid = rel.oid ORDER BY 1, 2
"""
COUNTS = """
, con AS (
    SELECT contype FROM pg_constraint WHERE conrelid IN (SELECT oid FROM rel) AND conparentid = 0
)
SELECT json_build_object(
    'foreign_keys', (SELECT count(*) FROM con WHERE contype = 'f'),
    'checks', (SELECT count(*) FROM con WHERE contype = 'c'),
    'uniques', (SELECT count(*) FROM con WHERE contype = 'u'),
    'primary_keys', (SELECT count(*) FROM con WHERE contype = 'p'),
    'indexes', (SELECT count(*) FROM pg_index WHERE indrelid IN (SELECT oid FROM rel)),
    'columns', (SELECT count(*) FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped
                   AND attrelid IN (SELECT oid FROM rel WHERE relkind IN ('r', 'p'))),
    'triggers', (SELECT count(*) FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid
                  WHERE NOT t.tgisinternal AND t.tgrelid IN (SELECT oid FROM rel)
                    AND f.pronamespace <> coalesce(to_regnamespace('saas')::oid, 0)),
    'views', (SELECT count(*) FROM rel WHERE relkind IN ('v', 'm')),
    'functions', (SELECT count(*) FROM own WHERE kind = 'pg_proc'::regclass),
    'large_objects', (SELECT count(*) FROM pg_largeobject_metadata))
"""
LEFT_OUT = """
SELECT rel.nspname::text, rel.relname::text, t.tgname::text
  FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid JOIN rel ON rel.oid = t.tgrelid
 WHERE NOT t.tgisinternal AND f.pronamespace = to_regnamespace('saas') ORDER BY 1, 2, 3
"""
EXTENSIONS = "SELECT extname::text, extversion FROM pg_extension WHERE extname <> 'plpgsql'"
MODULES = """
SELECT m.name::text, coalesce(to_jsonb(m)->>'latest_version', '') FROM public.ir_module_module m
 WHERE m.state IN ('installed', 'to upgrade', 'to remove')
"""
FILES = """
SELECT store_fname::text, coalesce(max(file_size), 0)::bigint FROM public.ir_attachment
 WHERE store_fname IS NOT NULL AND store_fname <> '' GROUP BY 1 ORDER BY 1
"""
ROW_HASH = """
SELECT count(*) || ':'
       || coalesce(sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint), 0)
  FROM ONLY {} t
"""


def has_table(cursor: Cursor, name: str) -> bool:
    """Tell whether a table stands in schema `public`; this takes a snapshot."""
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", (f"public.{name}",))
    return cursor.fetchone()[0]


def facts(cursor: Cursor, hash_tables: Iterable[str] | None = ()) -> DatabaseFacts:
    """Return what the transaction of this cursor sees; `hash_tables` as `schema.name`, None = all.

    Raises: Unavailable, Broken (`right_missing` when a row or table is hidden from the role).
    """
    tables = _tables(cursor)
    return DatabaseFacts(
        server=_server(cursor),
        tables={
            name: _value(cursor, "SELECT count(*) FROM ONLY {}", at) for name, at in tables.items()
        },
        sequences=_sequences(cursor),
        counts=_own(cursor, COUNTS)[0][0],
        extensions=_pairs(cursor, EXTENSIONS),
        modules=_pairs(cursor, MODULES) if "public.ir_module_module" in tables else {},
        row_hashes={
            name: _value(cursor, ROW_HASH, tables[name])
            for name in (tables if hash_tables is None else hash_tables)
            if name in tables
        },
        left_out=tuple(_own(cursor, LEFT_OUT)),
    )


def row_hashes(cursor: Cursor, wanted: Iterable[str] = ()) -> dict[str, str]:
    """Return a hash over the rows of these tables (`schema.name`), or of all; absent ones are left
    out.

    Raises: Unavailable, Broken.
    """
    tables = _tables(cursor)
    chosen = [name for name in wanted if name in tables] if wanted else [*tables]
    return {name: _value(cursor, ROW_HASH, tables[name]) for name in chosen}


def files(cursor: Cursor) -> list[tuple[str, int]]:
    """Return name and size of every file that an attachment of this snapshot has.

    Raises: Unavailable, Broken.
    """
    return _rows(cursor, FILES)


def _tables(cursor: Cursor) -> dict[str, sql.Identifier]:
    found = _own(cursor, TABLES)
    return {f"{space}.{name}": sql.Identifier(space, name) for space, name in found}


def _server(cursor: Cursor) -> ServerFacts:
    (row,) = _rows(cursor, SERVER)
    *told, settings = row
    return ServerFacts(*told, settings=tuple(settings))


def _sequences(cursor: Cursor) -> dict[str, Sequence]:
    found = {}
    for space, name, increment, cycles in _own(cursor, SEQUENCES):
        one = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(space, name))
        cursor.execute(one)
        last, called = cursor.fetchone()
        found[f"{space}.{name}"] = Sequence(last, called, increment, cycles)
    return found


def _rows(cursor: Cursor, statement: str) -> list[tuple]:
    cursor.execute(statement)
    return cursor.fetchall()


def _own(cursor: Cursor, statement: str) -> list[tuple]:
    """Return the rows of a statement that goes on behind `OWN`."""
    cursor.execute(sql.Composed([OWN, sql.SQL(statement)]))
    return cursor.fetchall()


def _pairs(cursor: Cursor, statement: str) -> dict[str, str]:
    return dict(_rows(cursor, statement))


def _value(cursor: Cursor, statement: str, table: sql.Identifier) -> object:
    cursor.execute(sql.SQL(statement).format(table))
    return cursor.fetchone()[0]
