"""An empty database for what comes from outside: closed to everybody but one powerless role.

Owns: making it. Does not own: the role (`roles.py`), what is loaded (`plain_load.py`), dropping it
(`cluster.py`).
"""

from collections.abc import Iterable

from psycopg2 import sql

from ...kernel.backup.plain_statements import APPROVED_EXTENSIONS
from ...kernel.errors import Refused
from ...kernel.provisioning.naming import checked
from . import admin, locks, roles
from .connect import Limits, Server, opened

APPLICATION = "saas import"
LONG = Limits(statement_seconds=600, lock_seconds=120)
CONNECTIONS = 5


def make(server: Server, name: str, extensions: Iterable[str]) -> int:
    """Make the database anew, whatever was left of it, open to its role alone; return its oid.

    `server` logs in as the provisioner. Raises: Refused (`plain_extension`, `database_name_form`),
    Unavailable, Broken (`role_missing`, `database_foreign`, `extension_missing`).
    """
    checked(name)
    wanted = [one for one in extensions if one != "plpgsql"]
    if not APPROVED_EXTENSIONS.issuperset(wanted):
        raise Refused("plain_extension", line=0, name=", ".join(wanted)[:60])
    with opened(server.within("postgres"), LONG, APPLICATION) as cursor:
        locks.hold_database(cursor, name)
        roles.require(cursor, name)
        info = admin.usable(cursor, name)
        if info is not None:
            admin.drop(cursor, info)
        admin.create(cursor, name, "template0", CONNECTIONS)
        admin.open_to(cursor, name, None, CONNECTIONS)
        _prepare(server.within(name), name, ["pg_trgm", *wanted])
        admin.open_to(cursor, name, name, CONNECTIONS)
        return admin.find(cursor, name).oid


def _prepare(server: Server, name: str, extensions: Iterable[str]) -> None:
    """Make the extensions and give the role schema `public`, before anything foreign is inside."""
    with opened(server, LONG, APPLICATION) as cursor:
        for one in extensions:
            make_it = sql.SQL("CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA public")
            cursor.execute(make_it.format(sql.Identifier(one)))
        grant = sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}")
        cursor.execute(grant.format(sql.Identifier(name)))
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
