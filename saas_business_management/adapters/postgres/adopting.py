"""A cluster as an adoption works with it: a foreign database becomes ours, or goes back.

Owns: the order of things, what changes hands. Does not own: what is read before
(`foreign_look.py`).

The provisioner enters here what it did not make. It only changes owners and rights, which runs
nothing that stands in the database; event triggers, which would run, refuse an adoption before.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from psycopg2 import sql

from ...kernel.errors import Broken, SaasError, Unavailable
from ...kernel.provisioning.naming import checked
from ..ports import Foreign
from . import admin, foreign_look, ownership, roles, tenant_address
from .connect import Cursor, Limits, Server, opened, transaction
from .warm import WarmConnection

LONG = Limits(statement_seconds=600, lock_seconds=30)
APPLICATION = "saas adoption"
# What `pg_identify_object` calls what may change hands; anything else refuses the adoption.
KINDS = frozenset(
    {
        "aggregate",
        "function",
        "large object",
        "materialized view",
        "procedure",
        "schema",
        "sequence",
        "statistics object",
        "table",
        "type",
        "view",
    }
)
OWNED = ownership.OWNED_BY.format("%s")
LEFT = """
SELECT count(*)
  FROM pg_shdepend d
  JOIN pg_database b ON b.oid = d.dbid AND b.datname = current_database()
  JOIN pg_roles r ON r.oid = d.refobjid
 WHERE d.deptype = 'o' AND d.refclassid = 'pg_authid'::regclass AND r.rolname <> %s
   AND d.classid <> 'pg_extension'::regclass
"""


class Adopting:
    """The part of `ClusterPort` that takes databases over; mixed into `PostgresCluster`."""

    _server: Server
    _warm: WarmConnection
    _connections: int
    _holding: Callable[[str], AbstractContextManager[Cursor]]
    _as_tenant: Callable[..., AbstractContextManager[Cursor]]

    def foreign(self) -> list[Foreign]:
        """List the databases that are neither ours nor the server's own."""
        return [Foreign(*row) for row in self._warm.run(foreign_look.foreign)]

    def look_foreign(self, name: str) -> dict[str, Any]:
        """Read what an adoption would meet inside; `entered` false when we are not let in.

        Raises: Unavailable.
        """
        settings = foreign_look.READ_ONLY
        try:
            with opened(self._server.within(name), LONG, APPLICATION, settings) as cursor:
                return foreign_look.look(cursor)
        except SaasError as error:
            if isinstance(error, Unavailable):
                raise
            return {"entered": False, "why": error.code}

    def hold_foreign(self, name: str, oid: int, own: str) -> None:
        """Take a database from its owner, shut everybody out, give it our name.

        Raises: Unavailable (`object_in_use`), Broken (`database_missing`, `database_changed`).
        """
        with self._holding(own) as cursor:
            ours = admin.find(cursor, own)
            if ours is not None and ours.oid == oid:
                return
            found = admin.find(cursor, name)
            if found is None:
                raise Broken("database_missing", database=name)
            if ours is not None or found.oid != oid:
                raise Broken("database_changed", database=name)
            self._shut(cursor, name)
            admin.end_sessions(cursor, name)
            _rename(cursor, name, own)

    def _shut(self, cursor: Cursor, name: str) -> None:
        with transaction(cursor.connection) as inner:
            _on(inner, "ALTER DATABASE {name} OWNER TO CURRENT_USER", name=name)
            for grantee in _grantees(inner, name):
                _on(inner, "REVOKE ALL ON DATABASE {name} FROM {role}", name=name, role=grantee)
            _on(inner, "REVOKE ALL ON DATABASE {name} FROM PUBLIC", name=name)

    def own_foreign(self, own: str, owner: str) -> int:
        """Hand what `owner` has inside to the role `own`, and open the database to it alone.

        Raises: Unavailable, Broken (`objects_foreign`, `objects_unknown`).
        """
        with self._holding(own) as cursor:
            roles.require(cursor, own)
            with self._entered(own) as inside, transaction(inside.connection) as inner:
                _on(inner, "GRANT USAGE, CREATE ON SCHEMA public TO {role}", role=own)
                inner.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
                count = _hand_over(inner, owner, own)
                inner.execute(LEFT, (own,))
                left = inner.fetchone()[0]
                inner.execute(ownership.SUPERUSERS_OBJECTS)
                left += inner.fetchone()[0]
                if left:
                    raise Broken("objects_foreign", database=own, count=left)
            admin.open_to(cursor, own, own, self._connections)
            return count

    def give_back(self, own: str, name: str, owner: str, rights: Mapping[str, Any]) -> None:
        """Undo both: owner of everything, rights and limit as they were seen, and the name last.

        Raises: Unavailable, Broken.
        """
        with self._holding(own) as cursor:
            if admin.find(cursor, own) is None:
                self._restore_rights(cursor, name, owner, rights)
                return
            admin.end_sessions(cursor, own)
            with self._entered(own) as inside, transaction(inside.connection) as inner:
                _on(inner, "ALTER DATABASE {name} OWNER TO {role}", name=own, role=owner)
                _hand_over(inner, own, owner)
                if roles.exists(inner, own):
                    _on(inner, "REVOKE ALL ON SCHEMA public FROM {role}", role=own)
                    _on(inner, "REVOKE ALL ON DATABASE {name} FROM {role}", name=own, role=own)
                for right in rights["public"]:
                    _on(inner, f"GRANT {_word(right)} ON SCHEMA public TO PUBLIC")
            _rename(cursor, own, name)
            self._restore_rights(cursor, name, owner, rights)

    def _restore_rights(
        self, cursor: Cursor, name: str, owner: str, rights: Mapping[str, Any]
    ) -> None:
        info = admin.find(cursor, name)
        if info is None:
            raise Broken("database_missing", database=name)
        if info.owner != owner:
            # Taken from its owner and not renamed yet: it goes back as it is.
            _on(cursor, "ALTER DATABASE {name} OWNER TO {role}", name=name, role=owner)
        with transaction(cursor.connection) as inner:
            limit = {"limit": sql.Literal(int(rights["limit"]))}
            order = sql.SQL("ALTER DATABASE {name} CONNECTION LIMIT {limit}")
            inner.execute(order.format(name=sql.Identifier(name), **limit))
            for grantee, right, grantable in rights["acl"]:
                order = f"GRANT {_word(right)} ON DATABASE {{name}} TO "
                order += "{role}" if grantee else "PUBLIC"
                _on(
                    inner,
                    order + (" WITH GRANT OPTION" if grantable else ""),
                    name=name,
                    role=grantee or "public",
                )

    def put_address_back(self, own: str, generation: int, base_url: str, frozen: str) -> None:
        """As the tenant's role: have the database call itself as it did before. May run twice.

        Raises: Refused, Unavailable, Broken (`login_refused`).
        """
        if self._warm.run(lambda cursor: admin.find(cursor, checked(own))) is None:
            return
        with self._as_tenant(own, generation) as cursor:
            tenant_address.put_back(cursor, base_url, frozen)

    def admin_of(self, own: str, generation: int) -> dict[str, int]:
        """As the tenant's role: return the first active internal user.

        Raises: Refused, Unavailable, Broken (`login_refused`, `record_missing`).
        """
        with self._as_tenant(checked(own), generation) as cursor:
            cursor.execute(foreign_look.ADMIN)
            row = cursor.fetchone()
        if row is None:
            raise Broken("record_missing", record="user")
        return {"admin_user_id": row[0], "admin_partner_id": row[1]}

    def _entered(self, own: str) -> AbstractContextManager[Cursor]:
        settings = {"search_path": "pg_catalog"}
        return opened(self._server.within(checked(own)), LONG, APPLICATION, settings)


def _hand_over(cursor: Cursor, source: str, role: str) -> int:
    """Change the owner of everything that `source` has; return how many."""
    cursor.execute(OWNED, (source,))
    found = cursor.fetchall()
    unknown = sorted({kind for kind, _identity in found} - KINDS)
    if unknown:
        raise Broken("objects_unknown", kinds=", ".join(unknown))
    for kind, identity in found:
        word = kind.replace("statistics object", "statistics").upper()
        order = sql.SQL("ALTER {} {} OWNER TO {}")
        # The server itself quotes an identity.
        cursor.execute(order.format(sql.SQL(word), sql.SQL(identity), sql.Identifier(role)))
    return len(found)


def _grantees(cursor: Cursor, name: str) -> Iterable[str]:
    cursor.execute(
        "SELECT DISTINCT g.rolname FROM pg_database d"
        " CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a"
        " JOIN pg_roles g ON g.oid = a.grantee WHERE d.datname = %s AND g.rolname <> current_user",
        (name,),
    )
    return [role for (role,) in cursor.fetchall()]


def _rename(cursor: Cursor, name: str, new: str) -> None:
    _on(cursor, "ALTER DATABASE {name} RENAME TO {role}", name=name, role=new)


def _on(cursor: Cursor, order: str, name: str = "", role: str = "") -> None:
    cursor.execute(sql.SQL(order).format(name=sql.Identifier(name), role=sql.Identifier(role)))


def _word(right: str) -> str:
    """Return a right's own word, so that nothing else becomes part of a statement."""
    known = {one: one for one in ("CONNECT", "CREATE", "TEMPORARY", "USAGE")}
    return known[right]
