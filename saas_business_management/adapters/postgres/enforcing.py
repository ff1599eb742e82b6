"""A cluster as the job that applies limits works with it.

Owns: which role does what in a tenant's database, in which order, rights lent for a step. Does not
own: the statements (`limits_schema.py`), when (job `apply_limits`).

The provisioner stays in database `postgres`: it lets `saas_limits` enter, and lends it CREATE on
the database while schema `saas` is made. A tenant that makes us wait for a lock is tried again.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from ...kernel.errors import Broken, Refused, Unavailable
from ...kernel.provisioning.naming import checked, stem_of
from ...kernel.quota.enforced import NOT_MENDED, Enforced, Seen
from ...kernel.quota.share import Share
from ...kernel.secret import Secret
from . import admin, limits_schema, locks, roles
from . import share as shares
from .connect import Cursor, Limits, Server, connect, opened, used
from .roles import LIMITS
from .tenant_login import TenantLogins

# A transaction that lies idle for longer keeps nobody's limits from being applied.
LINGERS_SECONDS = 600
QUICK = Limits(connect_seconds=5, statement_seconds=15, lock_seconds=2)
APPLICATION = "saas limits"


class Enforcing:
    """The part of `ClusterPort` that has limits enforced; mixed into `PostgresCluster`."""

    _server: Server
    _logins: TenantLogins
    _limits_password: Secret | None
    _connections: int

    def look_at_limits(self, name: str) -> Seen:
        """As `saas_limits`, reading the catalogue and its own tables only.

        Raises: Refused (`database_name_form`, `limits_role_unknown`), Unavailable, Broken
        (`database_closed`).
        """
        with self._as_limits(checked(name), limits_schema.LOOKING) as cursor:
            return limits_schema.look(cursor)

    def put_limits(self, name: str, generation: int, wanted: Enforced) -> None:
        """Write the numbers, and put right what they need to hold. May run twice.

        Only what is made on the tenant's own tables needs the tenant's login.
        Raises: Refused (`limits_role_unknown`), Unavailable (`lock_timeout`), Broken
        (`login_refused`, `table_replaced` after all else was done).
        """
        with opened(self._server, QUICK, APPLICATION) as cursor:
            locks.hold_database(cursor, checked(name))
            admin.let_enter(cursor, name, LIMITS)
            seen = self.look_at_limits(name)
            with self._not_kept_waiting(cursor, name):
                if seen.defects:
                    self._mend(cursor, name, generation, seen)
                with self._as_limits(name, limits_schema.WRITING) as inner:
                    limits_schema.write(inner, wanted, afresh=bool(seen.defects))
        if NOT_MENDED.intersection(seen.defects):
            raise Broken("table_replaced")

    def share_stands(self, name: str, share: Share) -> bool:
        """As the provisioner, reading the catalogue only.

        Raises: Refused (`database_name_form`), Unavailable, Broken.
        """
        with opened(self._server, QUICK, APPLICATION) as cursor:
            return shares.stands(cursor, checked(name), stem_of(name), share, self._connections)

    def put_share(self, name: str, share: Share) -> None:
        """Set limits of the role and of the database. May run twice.

        Raises: Refused (`database_name_form`), Unavailable (`lock_timeout`), Broken
        (`role_missing`).
        """
        with opened(self._server, QUICK, APPLICATION) as cursor:
            locks.hold_database(cursor, checked(name))
            roles.require(cursor, stem_of(name))
            shares.put(cursor, name, stem_of(name), share, self._connections)

    def _mend(self, cursor: Cursor, name: str, generation: int, seen: Seen) -> None:
        tenant = (stem_of(name), generation, name, QUICK, APPLICATION, limits_schema.WRITING)
        if "schema_foreign" in seen.defects:
            with used(self._logins.open(*tenant)) as inner:
                limits_schema.move_away(inner)
        with self._lent_create(cursor, name), self._as_limits(name, limits_schema.WRITING) as inner:
            limits_schema.make(inner, stem_of(name))
        if not NOT_MENDED.intersection(seen.defects):
            with used(self._logins.open(*tenant)) as inner:
                limits_schema.hang_up(inner)

    @contextmanager
    def _not_kept_waiting(self, cursor: Cursor, name: str) -> Iterator[None]:
        """When somebody keeps a lock for too long doing nothing, end that session: the next try
        gets it.
        """
        try:
            yield
        except Unavailable as error:
            if error.code == "lock_timeout":
                roles.end_idle(cursor, stem_of(name), name, LINGERS_SECONDS)
            raise

    @contextmanager
    def _lent_create(self, cursor: Cursor, name: str) -> Iterator[None]:
        admin.lend_create(cursor, name, LIMITS)
        try:
            yield
        finally:
            admin.take_create_back(cursor, name, LIMITS)

    @contextmanager
    def _as_limits(self, name: str, settings: dict[str, str]) -> Iterator[Cursor]:
        """Enter as `saas_limits`; where it may not yet, it is let in first."""
        if self._limits_password is None:
            raise Refused("limits_role_unknown")
        login = self._server.within(name).as_role(LIMITS, self._limits_password)
        try:
            cnx = connect(login, QUICK, APPLICATION, settings)
        except Broken as error:
            if error.code != "database_closed":
                raise
            with opened(self._server, QUICK, APPLICATION) as cursor:
                locks.hold_database(cursor, name)
                admin.let_enter(cursor, name, LIMITS)
            cnx = connect(login, QUICK, APPLICATION, settings)
        with used(cnx) as cursor:
            yield cursor
