"""What a tenant's role must be refused, as statements (reliability.md row 28).

Owns: the list, the states that mean *refused*, trying it all without leaving a trace. Does not own:
who is told (job `prove_isolation`). Tests run the same list, each statement first under a plain
shared role, where it succeeds.

Whatever unexpectedly succeeds does no harm: each statement runs in a transaction that is rolled
back, and the victims are our own (the bus, the builder's role, a session opened for it). What runs
outside of transactions only is not run here: a question tells whether the right for it is there.
"""

from collections.abc import Mapping

import psycopg2

from ..ports import Attack
from .connect import Connection, Cursor
from .roles import BUILDER, BUS

# Placeholders: {own_db} {own_role} of the attacker, {victim_db} {victim_role} {victim_pid} of
# another.
HOSTILE = {
    "run a program of the operating system": "COPY (SELECT 1) TO PROGRAM 'cat > /dev/null'",
    "read a file of the server": "SELECT pg_read_file('PG_VERSION')",
    "list a folder of the server": "SELECT pg_ls_dir('.')",
    "write a file of the server": "COPY (SELECT 1) TO '/dev/null'",
    "load a table from a file": "CREATE TEMP TABLE x (a text); COPY x FROM '/etc/hostname'",
    "import a large object from a file": "SELECT lo_import('/etc/hostname')",
    "drop another database": "DROP DATABASE {victim_db} WITH (FORCE)",
    "rename another database": "ALTER DATABASE {victim_db} RENAME TO stolen_{own_db}",
    "change another database": "ALTER DATABASE {victim_db} CONNECTION LIMIT 0",
    "drop its own database": "DROP DATABASE {own_db} WITH (FORCE)",
    "rename its own database": "ALTER DATABASE {own_db} RENAME TO stolen_{own_db}",
    "lift the connection limit of its database": "ALTER DATABASE {own_db} CONNECTION LIMIT -1",
    "make its database a template": "ALTER DATABASE {own_db} IS_TEMPLATE true",
    "close its own database": "ALTER DATABASE {own_db} ALLOW_CONNECTIONS false",
    "give its database to another": "ALTER DATABASE {own_db} OWNER TO {victim_role}",
    "set a setting of its database": "ALTER DATABASE {own_db} SET work_mem = '1GB'",
    "forge the comment of its database": "COMMENT ON DATABASE {own_db} IS 'x'",
    "forge the mark on its role": "COMMENT ON ROLE {own_role} IS 'x'",
    "create a database": "CREATE DATABASE made_{own_db} TEMPLATE template0",
    "copy another database": "CREATE DATABASE made_{own_db} TEMPLATE {golden}",
    "create a role": "CREATE ROLE made_{own_role}",
    "lift the connection limit of its role": "ALTER ROLE {own_role} CONNECTION LIMIT -1",
    "give itself the right to create databases": "ALTER ROLE {own_role} CREATEDB",
    "make itself superuser": "ALTER ROLE {own_role} SUPERUSER",
    "lock another role out": "ALTER ROLE {victim_role} NOLOGIN",
    "set the password of another role": "ALTER ROLE {victim_role} PASSWORD 'x'",
    "become another role": "SET ROLE {victim_role}",
    "become another session": "SET SESSION AUTHORIZATION {victim_role}",
    "become a member of another role": "GRANT {victim_role} TO {own_role}",
    "become a reader of server files": "GRANT pg_read_server_files TO {own_role}",
    "become a runner of programs": "GRANT pg_execute_server_program TO {own_role}",
    "lift its limit of temporary files": "SET temp_file_limit = -1",
    "lift that limit for its role": "ALTER ROLE {own_role} SET temp_file_limit = -1",
    "change the server": "ALTER SYSTEM SET work_mem = '4MB'",
    "have the server read its configuration": "SELECT pg_reload_conf()",
    "turn off triggers and foreign keys": "SET session_replication_role = replica",
    "read the passwords of roles": "SELECT rolpassword FROM pg_authid",
    "read the passwords of users": "SELECT passwd FROM pg_shadow",
    "end another's session": "SELECT pg_terminate_backend({victim_pid})",
    "cancel another's statement": "SELECT pg_cancel_backend({victim_pid})",
    "measure another database": "SELECT pg_database_size('{victim_db}')",
    "connect outward with dblink": "CREATE EXTENSION dblink",
    "connect outward with postgres_fdw": "CREATE EXTENSION postgres_fdw",
    "run code of a library": "CREATE FUNCTION c(text) RETURNS text LANGUAGE c AS 'x', 'y'",
    "load a library": "LOAD 'pg_trgm'",
    "watch every command": "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION spy()",
    "hold the log back with a slot": (
        "SELECT pg_create_physical_replication_slot('s_{own_db}', true, true)"
    ),
    "publish every table": "CREATE PUBLICATION p FOR ALL TABLES",
    "make a place on the server's disk": "CREATE TABLESPACE made_{own_db} LOCATION '/tmp/{own_db}'",
}  # fmt: skip
REFUSED = {"42501"}
# Nobody can do these to the database he is in.
FROM_OUTSIDE = {"drop its own database", "rename its own database", "close its own database"}
# Refused to everybody but a superuser in words of their own.
OTHER_STATES = {
    "become a runner of programs": {"42501", "0LP01"},
    "run code of a library": {"42501", "58P01"},
    "load a library": {"42501", "42704", "58P01"},
}
# A plain shared role is no bar to these either: the reason they fail there is not a missing right.
NO_RIGHT_NEEDED = {"run code of a library": "58P01", "make a place on the server's disk": "58P01"}

_STRONG = "SELECT bool_or(rolsuper OR {right}) FROM pg_roles WHERE pg_has_role(oid, 'MEMBER')"
_OWNS = """
SELECT coalesce(bool_or(pg_has_role(datdba, 'MEMBER')), false) FROM pg_database
 WHERE datname = '{name}'
"""
# What no transaction can hold, and the question that stands for it.
QUESTIONS = {
    "drop another database": _OWNS.replace("{name}", "{victim_db}"),
    "drop its own database": _OWNS.replace("{name}", "{own_db}"),
    "create a database": _STRONG.replace("{right}", "rolcreatedb"),
    "copy another database": _STRONG.replace("{right}", "rolcreatedb"),
    "change the server": _STRONG.replace("{right}", "false"),
    "make a place on the server's disk": _STRONG.replace("{right}", "false"),
}
ENTER = "enter {database}"
CLOSED_DATABASES = ("postgres", "template1", BUS)
_SHOWN = {BUS: "the bus", "postgres": "postgres", "template1": "template1"}


def shown(database: str) -> str:
    """Return what a database is called in a result: never another tenant's name."""
    return _SHOWN.get(database, "another tenant's database")


def names(own: str, victim_pid: int) -> dict[str, object]:
    """Return what stands in the placeholders when a tenant attacks our own decoys."""
    victims = {"victim_db": BUS, "victim_role": BUILDER, "victim_pid": victim_pid}
    return {"own_db": own, "own_role": own, "golden": "template0", **victims}


def attack(cnx: Connection, words: Mapping[str, object]) -> list[Attack]:
    """Try the whole list on an autocommit connection of the tenant."""
    return [_try(cnx, name, words) for name in HOSTILE]


def _try(cnx: Connection, name: str, words: Mapping[str, object]) -> Attack:
    if cnx.closed:
        return Attack(name, "unknown", "lost")
    try:
        with cnx.cursor() as cursor:
            if name in QUESTIONS:
                cursor.execute(QUESTIONS[name].format(**words))
                return Attack(name, "succeeded" if cursor.fetchone()[0] else "refused", "")
            return Attack(name, *_outcome(name, _state(cursor, HOSTILE[name].format(**words))))
    except psycopg2.Error as error:
        return Attack(name, "unknown", error.pgcode or "lost")


def _state(cursor: Cursor, statement: str) -> str:
    """Return the SQLSTATE of a statement's failure, empty when it succeeded; it leaves nothing."""
    cursor.execute("BEGIN")
    try:
        cursor.execute(statement)
        state = ""
    except psycopg2.Error as error:
        state = error.pgcode or "lost"
    if not cursor.connection.closed:
        cursor.execute("ROLLBACK")
    return state


def _outcome(name: str, state: str) -> tuple[str, str]:
    if not state:
        return "succeeded", state
    return ("refused" if state in OTHER_STATES.get(name, REFUSED) else "unknown"), state
