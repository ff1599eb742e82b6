"""A cluster as a restore works with it: a database beside the live one, then one in the other's
place.

Owns: the order of things when a staging copy is made, adapted and swapped. Does not own: filling it
(`restore.py`), SQL on whole databases (`admin.py`, `exchange.py`), the signals (`signals.py`).

A staging copy `…_r<fence>` belongs to the role of the live database, its stem.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime

from ...kernel.errors import Broken
from ...kernel.provisioning.naming import checked, stem_of
from ..ports import LENT, Birth, Clock
from . import (
    admin,
    exchange,
    neutral,
    newer,
    ownership,
    restore,
    roles,
    signals,
    tenant_address,
    tenant_db,
    tenant_secret,
)
from .connect import Cursor, used
from .tenant_login import TenantLogins
from .warm import WarmConnection


class Restoring:
    """The part of `ClusterPort` that brings data back; mixed into `PostgresCluster`."""

    _warm: WarmConnection
    _connections: int
    _clock: Clock
    _logins: TenantLogins
    ensure_role: Callable[[str, int], None]
    stop_logins: Callable[[str], None]
    _holding: Callable[[str], AbstractContextManager[Cursor]]
    _inside: Callable[[str], AbstractContextManager[Cursor]]
    _as_tenant: Callable[..., AbstractContextManager[Cursor]]

    def lend_login(self, role: str) -> int:
        """Let a stopped tenant's role log in for an operation, under a password no node has.

        Return the generation to log in with.
        Raises: Refused, Unavailable, Broken (`role_missing`).
        """
        self._warm.run(lambda cursor: roles.require(cursor, checked(role)))
        self.ensure_role(role, LENT)
        self._warm.run(lambda cursor: roles.set_login(cursor, role, True))
        return LENT

    def take_login_back(self, role: str, generation: int) -> None:
        """Stop a role that was lent, its password that of this generation again."""
        self.stop_logins(role)
        self.ensure_role(role, generation)

    def make_anew(self, name: str, extensions: Iterable[str]) -> int:
        """Make an empty database for the role of its stem, whatever was there before; return its
        oid.

        Raises: Refused, Unavailable, Broken (`role_missing`, `database_foreign`,
        `extension_missing`, `already_handed_over` for a live tenant's own database).
        """
        role, wanted = stem_of(checked(name)), list(extensions)
        with self._holding(name) as cursor:
            roles.require(cursor, role)
            if name == role:
                _require_unclaimed(cursor, role)
            info = admin.usable(cursor, name)
            if info is not None:
                admin.drop(cursor, info)
            admin.create(cursor, name, _source(cursor, wanted))
            # Nobody but the provisioner may enter yet, and nothing is inside that could run.
            admin.open_to(cursor, name, None, self._connections)
            with self._inside(name) as inner:
                restore.prepare_extensions(inner, wanted)
                ownership.open_schema(inner, role)
            admin.open_to(cursor, name, role, self._connections)
            return admin.find(cursor, name).oid

    def drop_staging(self, name: str, keep: Iterable[str] = ()) -> None:
        """Drop every staging copy `…_r` of a database that is not to be kept."""
        kept = {*keep}
        found = [one.name for one in self._warm.run(admin.ours)]
        for one in found:
            if stem_of(one) == checked(name) and one.startswith(f"{name}_r") and one not in kept:
                with self._holding(one) as cursor:
                    info = admin.usable(cursor, one)
                    if info is not None:
                        admin.drop(cursor, info)

    def neutralise(self, name: str, generation: int, statements: Iterable[str]) -> dict[str, int]:
        """As the tenant's role, in one transaction: make a copy harmless and prove that it is.

        Return how many mail servers and crons are left active.
        Raises: Refused, Unavailable, Broken (`login_refused`, `not_neutral`).
        """
        with self._as_tenant(name, generation) as cursor:
            return neutral.neutralise(cursor, statements)

    def adopt(self, name: str, generation: int, birth: Birth, base_url: str) -> None:
        """As the tenant's role: uuid, secret and address of its own for a restored database.

        Raises: Refused, Unavailable, Broken (`login_refused`, `table_missing`).
        """
        settings = {tenant_db.SECRET_SETTING: birth.database_secret}
        with self._as_tenant(name, generation, settings) as cursor:
            tenant_secret.set_secret(cursor)
            tenant_secret.set_uuid(cursor, birth.database_uuid)
            tenant_address.set_address(cursor, base_url)

    def count_newer(
        self, name: str, generation: int, since: datetime, most: int
    ) -> dict[str, int | None]:
        """As the tenant's role, read only: return for each table that dates its rows how many are
        newer than an instant, at most `most` + 1; None where that could not be told in time.

        Raises: Refused, Unavailable, Broken (`login_refused`, `table_missing`).
        """
        role, end = stem_of(checked(name)), self._clock.monotonic() + newer.ALTOGETHER_SECONDS
        login = (role, generation, name, newer.QUICK, "saas control", newer.READ_ONLY)
        with used(self._logins.open(*login)) as cursor:
            return newer.count_newer(cursor, since, most, lambda: self._clock.monotonic() < end)

    def signals(self, name: str, generation: int) -> dict[str, int]:
        """As the tenant's role: return how far each cache signal has come.

        Raises: Refused, Unavailable, Broken (`login_refused`).
        """
        with self._as_tenant(name, generation) as cursor:
            return signals.marks(cursor)

    def pass_signals(self, name: str, generation: int, marks: Mapping[str, int]) -> None:
        """As the tenant's role: have the signals go past these, so that every Odoo that knew them
        reads anew.

        Raises: Refused, Unavailable, Broken (`login_refused`).
        """
        with self._as_tenant(name, generation) as cursor:
            signals.go_past(cursor, marks)

    def let_in(self, name: str) -> None:
        """Allow connections to a database that a swap had closed; absent is done."""
        with self._holding(name) as cursor:
            if admin.find(cursor, name) is not None:
                exchange.let_in(cursor, name, self._connections)

    def swap(self, name: str, incoming: str, outgoing: str, oid: int) -> int:
        """Put a copy in a database's place, and the database out of the way under another name;
        return the oid of the one that is out of the way.

        Both renames happen at once or not at all. `oid` is that of the copy: when it has the name
        already, nothing is left to do. What is out of the way lets nobody in.
        Raises: Refused, Unavailable (`object_in_use`), Broken (`database_missing`,
        `database_changed`).
        """
        for one in (name, incoming, outgoing):
            if stem_of(checked(one)) != name:
                raise Broken("database_changed", database=one)
        with self._holding(name) as cursor:
            live = admin.find(cursor, name)
            if live is not None and live.oid == oid:
                out = admin.find(cursor, outgoing)
                exchange.open_and_shut(cursor, name, outgoing, self._connections)
                return out.oid if out else 0
            return exchange.exchange(cursor, name, incoming, outgoing, oid, self._connections)


def _source(cursor: Cursor, extensions: Collection[str]) -> str:
    """Return what an empty database is copied from: where `unaccent` is wanted, and the cluster was
    prepared for it, one in which indexes may call it.
    """
    found = admin.find(cursor, roles.EMPTY) if "unaccent" in extensions else None
    return roles.EMPTY if found is not None and found.is_template else "template0"


def _require_unclaimed(cursor: Cursor, role: str) -> None:
    found = roles.tenants(cursor, role)
    if found and found[0].stage == "claimed":
        raise Broken("already_handed_over", database=role)
