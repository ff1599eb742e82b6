"""One PostgreSQL cluster as its provisioner works with it.

Owns: the order of things, locks, which login does what. Does not own: SQL (`admin.py`, `roles.py`,
`ownership.py`, `tenant_db.py`, `support_login.py`).

Everything runs as the provisioner in database `postgres`, with two exceptions: a golden database or
a fresh copy before its hand-over is entered as the provisioner, and a tenant's database afterwards
with the tenant's own derived password. Whoever enters it as the provisioner would run the tenant's
triggers with the provisioner's rights.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from ...kernel.errors import Broken, SaasError
from ...kernel.provisioning.naming import checked, stem_of
from ...kernel.secret import Secret
from ..clock import SystemClock
from ..ports import Birth, Check, Clock, DatabaseInfo, Guest, Identity, RoleInfo
from . import (
    admin,
    health,
    locks,
    ownership,
    roles,
    support_login,
    tenant_address,
    tenant_db,
    tenant_secret,
)
from .adopting import Adopting
from .ahead import Ahead
from .connect import NOTHING, SHORT, Connection, Cursor, Limits, Server, opened, used
from .enforcing import Enforcing
from .guarding import Guarding
from .metering import WATCH, WATCHER, Metering
from .moving import Moving
from .restoring import Restoring
from .tenant_login import TenantLogins
from .upgrading import Upgrading
from .warm import WarmConnection
from .watching import Watching

LONG = Limits(statement_seconds=1800, lock_seconds=120)
APPLICATION = "saas provisioner"


class PostgresCluster(
    Guarding, Restoring, Moving, Upgrading, Metering, Enforcing, Watching, Adopting
):
    """`ClusterPort` on a real server."""

    def __init__(
        self,
        server: Server,
        cluster_secret: Secret,
        connections_per_tenant: int = 10,
        clock: Clock | None = None,
        older_secret: Secret | None = None,
        monitor_password: Secret | None = None,
        limits_password: Secret | None = None,
    ) -> None:
        """Passwords are made from `cluster_secret`; roles that still have one made from
        `older_secret` are entered all the same. Without the monitor's password the provisioner
        looks at sizes; without that of `saas_limits` no limits are applied.
        """
        self._server = server.within("postgres")
        self._logins = TenantLogins(self._server, cluster_secret, older_secret)
        self._connections = connections_per_tenant
        self._clock = clock or SystemClock()
        self._warm = WarmConnection(self._server, SHORT, APPLICATION)
        self._ahead: Ahead | None = None
        self._watch = self._warm
        self._limits_password = limits_password
        self._monitor: Server | None = None
        if monitor_password is not None:
            self._monitor = self._server.as_role(roles.MONITOR, monitor_password)
            self._watch = WarmConnection(self._monitor, WATCH, WATCHER)

    def close(self) -> None:
        """Close the connections kept open; the next call opens another."""
        self._warm.close()
        self._watch.close()

    def check(self) -> list[Check]:
        """Test every right and setting the product needs."""
        try:
            return self._warm.run(health.checks)
        except SaasError as error:
            return [health.unreachable(error)]

    def database(self, name: str) -> DatabaseInfo | None:
        """Look a database up."""
        return self._warm.run(lambda cursor: admin.find(cursor, checked(name)))

    def databases(self) -> list[DatabaseInfo]:
        """List the databases whose names are of our form."""
        return self._warm.run(admin.ours)

    def roles(self) -> list[RoleInfo]:
        """List the members of the tenants' marker group."""
        return self._warm.run(roles.tenants)

    def database_bytes(self, name: str) -> int:
        """Return `pg_database_size`."""
        return self._warm.run(lambda cursor: admin.size(cursor, checked(name)))

    def create_empty(self, name: str) -> int:
        """Create an empty UTF-8, C-collated database with pg_trgm, closed to PUBLIC.

        Raises: Refused (`database_name_form`), Unavailable, Broken (`golden_sealed`).
        """
        with self._holding(name) as cursor:
            info = admin.usable(cursor, name)
            if info is not None and info.is_template:
                raise Broken("golden_sealed", database=name)
            if info is None:
                admin.create(cursor, name, "template0")
            admin.open_to(cursor, name, None, -1)
            with self._inside(name) as inner:
                inner.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            return admin.find(cursor, name).oid

    def seal_golden(self, name: str) -> None:
        """Hand all objects to the builder role, revoke, mark as template, allow no connections.

        Raises: Refused, Unavailable, Broken (`database_missing`, `objects_foreign`).
        """
        with self._holding(name) as cursor:
            info = admin.usable(cursor, name)
            if info is None:
                raise Broken("database_missing", database=name)
            if info.allows_connections:
                with self._inside(name) as inner:
                    ownership.give_to_builder(inner)
            admin.make_template(cursor, name)
            ownership.prove(cursor, name, roles.BUILDER)

    def ensure_role(self, role: str, generation: int) -> None:
        """Create the tenant role, or mend verifier, limits and memberships of the one there is."""
        password = self._logins.password(checked(role), generation)
        self._warm.run(lambda cursor: roles.ensure(cursor, role, password, self._connections))

    def mark_role(self, role: str, stage: str) -> None:
        """Write the stage into the role's comment.

        Raises: Refused, Unavailable, Broken (`stage_unknown`, `role_missing`).
        """
        if stage not in roles.STAGES:
            raise Broken("stage_unknown", stage=stage)
        checked(role)
        self._warm.run(lambda cursor: roles.mark(cursor, role, stage))

    def clone(self, name: str, template: str) -> int:
        """Copy a golden database, or adopt the copy there is, and open it to its role alone.

        Raises: Refused, Unavailable, Broken (`role_missing`, `template_missing`,
        `database_foreign`, `disk_full`).
        """
        checked(template)
        with self._holding(name) as cursor:
            roles.require(cursor, name)
            if admin.usable(cursor, name) is None:
                self._require_golden(cursor, template)
                admin.create(cursor, name, template, self._connections)
            admin.open_to(cursor, name, name, self._connections)
            return admin.find(cursor, name).oid

    def own_objects(self, name: str) -> None:
        """Hand everything inside to the tenant role and prove that nothing foreign is left.

        Raises: Refused, Unavailable, Broken (`database_missing`, `role_missing`,
        `builder_owns_database`, `already_handed_over`, `objects_foreign`).
        """
        with self._holding(name) as cursor:
            self._require_tenant(cursor, name)
            if ownership.owned(cursor, name, roles.BUILDER):
                ownership.require_builder_without_database(cursor)
                self._require_building(cursor, name)
                with self._inside(name) as inner:
                    ownership.give_to_tenant(inner, name)
            ownership.prove(cursor, name, name)

    def give_birth(self, name: str, generation: int, birth: Birth) -> None:
        """As the tenant's role: make the copy an Odoo of its own.

        Raises: Refused, Unavailable, Broken (`login_refused`, `table_missing`).
        """
        settings = {tenant_db.SECRET_SETTING: birth.database_secret}
        with self._as_tenant(name, generation, settings) as cursor:
            tenant_db.give_birth(cursor, birth)

    def settle(self, name: str, generation: int, identity: Identity) -> dict[str, object]:
        """As the tenant's role, in one transaction: make the database the customer's.

        Raises: Refused, Unavailable, Broken (`login_refused`, `not_unique`, `record_missing`).
        """
        ready = self._ahead and self._ahead.take(name, generation)
        with used(ready or self._connect_as_tenant(name, generation)) as cursor:
            return tenant_db.settle(cursor, identity)

    @contextmanager
    def expecting(self, name: str, generation: int) -> Iterator[None]:
        """Open the tenant's connection ahead for a `settle` inside the block, a guess."""
        self._ahead = Ahead(
            name, generation, lambda: self._connect_as_tenant(name, generation), tenant_db.AHEAD
        )
        try:
            yield
        finally:
            self._ahead.close()
            self._ahead = None

    def open_guest(self, name: str, generation: int, guest: Guest) -> dict[str, int]:
        """As the tenant's role, in one transaction: a user for support.

        Raises: Refused, Unavailable, Broken (`login_refused`, `record_missing`).
        """
        with self._as_tenant(name, generation) as cursor:
            return support_login.open_guest(cursor, guest)

    def close_guest(self, name: str, generation: int, login: str, user: int) -> dict[str, int]:
        """As the tenant's role, in one transaction: archive the user for support.

        Raises: Refused, Unavailable, Broken (`login_refused`).
        """
        with self._as_tenant(name, generation) as cursor:
            return support_login.close_guest(cursor, login, user)

    def address_of(self, name: str, generation: int) -> str | None:
        """As the tenant's role: read `web.base.url`, None when it is not frozen.

        Raises: Refused, Unavailable, Broken (`login_refused`, `table_missing`).
        """
        with self._as_tenant(name, generation) as cursor:
            return tenant_address.address_of(cursor)

    def set_address(self, name: str, generation: int, base_url: str) -> None:
        """As the tenant's role: set and freeze `web.base.url`.

        Raises: Refused, Unavailable, Broken (`login_refused`, `table_missing`).
        """
        with self._as_tenant(name, generation) as cursor:
            tenant_address.set_address(cursor, base_url)

    def set_database_secret(self, name: str, generation: int, secret: Secret) -> None:
        """As the tenant's role, in one transaction: have it sign with another `database.secret`.

        Raises: Refused, Unavailable, Broken (`login_refused`, `table_missing`).
        """
        settings = {tenant_db.SECRET_SETTING: secret.reveal()}
        with self._as_tenant(name, generation, settings) as cursor:
            tenant_secret.set_secret(cursor)

    def stop_logins(self, name: str) -> None:
        """Role NOLOGIN and its sessions ended."""
        self._warm.run(lambda cursor: self._stop(cursor, checked(name)))

    def allow_logins(self, name: str) -> None:
        """Role LOGIN again."""
        self._warm.run(lambda cursor: roles.set_login(cursor, checked(name), True))

    def drop_database(self, name: str) -> None:
        """Drop it whatever its state, waiting for a creation under way; absent is done."""
        with self._holding(name) as cursor:
            info = admin.usable(cursor, name)
            if info is not None:
                admin.drop(cursor, info)

    def drop_role(self, role: str) -> None:
        """Drop the tenant role; nothing happens when it is absent."""
        self._warm.run(lambda cursor: roles.drop(cursor, checked(role)))

    def _stop(self, cursor: Cursor, name: str) -> None:
        if roles.exists(cursor, name):
            roles.set_login(cursor, name, False)
            roles.end_sessions(cursor, name, self._clock)

    def _require_golden(self, cursor: Cursor, template: str) -> None:
        info = admin.find(cursor, template)
        if info is None or not info.is_template:
            raise Broken("template_missing", template=template)

    def _require_tenant(self, cursor: Cursor, name: str) -> None:
        if admin.usable(cursor, name) is None:
            raise Broken("database_missing", database=name)
        roles.require(cursor, name)

    def _require_building(self, cursor: Cursor, name: str) -> None:
        """A database that was ever handed over is never entered as the provisioner again."""
        found = roles.tenants(cursor, name)
        if not found or found[0].stage != "building":
            raise Broken("already_handed_over", database=name)

    @contextmanager
    def _holding(self, name: str) -> Iterator[Cursor]:
        """Give a connection of its own that holds the lock of this database until it closes."""
        checked(name)
        with opened(self._server, LONG, APPLICATION) as cursor:
            locks.hold_database(cursor, name)
            yield cursor

    @contextmanager
    def _inside(self, name: str) -> Iterator[Cursor]:
        """Enter a database as the provisioner; only goldens and copies before the hand-over."""
        with opened(self._server.within(name), LONG, APPLICATION) as cursor:
            yield cursor

    def _as_tenant(
        self, name: str, generation: int, settings: Mapping[str, str] = NOTHING
    ) -> AbstractContextManager[Cursor]:
        """Enter a tenant's database as the tenant."""
        return used(self._connect_as_tenant(name, generation, settings))

    def _connect_as_tenant(
        self, name: str, generation: int, settings: Mapping[str, str] = NOTHING
    ) -> Connection:
        role = stem_of(checked(name))
        return self._logins.open(role, generation, name, SHORT, "saas control", settings)
