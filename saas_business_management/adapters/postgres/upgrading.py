"""A cluster as an upgrade works with it: the live database stands still and is copied as it is.

Owns: the order of things. Does not own: SQL on whole databases (`admin.py`, `standstill.py`), the
swap (`restoring.py`).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

from ...kernel.errors import Broken, Unavailable
from ...kernel.provisioning.naming import checked, stem_of
from ..ports import Clock
from . import admin, standstill
from .connect import Cursor

MODULES = "SELECT name, state, coalesce(latest_version, '') FROM public.ir_module_module"
LOOK_SECONDS = 0.05
# So long a session that was ended may take to be gone.
LEAVE_SECONDS = 10.0


class Upgrading:
    """The part of `ClusterPort` that copies what is live; mixed into `PostgresCluster`."""

    _connections: int
    _clock: Clock
    _holding: Callable[[str], AbstractContextManager[Cursor]]
    _as_tenant: Callable[..., AbstractContextManager[Cursor]]

    def module_states(self, name: str, generation: int) -> dict[str, list[str]]:
        """As the tenant's role: return each module's state and version.

        Raises: Refused, Unavailable, Broken (`login_refused`, `table_missing`).
        """
        with self._as_tenant(name, generation) as cursor:
            cursor.execute(MODULES)
            return {module: [state, version] for module, state, version in cursor.fetchall()}

    def stand_still(self, name: str, patience_seconds: float) -> str:
        """Let nobody in, wait for transactions under way, end the sessions; return the mark.

        Raises: Refused, Unavailable (`object_in_use`), Broken (`database_missing`).
        """
        with self._holding(name) as cursor:
            if admin.find(cursor, name) is None:
                raise Broken("database_missing", database=name)
            standstill.shut(cursor, name)
            self._until(lambda: not standstill.working(cursor, name), patience_seconds)
            admin.end_sessions(cursor, name)
            if not self._until(lambda: not standstill.inside(cursor, name), LEAVE_SECONDS):
                raise Unavailable("object_in_use")
            return standstill.mark(cursor, name)

    def _until(self, is_so: Callable[[], bool], seconds: float) -> bool:
        end = self._clock.monotonic() + seconds
        while not is_so():
            if self._clock.monotonic() > end:
                return False
            self._clock.sleep(LOOK_SECONDS)
        return True

    def copy_live(self, name: str, copy: str) -> int:
        """Copy a database that stands still; return the copy's oid.

        Raises: Refused, Unavailable (`object_in_use` while somebody is inside), Broken
        (`database_missing`, `database_changed`, `database_foreign`, `disk_full`).
        """
        role = stem_of(checked(copy))
        if role != checked(name) or copy == name:
            raise Broken("database_changed", database=copy)
        with self._holding(name) as cursor:
            if admin.usable(cursor, name) is None:
                raise Broken("database_missing", database=name)
            former = admin.usable(cursor, copy)
            if former is not None:
                admin.drop(cursor, former)
            admin.create(cursor, copy, name, self._connections)
            admin.open_to(cursor, copy, role, self._connections)
            return admin.find(cursor, copy).oid
