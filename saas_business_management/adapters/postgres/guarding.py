"""A cluster as its auditor works with it: looking, putting right, attacking, ending old sessions.

Owns: which login looks where. Does not own: SQL (`privileges.py`, `tenant_look.py`, `hostile.py`,
`roles.py`), what is a finding (`kernel/provisioning/privileges.py`).
"""

from collections.abc import Callable, Mapping
from contextlib import closing

from ...kernel.errors import Broken, SaasError, Unavailable
from ...kernel.provisioning.naming import checked
from ...kernel.provisioning.privileges import Baseline, Inside, Privileges
from ..ports import Attack, Clock
from . import hostile, privileges, roles, tenant_look
from .connect import SHORT, Connection, Cursor, Limits, Server, connect, used
from .tenant_login import TenantLogins
from .warm import WarmConnection

QUICK = Limits(connect_seconds=5, statement_seconds=5, lock_seconds=1)
# Findings that `ensure_role` puts right.
BY_ENSURING = frozenset({"tenant_unmarked", "role_limit", "temp_files", "password_changed"})


class Guarding:
    """The part of `ClusterPort` that keeps tenants apart; mixed into `PostgresCluster`."""

    _server: Server
    _warm: WarmConnection
    _connections: int
    _clock: Clock
    _logins: TenantLogins
    ensure_role: Callable[[str, int], None]

    def baseline(self) -> Baseline:
        """Return what is right on this cluster."""
        return Baseline(
            provisioner=self._server.user,
            node=roles.NODE,
            tenants_group=roles.TENANTS,
            builder=roles.BUILDER,
            connections=self._connections,
            spare_connections=roles.SPARE_CONNECTIONS,
            temp_files=roles.TEMP_FILES,
        )

    def privileges(self) -> Privileges:
        """Read rights and settings of the whole cluster from outside.

        Raises: Unavailable, Broken.
        """
        return self._warm.run(privileges.read)

    def inside(self, name: str, generation: int) -> Inside:
        """Enter a tenant's database as the tenant and look; what cannot be seen stays unknown.

        Raises: Refused (`database_name_form`).
        """
        checked(name)
        try:
            cnx = self._login(name, generation, name)
        except SaasError as error:
            return Inside(opens=False if error.code == "login_refused" else None)
        try:
            with used(cnx) as cursor:
                return tenant_look.look(cursor)
        except SaasError:
            return Inside(opens=True)

    def mend_right(self, kind: str, name: str, generation: int, facts: Mapping) -> None:
        """Put one finding right.

        Raises: Refused, Unavailable, Broken (`right_missing`, `mend_unknown`, `role_missing`).
        """
        checked(name)
        if kind in BY_ENSURING:
            self._warm.run(lambda cursor: roles.require(cursor, name))
            self.ensure_role(name, generation)
        else:
            self._warm.run(lambda cursor: privileges.mend(cursor, kind, name, facts))

    def attack(self, name: str, generation: int, other: str) -> list[Attack]:
        """Try every hostile statement as the tenant, each rolled back, and tell what came of it.

        `other` is another tenant's database, empty when there is none. Raises: Refused,
        Unavailable, Broken (`login_refused`) when the tenant cannot be entered.
        """
        checked(name)
        generation = self._generation_of_now(name, generation)
        decoy = self._connect_decoy()
        with closing(decoy), closing(self._login(name, generation, name)) as cnx:
            names = hostile.names(name, decoy.info.backend_pid)
            found = hostile.attack(cnx, names)
        targets = [*hostile.CLOSED_DATABASES, *([checked(other)] if other else [])]
        return [*found, *(self._try_to_enter(name, generation, target) for target in targets)]

    def moment(self) -> str:
        """Return the server's own instant, for `end_sessions_before`."""

        def ask(cursor: Cursor) -> str:
            cursor.execute("SELECT clock_timestamp()::text")
            return cursor.fetchone()[0]

        return self._warm.run(ask)

    def end_sessions_before(self, role: str, moment: str, patience_seconds: float) -> int:
        """Wait for a role's sessions from before a moment to end by themselves, then end the rest.

        Return how many had to be ended. Raises: Unavailable (`sessions_remain`), Broken.
        """
        checked(role)
        return self._warm.run(
            lambda cursor: roles.end_older(cursor, role, moment, self._clock, patience_seconds)
        )

    def _login(self, name: str, generation: int, database: str) -> Connection:
        return self._logins.open(name, generation, database, QUICK, "saas audit")

    def _generation_of_now(self, name: str, generation: int) -> int:
        """Return the generation, or the next one while the password is just being changed."""
        try:
            self._login(name, generation, name).close()
        except Broken as error:
            if error.code != "login_refused":
                raise
            return generation + 1
        return generation

    def _connect_decoy(self) -> Connection:
        """Open the session that a hostile statement tries to end: ours, so that nobody misses
        it."""
        return connect(self._server, SHORT, "saas decoy")

    def _try_to_enter(self, name: str, generation: int, database: str) -> Attack:
        """Tell what came of connecting to a database that is not the tenant's."""
        label = hostile.ENTER.format(database=hostile.shown(database))
        try:
            self._login(name, generation, database).close()
        except Broken as error:
            closed = error.code in ("database_closed", "login_refused")
            return Attack(label, "refused" if closed else "unknown", error.code)
        except Unavailable as error:
            return Attack(label, "unknown", error.code)
        return Attack(label, "succeeded", "")
