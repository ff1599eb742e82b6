"""Reading who may do what on a cluster, and putting right what the provisioner may put right.

Owns: the SQL of audit A5, run by the provisioner in database `postgres`. Does not own: what is
right (`kernel/provisioning/privileges.py`), what is read inside a tenant's database
(`tenant_look.py`).
"""

from collections.abc import Mapping

from psycopg2 import sql

from ...kernel.errors import Broken
from ...kernel.provisioning.privileges import (
    DatabaseRights,
    Privileges,
    RoleRights,
    ServerRights,
)
from .admin import OURS
from .connect import Cursor

SERVER = """
SELECT current_setting('server_version_num')::int / 10000,
       current_setting('max_prepared_transactions')::int,
       current_setting('password_encryption'),
       pg_notification_queue_usage()
"""
MAY_SEE_HBA = "SELECT has_function_privilege('pg_hba_file_rules()', 'EXECUTE')"
HBA = """
SELECT array_agg(DISTINCT auth_method) FROM pg_hba_file_rules()
 WHERE type LIKE 'host%' AND error IS NULL
"""
# template0 lets nobody in and is nobody's business; ours are judged closed or open.
DATABASES = """
SELECT d.datname, o.rolname, d.datistemplate, d.datconnlimit,
       coalesce(array_agg(DISTINCT a.privilege_type) FILTER (WHERE a.grantee = 0), '{}'),
       coalesce(array_agg(DISTINCT g.rolname)
                FILTER (WHERE g.oid <> d.datdba AND a.privilege_type = 'CONNECT'), '{}')
  FROM pg_database d
  JOIN pg_roles o ON o.oid = d.datdba
 CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
  LEFT JOIN pg_roles g ON g.oid = a.grantee
 WHERE d.datallowconn OR d.datname ~ %s
 GROUP BY d.oid, d.datname, o.rolname, d.datistemplate, d.datconnlimit
"""
# Without the server's own roles and the superuser it was born with, who cannot be anything else.
ROLES = """
SELECT r.rolname, r.rolsuper, r.rolcreatedb, r.rolcreaterole, r.rolreplication, r.rolbypassrls,
       r.rolinherit, r.rolcanlogin, r.rolconnlimit, coalesce(r.rolconfig, '{}'),
       ARRAY(SELECT DISTINCT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
              WHERE m.member = r.oid),
       ARRAY(SELECT DISTINCT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.member
              WHERE m.roleid = r.oid)
  FROM pg_roles r WHERE r.oid <> 10 AND r.rolname !~ '^pg_'
"""
STRONG = ("superuser", "createdb", "createrole", "replication", "bypassrls")
TEMP_FILES = "temp_file_limit="


def read(cursor: Cursor) -> Privileges:
    """Return everything that is seen from outside.

    Raises: Unavailable, Broken.
    """
    cursor.execute(SERVER)
    version, prepared, encryption, queue = cursor.fetchone()
    server = ServerRights(version, prepared, encryption, float(queue), _hba(cursor))
    return Privileges(server, _databases(cursor), _roles(cursor))


def _hba(cursor: Cursor) -> tuple[str, ...] | None:
    """Return the methods of rules for remote logins; an ordinary provisioner may not see them."""
    cursor.execute(MAY_SEE_HBA)
    if not cursor.fetchone()[0]:
        return None
    cursor.execute(HBA)
    return tuple(cursor.fetchone()[0] or ())


def _databases(cursor: Cursor) -> tuple[DatabaseRights, ...]:
    cursor.execute(DATABASES, (OURS,))
    return tuple(
        DatabaseRights(name, owner, tuple(public), tuple(entrants), template, limit)
        for name, owner, template, limit, public, entrants in cursor.fetchall()
    )


def _roles(cursor: Cursor) -> tuple[RoleRights, ...]:
    cursor.execute(ROLES)
    return tuple(
        RoleRights(
            name=row[0],
            strong=tuple(word for word, has in zip(STRONG, row[1:6], strict=True) if has),
            inherits=row[6],
            can_login=row[7],
            connection_limit=row[8],
            temp_file_limit=_temp_files(row[9]),
            member_of=tuple(row[10]),
            lent_to=tuple(row[11]),
        )
        for row in cursor.fetchall()
    )


def _temp_files(settings: list[str]) -> str:
    found = [one for one in settings if one.startswith(TEMP_FILES)]
    return found[0].removeprefix(TEMP_FILES) if found else ""


def mend(cursor: Cursor, kind: str, name: str, facts: Mapping[str, object]) -> None:
    """Put one finding right that concerns the database or role `name`; harmless when it is right.

    Raises: Unavailable, Broken (`right_missing` when only a superuser can, `mend_unknown`).
    """
    if kind not in MENDS:
        raise Broken("mend_unknown", kind=kind)
    order = sql.SQL(MENDS[kind])
    for role in facts.get("roles") or [name]:
        parts = {"name": sql.Identifier(name), "role": sql.Identifier(role)}
        cursor.execute(order.format(limit=sql.Literal(facts.get("expected")), **parts))


MENDS: Mapping[str, str] = {
    "open_to_public": "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
    "foreign_entry": "REVOKE ALL ON DATABASE {name} FROM {role}",
    "database_limit": "ALTER DATABASE {name} CONNECTION LIMIT {limit}",
    "database_template": "ALTER DATABASE {name} IS_TEMPLATE false",
    "tenant_strong": "ALTER ROLE {name} NOCREATEDB NOCREATEROLE",
    "tenant_noinherit": "ALTER ROLE {name} INHERIT",
    "tenant_member": "REVOKE {role} FROM {name}",
    "tenant_lent": "REVOKE {name} FROM {role}",
}
