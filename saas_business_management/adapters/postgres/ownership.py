"""Who owns what inside a database, from the provisioner to the builder to the tenant.

Owns: making a golden database ready to be copied, handing a copy over, the proof that nothing
foreign is left. Does not own: databases and roles as such. This is the only code that enters a
copy as the provisioner, and only before the hand-over.

REASSIGN OWNED is used once, with the builder as source: it would also hand over every database of
its source, and the builder owns none.
"""

from pathlib import Path

from psycopg2 import sql

from ...kernel.errors import Broken
from .connect import Cursor, transaction
from .roles import BUILDER

SETTLE_SEQUENCES = Path(__file__).with_name("settle_sequences.sql").read_text(encoding="utf-8")
# `pg_identify_object` words kinds as ALTER does. Sequences of columns follow their table;
# extensions keep their members.
OWNED_BY = """
SELECT o.type, o.identity
  FROM pg_shdepend d
  JOIN pg_database b ON b.oid = d.dbid AND b.datname = current_database()
  JOIN pg_roles r ON r.oid = d.refobjid AND r.rolname = {}
 CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) o
 WHERE d.deptype = 'o' AND d.refclassid = 'pg_authid'::regclass
   AND d.classid <> 'pg_extension'::regclass
   AND NOT EXISTS (
       SELECT FROM pg_depend e
        WHERE e.classid = d.classid AND e.objid = d.objid AND e.objsubid = 0
          AND (e.deptype = 'e' OR e.deptype IN ('a', 'i')
               AND e.classid = 'pg_class'::regclass AND e.refclassid = 'pg_class'::regclass
               AND e.refobjsubid > 0))
 ORDER BY (d.classid = 'pg_namespace'::regclass) DESC, d.objid
"""
GIVE_ALL_TO_BUILDER = """
DO $give$
DECLARE
    it record;
BEGIN
    FOR it IN
{owned}
    LOOP
        EXECUTE format('ALTER %s %s OWNER TO saas_builder',
                       replace(it.type, 'statistics object', 'statistics'), it.identity);
    END LOOP;
END
$give$
""".replace("{owned}", OWNED_BY.format("current_user"))


# The server keeps no list of what its first superuser owns, so that is looked for inside.
SUPERUSERS_OBJECTS = """
SELECT count(*)
  FROM (SELECT 'pg_class'::regclass AS kind, oid, relowner AS owner FROM pg_class
         WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
         UNION ALL SELECT 'pg_proc'::regclass, oid, proowner FROM pg_proc
         UNION ALL SELECT 'pg_namespace'::regclass, oid, nspowner FROM pg_namespace
         WHERE nspname !~ '^pg_') o
 WHERE o.oid >= 16384 AND o.owner = 10
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = o.kind AND e.objid = o.oid AND e.deptype = 'e')
"""


def give_to_builder(cursor: Cursor) -> None:
    """Hand every object of the current, golden database from the provisioner to the builder,
    sequences settled.

    Raises: Unavailable, Broken (`objects_foreign` when a superuser made some of them).
    """
    builder = sql.Identifier(BUILDER)
    with transaction(cursor.connection) as inner:
        inner.execute(SETTLE_SEQUENCES)
        inner.execute(sql.SQL("GRANT CREATE ON SCHEMA public TO {}").format(builder))
        inner.execute(GIVE_ALL_TO_BUILDER)
        inner.execute(sql.SQL("REVOKE CREATE ON SCHEMA public FROM {}").format(builder))
        inner.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        inner.execute(SUPERUSERS_OBJECTS)
        count = inner.fetchone()[0]
        if count:
            raise Broken("objects_foreign", database=cursor.connection.info.dbname, count=count)


def give_to_tenant(cursor: Cursor, role: str) -> None:
    """Hand every object of the current database from the builder to the tenant's role, or none.

    Raises: Unavailable, Broken.
    """
    parts = {"role": sql.Identifier(role), "builder": sql.Identifier(BUILDER)}
    with transaction(cursor.connection) as inner:
        inner.execute(sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {role}").format(**parts))
        inner.execute(sql.SQL("REASSIGN OWNED BY {builder} TO {role}").format(**parts))


def open_schema(cursor: Cursor, role: str) -> None:
    """Let a role make its objects in the schema `public` of an empty database, and nobody else.

    Raises: Unavailable, Broken.
    """
    with transaction(cursor.connection) as inner:
        inner.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        grant = "GRANT USAGE, CREATE ON SCHEMA public TO {}"
        inner.execute(sql.SQL(grant).format(sql.Identifier(role)))


def owned(cursor: Cursor, database: str, role: str) -> int:
    """Return how many objects a role owns in a database, seen from outside of it."""
    cursor.execute(
        """
        SELECT count(*)
          FROM pg_shdepend d
          JOIN pg_database b ON b.oid = d.dbid AND b.datname = %s
          JOIN pg_roles r ON r.oid = d.refobjid AND r.rolname = %s
         WHERE d.deptype = 'o' AND d.refclassid = 'pg_authid'::regclass
        """,
        (database, role),
    )
    return cursor.fetchone()[0]


def prove(cursor: Cursor, database: str, owner: str) -> None:
    """Make sure, from outside, that the owner has everything in a database but the extensions.

    Raises: Broken (`objects_foreign`, with their number).
    """
    cursor.execute(
        """
        SELECT count(*)
          FROM pg_shdepend d
          JOIN pg_database b ON b.oid = d.dbid AND b.datname = %s
          JOIN pg_roles r ON r.oid = d.refobjid
         WHERE d.deptype = 'o' AND d.refclassid = 'pg_authid'::regclass AND r.rolname <> %s
           AND NOT (d.classid = 'pg_extension'::regclass AND r.rolname = current_user)
        """,
        (database, owner),
    )
    count = cursor.fetchone()[0]
    if count:
        raise Broken("objects_foreign", database=database, count=count)


def require_builder_without_database(cursor: Cursor) -> None:
    """Make sure REASSIGN OWNED moves nothing but the objects of one database.

    Raises: Broken (`builder_owns_database`).
    """
    cursor.execute(
        "SELECT datname FROM pg_database"
        " WHERE datdba = (SELECT oid FROM pg_roles WHERE rolname = %s) LIMIT 1",
        (BUILDER,),
    )
    row = cursor.fetchone()
    if row:
        raise Broken("builder_owns_database", database=row[0])
