"""Tenant roles: made, limited, marked, stopped, dropped.

Owns: SQL on roles of tenants, always run by the provisioner in database `postgres`. Does not own:
roles of the product itself (`prepare.py`), what a role owns (`ownership.py`).
"""

import json
import secrets

from psycopg2 import sql

from ...kernel.errors import Broken, Unavailable
from ...kernel.secret import Secret, scram_verifier
from ..ports import Clock, RoleInfo
from .connect import Cursor, transaction

PROVISIONER = "saas_prov"
BUILDER = "saas_builder"
NODE = "saas_node"
TENANTS = "saas_tenant"
MONITOR = "saas_monitor"
BACKUP = "saas_backup"
LIMITS = "saas_limits"
COUNTER = "saas_counter"
BUS = "saas_bus"
# An empty database in which `unaccent` is as Odoo makes it, which only a superuser can.
EMPTY = "saas_empty"

STAGES = ("building", "ready", "claimed")
# The passwords are derived and have 256 bits, so stretching adds no safety, only milliseconds to
# every connect.
DERIVED_ITERATIONS = 1
SPARE_CONNECTIONS = 2  # beyond the database's limit: room for our own work in the tenant's name
TEMP_FILES = "1GB"
ATTRIBUTES = "INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


def verifier(password: Secret) -> str:
    """Return a fresh SCRAM verifier of a derived password."""
    return scram_verifier(password, secrets.token_bytes(16), DERIVED_ITERATIONS)


def exists(cursor: Cursor, role: str) -> bool:
    """Tell whether a role is there."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
    return cursor.fetchone() is not None


def require(cursor: Cursor, role: str) -> None:
    """Make sure that a role is there.

    Raises: Broken (`role_missing`).
    """
    if not exists(cursor, role):
        raise Broken("role_missing", role=role)


def ensure(cursor: Cursor, role: str, password: Secret, connections: int) -> None:
    """Make the tenant's role, or mend verifier, limits and memberships of the one there is.

    An existing role keeps its LOGIN or NOLOGIN and its stage.
    Raises: Unavailable, Broken (`right_missing` when the provisioner may not).
    """
    with transaction(cursor.connection) as inner:
        new = not exists(inner, role)
        parts = {
            "role": sql.Identifier(role),
            "limit": sql.Literal(connections + SPARE_CONNECTIONS),
            "verifier": sql.Literal(verifier(password)),
            "attributes": sql.SQL(ATTRIBUTES),
            "tenants": sql.Identifier(TENANTS),
        }
        order = CREATE if new else ALTER
        inner.execute(sql.SQL(order).format(**parts))
        _grant_to_provisioner(inner, role)
        _limit_temp_files(inner, role)
        if new:
            _comment(inner, role, "building")


CREATE = """
    CREATE ROLE {role} LOGIN {attributes} CONNECTION LIMIT {limit} PASSWORD {verifier}
           IN ROLE {tenants}
"""
ALTER = """
    ALTER ROLE {role} CONNECTION LIMIT {limit} PASSWORD {verifier};
    GRANT {tenants} TO {role}
"""


def _grant_to_provisioner(cursor: Cursor, role: str) -> None:
    """Let the provisioner act for the role; on 16+ `createrole_self_grant` did it already."""
    cursor.execute("SELECT pg_has_role(%s, 'USAGE')", (role,))
    if not cursor.fetchone()[0]:
        cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))


def _limit_temp_files(cursor: Cursor, role: str) -> None:
    """Cap the temporary files of the role where the server lets the provisioner do so (15+)."""
    if cursor.connection.server_version >= 150000:
        order = sql.SQL("ALTER ROLE {} SET temp_file_limit = {}")
        cursor.execute(order.format(sql.Identifier(role), sql.Literal(TEMP_FILES)))


def mark(cursor: Cursor, role: str, stage: str) -> None:
    """Write the stage where the tenant cannot change it: into the role's comment.

    Raises: Unavailable, Broken (`role_missing`).
    """
    require(cursor, role)
    _comment(cursor, role, stage)


def _comment(cursor: Cursor, role: str, stage: str) -> None:
    note = sql.Literal(json.dumps({"stage": stage}))
    cursor.execute(sql.SQL("COMMENT ON ROLE {} IS {}").format(sql.Identifier(role), note))


def tenants(cursor: Cursor, name: str | None = None) -> list[RoleInfo]:
    """Return the members of the tenants' marker group, or the one of that name among them."""
    cursor.execute(
        """
        SELECT DISTINCT r.rolname, r.rolcanlogin, shobj_description(r.oid, 'pg_authid')
          FROM pg_auth_members m
          JOIN pg_roles g ON g.oid = m.roleid AND g.rolname = %(group)s
          JOIN pg_roles r ON r.oid = m.member AND r.rolname ~ '^t_'
         WHERE %(name)s::text IS NULL OR r.rolname = %(name)s
         ORDER BY r.rolname
        """,
        {"group": TENANTS, "name": name},
    )
    return [RoleInfo(role, login, _stage(note)) for role, login, note in cursor.fetchall()]


def _stage(note: str | None) -> str:
    """Return the stage of a role's comment; a foreign comment is no stage."""
    try:
        told = json.loads(note or "")
    except (ValueError, RecursionError):
        return ""
    stage = told.get("stage") if isinstance(told, dict) else ""
    return stage if isinstance(stage, str) and stage in STAGES else ""


def set_login(cursor: Cursor, role: str, allowed: bool) -> None:
    """Let the role log in, or not; sessions it has stay open.

    Raises: Unavailable, Broken (`role_missing`).
    """
    require(cursor, role)
    word = sql.SQL("LOGIN" if allowed else "NOLOGIN")
    cursor.execute(sql.SQL("ALTER ROLE {} {}").format(sql.Identifier(role), word))


def end_sessions(cursor: Cursor, role: str, clock: Clock, seconds: float = 10) -> None:
    """End every session of the role and wait until they are gone.

    Raises: Unavailable (`sessions_remain`) when one is still there after that time.
    """
    until = clock.monotonic() + seconds
    while True:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (role,)
        )
        if not cursor.rowcount:
            return
        if clock.monotonic() > until:
            raise Unavailable("sessions_remain", role=role)
        clock.sleep(0.02)


def end_idle(cursor: Cursor, role: str, database: str, seconds: float) -> int:
    """End the role's sessions in a database that hold locks in a transaction in which nothing was
    done for so long; return how many.
    """
    cursor.execute(
        """
        SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity a
         WHERE a.usename = %s AND a.datname = %s AND a.state LIKE 'idle in transaction%%'
           AND a.state_change <= now() - make_interval(secs => %s)
           AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.granted
                          AND l.mode NOT IN ('AccessShareLock', 'ExclusiveLock'))
        """,
        (role, database, seconds),
    )
    return cursor.fetchone()[0]


def end_older(cursor: Cursor, role: str, moment: str, clock: Clock, patience_seconds: float) -> int:
    """Let the role's sessions from before a moment end by themselves for a while, then end them.

    Return how many had to be ended.
    Raises: Unavailable (`sessions_remain`) when one does not go.
    """
    until = clock.monotonic() + patience_seconds
    while _older(cursor, role, moment, "count(*)") and clock.monotonic() < until:
        clock.sleep(0.1)
    ended = _older(cursor, role, moment, "count(pg_terminate_backend(pid))")
    until = clock.monotonic() + 10
    while _older(cursor, role, moment, "count(*)"):
        if clock.monotonic() > until:
            raise Unavailable("sessions_remain", role=role)
        clock.sleep(0.02)
    return ended


def _older(cursor: Cursor, role: str, moment: str, what: str) -> int:
    asked = sql.SQL(
        "SELECT {} FROM pg_stat_activity WHERE usename = %s AND backend_start <= %s"
    ).format(sql.SQL(what))
    cursor.execute(asked, (role, moment))
    return cursor.fetchone()[0]


def drop(cursor: Cursor, role: str) -> None:
    """Drop the role; nothing happens when it is absent.

    Raises: Unavailable, Broken (`still_referenced` while a database of it stands).
    """
    # A provisioner that lost its rights may not even ask for the removal of what is not there.
    if exists(cursor, role):
        cursor.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
