"""Does a cluster have what the product needs?

Owns: the list of checks of *Test connection*, each with the sentence that mends it. Does not own:
mending (`prepare.py`). A check that is `ok` and still has something to mend is a warning.
"""

from collections.abc import Callable

from ...kernel.errors import SaasError
from ..ports import Check
from .connect import Cursor
from .roles import BUILDER, BUS, NODE, TENANTS

PREPARE = "Run “saas cluster-prepare” on this cluster as a PostgreSQL superuser."
OLDEST = 130000
RECOMMENDED = 160000
FEWEST_CONNECTIONS = 200


def unreachable(error: SaasError) -> Check:
    """Return the failed check of a server that could not be asked."""
    return Check(
        "server_reachable",
        False,
        {"error": error.code},
        "Check host, port and password of the provisioner, and that PostgreSQL is running and "
        "reachable from here.",
    )


def checks(cursor: Cursor) -> list[Check]:
    """Ask the server everything, as the provisioner.

    Raises: Unavailable, Broken when it stops answering in the middle.
    """
    looks: tuple[Callable[[Cursor], Check], ...] = (
        _version,
        _not_superuser,
        _createdb,
        _createrole,
        _createrole_narrow,
        _self_grant,
        _builder,
        _tenants,
        _node,
        _bus,
        _closed,
        _temp_files,
        _extension,
        _connections,
    )
    return [Check("server_reachable", True), *(look(cursor) for look in looks)]


def _value(cursor: Cursor, question: str, *values: object) -> object:
    """Return the one value a question asks for, None when there is no row."""
    cursor.execute(question, values)
    row = cursor.fetchone()
    return row[0] if row else None


def _told(code: str, ok: object, mend: str = PREPARE, **facts: object) -> Check:
    return Check(code, bool(ok), facts, "" if ok else mend)


def _version(cursor: Cursor) -> Check:
    number = cursor.connection.server_version
    mend = "Upgrade PostgreSQL: version 13 is the oldest that works, 16 or newer is recommended."
    return _told("server_version", number >= OLDEST, mend, version=number // 10000)


def _not_superuser(cursor: Cursor) -> Check:
    is_super = _value(cursor, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    mend = "Connect as saas_prov: a superuser would make every mistake one of the whole server."
    return _told("provisioner_not_superuser", not is_super, mend)


def _createdb(cursor: Cursor) -> Check:
    right = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    return _told("provisioner_createdb", _value(cursor, right))


def _createrole(cursor: Cursor) -> Check:
    right = "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
    return _told("provisioner_createrole", _value(cursor, right))


def _createrole_narrow(cursor: Cursor) -> Check:
    """Before 16 CREATEROLE is a superuser in all but name; that is a warning, not a failure."""
    narrow = cursor.connection.server_version >= RECOMMENDED
    mend = (
        "Upgrade to PostgreSQL 16 or newer: here the provisioner could make itself superuser, "
        "so its password must never reach a machine that serves tenants."
    )
    return Check("createrole_narrow", True, {}, "" if narrow else mend)


def _self_grant(cursor: Cursor) -> Check:
    if cursor.connection.server_version < RECOMMENDED:
        return Check("createrole_self_grant", True)
    told = str(_value(cursor, "SELECT current_setting('createrole_self_grant')"))
    return _told(
        "createrole_self_grant", {"set", "inherit"} <= set(told.replace(" ", "").split(","))
    )


def _builder(cursor: Cursor) -> Check:
    member = "SELECT pg_has_role(oid, 'USAGE') FROM pg_roles WHERE rolname = %s"
    owns = "SELECT 1 FROM pg_database WHERE datdba = (SELECT oid FROM pg_roles WHERE rolname = %s)"
    if _value(cursor, owns, BUILDER):
        return _told(
            "builder_role",
            False,
            "Give the databases of saas_builder to another owner: it must own none.",
        )
    return _told("builder_role", _value(cursor, member, BUILDER))


def _tenants(cursor: Cursor) -> Check:
    may = "SELECT pg_has_role(oid, 'USAGE WITH ADMIN OPTION') FROM pg_roles WHERE rolname = %s"
    return _told("tenants_group", _value(cursor, may, TENANTS))


def _node(cursor: Cursor) -> Check:
    plain = """
        SELECT rolcanlogin AND NOT (
                   rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)
          FROM pg_roles WHERE rolname = %s
    """
    return _told("node_role", _value(cursor, plain, NODE))


def _bus(cursor: Cursor) -> Check:
    open_to_node = (
        "SELECT has_database_privilege(%s, oid, 'CONNECT') FROM pg_database WHERE datname = %s"
    )
    has_node = _value(cursor, "SELECT 1 FROM pg_roles WHERE rolname = %s", NODE)
    return _told("bus_database", has_node and _value(cursor, open_to_node, NODE, BUS))


def _closed(cursor: Cursor) -> Check:
    """Every database PUBLIC may enter, or make temporary tables in, is open to every tenant."""
    count = _value(
        cursor,
        """
        SELECT count(*) FROM pg_database d
         CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
         WHERE d.datallowconn AND a.grantee = 0
        """,
    )
    mend = f"{PREPARE} For databases of others: REVOKE ALL ON DATABASE … FROM PUBLIC."
    return _told("databases_closed", not count, mend, count=count)


def _temp_files(cursor: Cursor) -> Check:
    if cursor.connection.server_version < 150000:
        mend = "Upgrade to PostgreSQL 15 or newer: it can limit a tenant's temporary files."
        return Check("temp_file_limit", True, {}, mend)
    return _told(
        "temp_file_limit",
        _value(cursor, "SELECT has_parameter_privilege('temp_file_limit', 'SET')"),
    )


def _extension(cursor: Cursor) -> Check:
    there = _value(cursor, "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
    return _told(
        "extension_pg_trgm", there, "Install PostgreSQL's contrib package on the database server."
    )


def _connections(cursor: Cursor) -> Check:
    most = int(str(_value(cursor, "SELECT current_setting('max_connections')")))
    mend = f"Set max_connections to {FEWEST_CONNECTIONS} or more and restart PostgreSQL."
    return _told("max_connections", most >= FEWEST_CONNECTIONS, mend, most=most)
