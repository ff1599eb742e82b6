"""What a superuser sets up once: the roles of a cluster, the bus, who may enter what.

Owns: `saas cluster-prepare` on the server's side, safe to repeat. Does not own: secret files,
tenants.
"""

import re
import secrets
from collections.abc import Mapping

from psycopg2 import sql

from ...kernel.errors import Refused
from ...kernel.secret import Secret, scram_verifier
from . import admin
from .connect import Cursor, Limits, Server, opened
from .restore import prepare_extensions
from .roles import (
    BACKUP,
    BUILDER,
    BUS,
    COUNTER,
    EMPTY,
    LIMITS,
    MONITOR,
    NODE,
    PROVISIONER,
    TENANTS,
    exists,
)

LONG = Limits(statement_seconds=120, lock_seconds=30)
NONE_OF = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
LOGINS = {
    PROVISIONER: "LOGIN INHERIT NOSUPERUSER CREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS",
    NODE: f"LOGIN INHERIT {NONE_OF}",
    MONITOR: f"LOGIN INHERIT {NONE_OF} CONNECTION LIMIT 10",
    BACKUP: f"LOGIN INHERIT {NONE_OF} CONNECTION LIMIT 10",
    LIMITS: f"LOGIN NOINHERIT {NONE_OF} CONNECTION LIMIT 20",
}
GROUPS = dict.fromkeys((BUILDER, TENANTS, COUNTER), f"NOLOGIN INHERIT {NONE_OF}")
CONTROL_NODE = re.compile(r"saas_node_[a-z0-9_]{1,50}")
ROUTES = "saas_route"
# What a node may besides, where the addon's version has it: the same for the nodes of all clusters.
NODE_GRANTS = {
    "saas_route_brand": "GRANT SELECT ON public.saas_route_brand TO {role}",
    "saas_node_event": (
        "GRANT INSERT (node_role, process, sequence, at, rule, database, source, count, facts)"
        " ON public.saas_node_event TO {role};"
        "GRANT USAGE ON SEQUENCE public.saas_node_event_id_seq TO {role}"
    ),
    "saas_node_usage": (
        "GRANT INSERT (node_role, process, sequence, at, database, requests, api_calls, failures,"
        " bytes_in, bytes_out, response_ms, answered, cron_ms, latency, failed_logins,"
        " held_requests, routes, users)"
        " ON public.saas_node_usage TO {role};"
        "GRANT USAGE ON SEQUENCE public.saas_node_usage_id_seq TO {role}"
    ),
    "saas_machine_report": (
        "GRANT INSERT (node_role, machine, told_at, figures)"
        " ON public.saas_machine_report TO {role}"
    ),
    "saas_log_line": (
        "GRANT INSERT (node_role, process, sequence, at, level, logger, message, database, request,"
        " status, ms, count) ON public.saas_log_line TO {role};"
        "GRANT USAGE ON SEQUENCE public.saas_log_line_id_seq TO {role}"
    ),
}
NO_PASSWORDS: Mapping[str, Secret] = {}


def prepare_cluster(
    superuser: Server, known: Mapping[str, Secret] = NO_PASSWORDS
) -> dict[str, Secret]:
    """Make or mend all a tenant cluster needs; return the password of every role that logs in.

    A role in `known` gets that password, any other a new one: pass what the secret files hold and
    nothing changes.
    Raises: Refused (`superuser_needed`), Unavailable, Broken.
    """
    passwords = {role: known.get(role) or _new_password() for role in LOGINS}
    with opened(superuser, LONG, "saas cluster-prepare") as cursor:
        _require_superuser(cursor)
        for role, attributes in LOGINS.items():
            _role(cursor, role, attributes, passwords[role])
        for role, attributes in GROUPS.items():
            _role(cursor, role, attributes, None)
        _memberships(cursor)
        _bus(cursor)
        _close_databases(cursor)
        _settings(cursor)
    with opened(superuser.within(BUS), LONG, "saas cluster-prepare") as cursor:
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    _empty(superuser)
    return passwords


def prepare_control(
    superuser: Server, database: str, node_role: str, known: Secret | None = None
) -> Secret:
    """Make the role by which a cluster's nodes read their routes, and return its password.

    It may connect to the one database, read its own routes and all brands, and add what it noticed;
    PUBLIC may no longer connect.
    Raises: Refused (`superuser_needed`, `node_role_form`, `routes_missing` before the addon is
    installed), Unavailable, Broken.
    """
    if not CONTROL_NODE.fullmatch(node_role):
        raise Refused("node_role_form", role=node_role[:63])
    password = known or _new_password()
    with opened(superuser.within(database), LONG, "saas cluster-prepare") as cursor:
        _require_superuser(cursor)
        cursor.execute("SELECT to_regclass('public.' || %s)", (ROUTES,))
        if cursor.fetchone()[0] is None:
            raise Refused("routes_missing", database=database)
        _role(cursor, node_role, f"LOGIN INHERIT {NONE_OF} CONNECTION LIMIT 100", password)
        _run(
            cursor,
            "REVOKE ALL ON DATABASE {database} FROM PUBLIC;"
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
            "GRANT CONNECT ON DATABASE {database} TO {role};"
            "GRANT USAGE ON SCHEMA public TO {role};"
            "REVOKE ALL ON public.{routes} FROM PUBLIC;"
            "GRANT SELECT ON public.{routes} TO {role}",
            database=database,
            role=node_role,
            routes=ROUTES,
        )
        for table, order in NODE_GRANTS.items():
            cursor.execute("SELECT to_regclass('public.' || %s)", (table,))
            if cursor.fetchone()[0] is not None:
                _run(cursor, order, role=node_role)
    return password


def _new_password() -> Secret:
    return Secret(secrets.token_urlsafe(32))


def _run(cursor: Cursor, order: str, **names: str) -> None:
    """Run an order whose names in braces are identifiers."""
    cursor.execute(
        sql.SQL(order).format(**{key: sql.Identifier(value) for key, value in names.items()})
    )


def _require_superuser(cursor: Cursor) -> None:
    cursor.execute("SELECT rolsuper, rolname FROM pg_roles WHERE rolname = current_user")
    is_super, role = cursor.fetchone()
    if not is_super:
        raise Refused("superuser_needed", role=role)


def _role(cursor: Cursor, role: str, attributes: str, password: Secret | None) -> None:
    """Make or set a role; the server gets a verifier, so no log can show the password."""
    word = sql.SQL("ALTER" if exists(cursor, role) else "CREATE")
    parts = (word, sql.Identifier(role), sql.SQL(attributes))
    order = sql.SQL("{} ROLE {} {}").format(*parts)
    if password is not None:
        known = sql.Literal(scram_verifier(password, secrets.token_bytes(16)))
        order += sql.SQL(" PASSWORD {}").format(known)
    cursor.execute(order)


def _memberships(cursor: Cursor) -> None:
    _run(
        cursor,
        "GRANT {builder} TO {provisioner};"
        "GRANT {tenants} TO {provisioner} WITH ADMIN OPTION;"
        "GRANT pg_read_all_stats TO {monitor};"
        "GRANT {counter} TO {limits}",
        builder=BUILDER,
        provisioner=PROVISIONER,
        tenants=TENANTS,
        monitor=MONITOR,
        counter=COUNTER,
        limits=LIMITS,
    )


def _bus(cursor: Cursor) -> None:
    """Make the one database in which nodes wake each other; it holds nothing."""
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (BUS,))
    if cursor.fetchone() is None:
        _run(
            cursor,
            "CREATE DATABASE {bus} OWNER {owner} TEMPLATE template0",
            bus=BUS,
            owner=PROVISIONER,
        )
    _run(cursor, "REVOKE ALL ON DATABASE {bus} FROM PUBLIC", bus=BUS)
    _run(cursor, "GRANT CONNECT ON DATABASE {bus} TO {node}", bus=BUS, node=NODE)


def _empty(superuser: Server) -> None:
    """Make the database that empty ones are copied from when they need `unaccent`: Odoo marks its
    function immutable, which no dump says and the provisioner may not.

    Source: Odoo 19 `service/db.py` (`_create_empty_database`).
    """
    with opened(superuser, LONG, "saas cluster-prepare") as cursor:
        found = admin.find(cursor, EMPTY)
        if found is not None and found.is_template:
            return
        if found is None:
            admin.create(cursor, EMPTY, "template0")
        _run(cursor, "ALTER DATABASE {empty} ALLOW_CONNECTIONS true", empty=EMPTY)
    with opened(superuser.within(EMPTY), LONG, "saas cluster-prepare") as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'unaccent'")
        if cursor.fetchone() is not None:
            prepare_extensions(cursor, ["unaccent"])
    with opened(superuser, LONG, "saas cluster-prepare") as cursor:
        order = "ALTER DATABASE {empty} IS_TEMPLATE true ALLOW_CONNECTIONS false"
        _run(cursor, f"REVOKE ALL ON DATABASE {{empty}} FROM PUBLIC; {order}", empty=EMPTY)


def _close_databases(cursor: Cursor) -> None:
    for database in ("postgres", "template1"):
        _run(cursor, "REVOKE ALL ON DATABASE {database} FROM PUBLIC", database=database)
    for role in (PROVISIONER, MONITOR):
        _run(cursor, "GRANT CONNECT ON DATABASE postgres TO {role}", role=role)


def _settings(cursor: Cursor) -> None:
    """Let the provisioner cap tenants' temporary files (15+) and act for roles it makes (16+)."""
    version = cursor.connection.server_version
    if version >= 150000:
        _run(cursor, "GRANT SET ON PARAMETER temp_file_limit TO {role}", role=PROVISIONER)
    if version >= 160000:
        _run(
            cursor, "ALTER ROLE {role} SET createrole_self_grant = 'set, inherit'", role=PROVISIONER
        )
