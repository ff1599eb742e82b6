"""What of a server a tenant's role and database may take.

Owns: the statements that set it and read it. Does not own: the numbers (`kernel/quota/share.py`),
what everybody gets (`roles.py`, `admin.py`).
"""

from psycopg2 import sql

from ...kernel.quota.share import Share
from .connect import Cursor
from .roles import SPARE_CONNECTIONS, TEMP_FILES

TEMP_VERSION = 150000
_LOOK = """
SELECT (SELECT datconnlimit FROM pg_database WHERE datname = %(name)s), r.rolconnlimit,
       coalesce((SELECT split_part(one, '=', 2) FROM unnest(r.rolconfig) AS one
                  WHERE one LIKE 'temp_file_limit=%%'), ''),
       coalesce((SELECT split_part(one, '=', 2) FROM unnest(r.rolconfig) AS one
                  WHERE one LIKE 'statement_timeout=%%'), '')
  FROM pg_roles AS r WHERE r.rolname = %(role)s
"""


def stands(cursor: Cursor, name: str, role: str, share: Share, usual: int) -> bool:
    """Tell whether the tenant has exactly this; `usual` are everybody's connections."""
    cursor.execute(_LOOK, {"name": name, "role": role})
    found = cursor.fetchone()
    if found is None:
        return False
    connections = share.connections or usual
    wanted = [connections, connections + SPARE_CONNECTIONS, _temp(share), _timeout(share)]
    if cursor.connection.server_version < TEMP_VERSION:
        wanted[2] = found[2]
    return list(found) == wanted


def put(cursor: Cursor, name: str, role: str, share: Share, usual: int) -> None:
    """Set it; what is 0 goes back to what everybody has. May run twice."""
    connections = share.connections or usual
    names = {"name": sql.Identifier(name), "role": sql.Identifier(role)}
    orders = [
        ("ALTER DATABASE {name} CONNECTION LIMIT {value}", sql.Literal(connections)),
        (
            "ALTER ROLE {role} CONNECTION LIMIT {value}",
            sql.Literal(connections + SPARE_CONNECTIONS),
        ),
    ]
    if cursor.connection.server_version >= TEMP_VERSION:
        orders.append(
            ("ALTER ROLE {role} SET temp_file_limit = {value}", sql.Literal(_temp(share)))
        )
    timeout = _timeout(share)
    if timeout:
        orders.append(("ALTER ROLE {role} SET statement_timeout = {value}", sql.Literal(timeout)))
    else:
        orders.append(("ALTER ROLE {role} RESET statement_timeout", sql.SQL("")))
    for order, value in orders:
        cursor.execute(sql.SQL(order).format(value=value, **names))


def _temp(share: Share) -> str:
    return f"{share.temp_mb}MB" if share.temp_mb else TEMP_FILES


def _timeout(share: Share) -> str:
    return f"{share.statement_seconds}s" if share.statement_seconds else ""
