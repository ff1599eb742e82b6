"""Databases of a cluster: found, created, copied, closed, dropped.

Owns: SQL on whole databases, run by the provisioner in database `postgres`. Does not own: what lies
in them (`ownership.py`, `tenant_db.py`). Every caller holds `locks.DATABASE` of the name on the
same connection.
"""

from psycopg2 import sql

from ...kernel.errors import Broken
from ..ports import DatabaseInfo
from .connect import Cursor, transaction

OURS = "^[gt]_[a-z2-7]{26}(_[rz][0-9]+)?$"
INVALID = -2

CREATE_COPY = """
    CREATE DATABASE {name} TEMPLATE {template} CONNECTION LIMIT {limit} ALLOW_CONNECTIONS false
"""
CREATE_EMPTY = f"{CREATE_COPY} ENCODING 'UTF8' LC_COLLATE 'C'"
COLUMNS = """
    SELECT d.datname, d.oid, r.rolname, d.datistemplate, d.datallowconn, d.datconnlimit
      FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba
"""


def find(cursor: Cursor, name: str) -> DatabaseInfo | None:
    """Return what the server knows of a database, None when there is none."""
    cursor.execute(COLUMNS + " WHERE d.datname = %s", (name,))
    row = cursor.fetchone()
    return row and DatabaseInfo(*row)


def ours(cursor: Cursor) -> list[DatabaseInfo]:
    """Return the databases whose names are of our form."""
    cursor.execute(COLUMNS + " WHERE d.datname ~ %s ORDER BY d.datname", (OURS,))
    return [DatabaseInfo(*row) for row in cursor.fetchall()]


def size(cursor: Cursor, name: str) -> int:
    """Return the bytes of a database.

    Raises: Broken (`database_missing`).
    """
    cursor.execute("SELECT pg_database_size(oid) FROM pg_database WHERE datname = %s", (name,))
    row = cursor.fetchone()
    if row is None:
        raise Broken("database_missing", database=name)
    return row[0]


def usable(cursor: Cursor, name: str) -> DatabaseInfo | None:
    """Return our database of that name; what an interrupted DROP left is cleared away first.

    Raises: Broken (`database_foreign`) when somebody else owns it.
    """
    info = find(cursor, name)
    if info is None:
        return None
    cursor.execute("SELECT current_user")
    if info.owner != cursor.fetchone()[0]:
        raise Broken("database_foreign", database=name)
    if info.connection_limit == INVALID:
        drop(cursor, info)
        return None
    return info


def create(cursor: Cursor, name: str, template: str, connections: int = -1) -> None:
    """Copy a template into a database that nobody can enter, not even when it appears."""
    order = CREATE_EMPTY if template == "template0" else CREATE_COPY
    parts = {
        "name": sql.Identifier(name),
        "template": sql.Identifier(template),
        "limit": sql.Literal(connections),
    }
    cursor.execute(sql.SQL(order).format(**parts))


def open_to(cursor: Cursor, name: str, role: str | None, connections: int) -> None:
    """Take every right from PUBLIC, give the role its own, allow connections; all or nothing."""
    parts = {"name": sql.Identifier(name), "limit": sql.Literal(connections)}
    with transaction(cursor.connection) as inner:
        inner.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**parts))
        if role:
            grant = "GRANT CONNECT, TEMPORARY, CREATE ON DATABASE {name} TO {role}"
            inner.execute(sql.SQL(grant).format(role=sql.Identifier(role), **parts))
        alter = "ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true CONNECTION LIMIT {limit}"
        inner.execute(sql.SQL(alter).format(**parts))


def let_enter(cursor: Cursor, name: str, role: str) -> None:
    """Give one of our own roles CONNECT on a database, unless it has it. Under the database's lock:
    two that grant at once disturb each other.

    Raises: Unavailable, Broken (`database_missing`, `object_missing` without the role).
    """
    cursor.execute("SELECT has_database_privilege(%s, %s, 'CONNECT')", (role, name))
    if not cursor.fetchone()[0]:
        _on_database(cursor, "GRANT CONNECT ON DATABASE {name} TO {role}", name, role)


def lend_create(cursor: Cursor, name: str, role: str) -> None:
    """Let one of our own roles make a schema in a database, for the length of a step."""
    _on_database(cursor, "GRANT CREATE ON DATABASE {name} TO {role}", name, role)


def take_create_back(cursor: Cursor, name: str, role: str) -> None:
    """Take back what was lent."""
    _on_database(cursor, "REVOKE CREATE ON DATABASE {name} FROM {role}", name, role)


def _on_database(cursor: Cursor, order: str, name: str, role: str) -> None:
    cursor.execute(sql.SQL(order).format(name=sql.Identifier(name), role=sql.Identifier(role)))


def make_template(cursor: Cursor, name: str) -> None:
    """Make a database a template that nobody may enter, and end the sessions in it."""
    parts = {"name": sql.Identifier(name)}
    with transaction(cursor.connection) as inner:
        inner.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**parts))
        alter = "ALTER DATABASE {name} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false"
        inner.execute(sql.SQL(alter).format(**parts))
    end_sessions(cursor, name)


def drop(cursor: Cursor, info: DatabaseInfo) -> None:
    """Drop a database with everything in it, ending the sessions there.

    Not by `WITH (FORCE)`: that fails for want of a right when autovacuum happens to be inside,
    while the plain order sends it away.
    Raises: Unavailable (`object_in_use` while a superuser is inside), Broken.
    """
    name = sql.Identifier(info.name)
    if info.connection_limit != INVALID:
        alter = "ALTER DATABASE {} WITH IS_TEMPLATE false ALLOW_CONNECTIONS false"
        cursor.execute(sql.SQL(alter).format(name))
        end_sessions(cursor, info.name)
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))


def end_sessions(cursor: Cursor, name: str) -> None:
    """End the sessions in a database that the provisioner may end."""
    cursor.execute(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = %s AND backend_type = 'client backend' AND pg_has_role(usesysid, 'USAGE')
        """,
        (name,),
    )
