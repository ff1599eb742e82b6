"""What stands in a tenant's database so that its limits hold: schema `saas`, triggers, rights.

Owns: the statements and what they should have made. Does not own: who runs them when
(`enforcing.py`), what is a defect (`kernel/quota/enforced.py`).

Three roles. `saas_limits` owns schema and tables and writes the numbers; it never reads a table of
the tenant, because whoever does runs what the tenant put there, and this role enters every tenant.
`saas_counter` owns the functions and counts; it cannot log in and has no other right anywhere. The
tenant's own role makes the triggers on its own tables.
"""

from pathlib import Path

from psycopg2 import sql

from ...kernel.quota.enforced import Enforced, Seen, Standing, defects
from .connect import Cursor, transaction
from .roles import COUNTER

HERE = Path(__file__).parent
SCHEMA = (HERE / "limits_schema.sql").read_text(encoding="utf-8")
BODIES = {
    name: (HERE / f"limits_{name}.sql").read_text(encoding="utf-8")
    for name in ("check_users", "check_storage")
}
CONFIG = ["search_path=pg_catalog, pg_temp", "row_security=off"]
TRIGGER = (
    "CREATE TRIGGER {name} AFTER {event} ON public.{table} REFERENCING {tables}"
    " FOR EACH STATEMENT EXECUTE FUNCTION saas.{function}()"
)
OLD, NEW = "OLD TABLE AS saas_old", "NEW TABLE AS saas_new"
TABLES = {"res_users": "check_users", "ir_attachment": "check_storage"}
TRIGGERS = {
    f"saas_{function}_{event.lower()}": TRIGGER.format(
        name=f"saas_{function}_{event.lower()}",
        event=event,
        table=table,
        tables=tables,
        function=function,
    )
    for table, function in TABLES.items()
    for event, tables in (("INSERT", NEW), ("UPDATE", f"{OLD} {NEW}"), ("DELETE", OLD))
    if (table, event) != ("res_users", "DELETE")
}
# A session that only looks can change nothing, whatever it meets.
LOOKING = {"search_path": "pg_catalog", "default_transaction_read_only": "on"}
WRITING = {"search_path": "pg_catalog"}
LOOK = """
SELECT (SELECT nspowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
          FROM pg_namespace WHERE nspname = 'saas'),
       (SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
         WHERE c.relnamespace = to_regnamespace('saas') AND c.relkind = 'r'
           AND c.relname IN ('user_limit', 'storage_limit', 'storage_use')
           AND r.rolname = current_user),
       (SELECT coalesce(json_object_agg(p.proname, json_build_array(
                   p.prosrc, p.prosecdef, p.proconfig, r.rolname, l.lanname)), '{}')
          FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
          JOIN pg_language l ON l.oid = p.prolang
         WHERE p.pronamespace = to_regnamespace('saas')),
       (SELECT coalesce(json_object_agg(t.tgname, json_build_array(
                   t.tgenabled, pg_get_triggerdef(t.oid))), '{}')
          FROM pg_trigger t
         WHERE t.tgrelid IN (to_regclass('public.res_users'), to_regclass('public.ir_attachment'))
           AND t.tgname = ANY(%(triggers)s)),
       (SELECT coalesce(json_object_agg(c.relname, c.relkind), '{}') FROM pg_class c
         WHERE c.oid IN (to_regclass('public.res_users'), to_regclass('public.ir_attachment'))),
       (SELECT count(*) FROM pg_attribute a
         WHERE a.attrelid = to_regclass('public.res_users') AND NOT a.attisdropped
           AND a.attname IN ('id', 'active', 'share')
           AND has_column_privilege(%(counter)s, a.attrelid, a.attnum, 'SELECT')),
       has_database_privilege(current_user, current_database(), 'CREATE')
"""
NUMBERS = """
SELECT (SELECT count(*) FROM saas.user_limit) + (SELECT count(*) FROM saas.storage_limit),
       (SELECT n FROM saas.user_limit), (SELECT given FROM saas.storage_limit),
       (SELECT room - (SELECT coalesce(sum(grew), 0) FROM saas.storage_use)
          FROM saas.storage_limit),
       (SELECT count(*) FROM saas.storage_use)
"""
WRITE = """
UPDATE saas.user_limit SET n = %(users)s WHERE n IS DISTINCT FROM %(users)s;
WITH used AS (DELETE FROM saas.storage_use RETURNING grew)
UPDATE saas.storage_limit
   SET given = %(room)s,
       room = CASE WHEN %(afresh)s OR given IS DISTINCT FROM %(room)s THEN %(room)s
                   ELSE room - (SELECT coalesce(sum(grew), 0) FROM used) END
"""
# What a tenant made in our place stays, under another name.
MOVE_AWAY = """
DO $$ BEGIN
    EXECUTE format('ALTER SCHEMA saas RENAME TO %I',
                   'saas_found_' || to_char(clock_timestamp(), 'YYYYMMDDHH24MISSUS'));
END $$
"""
LET_COUNT = sql.SQL("GRANT SELECT (id, active, share) ON public.res_users TO {}").format(
    sql.Identifier(COUNTER)
)


def look(cursor: Cursor) -> Seen:
    """As `saas_limits`: return what is wrong and which numbers stand.

    Raises: Unavailable, Broken.
    """
    cursor.execute(LOOK, {"triggers": list(TRIGGERS), "counter": COUNTER})
    schema, tables, functions, triggers, kinds, columns, may_create = cursor.fetchone()
    numbers = (0, None, None, None, 0)
    # Only what nobody but us could have made is read.
    if schema and tables == 3:
        cursor.execute(NUMBERS)
        numbers = cursor.fetchone()
    found = Standing(
        schema=schema,
        rows=numbers[0],
        functions={name: tuple(_plain(one)) for name, one in functions.items()},
        triggers={name: tuple(one) for name, one in triggers.items()},
        tables=kinds,
        columns=columns,
        may_create=may_create,
    )
    users, given, room, entries = numbers[1:]
    left = None if room is None else int(room)
    return Seen(defects(found, expected()), users, given, left, entries)


def expected() -> Standing:
    """Return what should stand there."""
    return Standing(
        schema=True,
        rows=2,
        functions={
            name: (body, True, tuple(CONFIG), COUNTER, "plpgsql") for name, body in BODIES.items()
        },
        triggers={name: ("O", order) for name, order in TRIGGERS.items()},
        tables=dict.fromkeys(TABLES, "r"),
        columns=3,
        may_create=False,
    )


def _plain(values: list[object]) -> list[object]:
    return [tuple(one) if isinstance(one, list) else one for one in values]


def make(cursor: Cursor, tenant: str) -> None:
    """As `saas_limits`, which may CREATE in the database: make or mend schema and functions.

    Raises: Unavailable, Broken.
    """
    names = {"tenant": sql.Identifier(tenant), "counter": sql.Identifier(COUNTER)}
    bodies = {name: sql.Literal(body) for name, body in BODIES.items()}
    with transaction(cursor.connection) as inner:
        inner.execute(sql.SQL(SCHEMA).format(**names, **bodies))


def write(cursor: Cursor, limits: Enforced, afresh: bool) -> None:
    """As `saas_limits`: write the numbers, in one transaction.

    Room that was given before stays as much as is left of it; `afresh`, it is given anew.

    Raises: Unavailable (`lock_timeout` while somebody is being added), Broken.
    """
    with transaction(cursor.connection) as inner:
        inner.execute(WRITE, {"users": limits.users, "room": limits.storage_room, "afresh": afresh})


def move_away(cursor: Cursor) -> None:
    """As the tenant: give a schema `saas` of the tenant's another name.

    Raises: Unavailable, Broken.
    """
    cursor.execute(MOVE_AWAY)


def hang_up(cursor: Cursor) -> None:
    """As the tenant: let the counter count, and make every trigger anew.

    Raises: Unavailable (`lock_timeout` while a table is locked), Broken.
    """
    with transaction(cursor.connection) as inner:
        for table in TABLES:
            inner.execute(
                sql.SQL("LOCK TABLE ONLY public.{} IN SHARE ROW EXCLUSIVE MODE").format(
                    sql.Identifier(table)
                )
            )
        inner.execute(LET_COUNT)
        for name, order in TRIGGERS.items():
            table = "res_users" if "users" in name else "ir_attachment"
            drop = sql.SQL("DROP TRIGGER IF EXISTS {} ON public.{}")
            inner.execute(drop.format(sql.Identifier(name), sql.Identifier(table)))
            inner.execute(order)
