"""A cluster as a move works with it: one tenant's database closed to everybody, and opened again.

Owns: the order in which it is closed. Does not own: SQL on roles (`roles.py`), who logs in for a
purpose meanwhile (`restoring.py`), carrying data (`adapters/mover.py`).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

from psycopg2 import sql

from ...kernel.provisioning.naming import checked
from ..ports import Clock
from . import admin, roles
from .connect import Cursor

READ_ONLY = "ALTER DATABASE {} SET default_transaction_read_only = on"
READ_WRITE = "ALTER DATABASE {} RESET default_transaction_read_only"
LOOK_SECONDS = 0.02
# A session that only waits for its next order has nothing to lose.
BUSY = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND state IS DISTINCT FROM 'idle'"


class Moving:
    """The part of `ClusterPort` that moves; mixed into `PostgresCluster`."""

    _clock: Clock
    _holding: Callable[[str], AbstractContextManager[Cursor]]

    def freeze(self, name: str, patience_seconds: float) -> int:
        """Close a tenant's database to everybody; return how many sessions were in the middle of
        something when they were ended.

        Raises: Refused, Unavailable (`sessions_remain`), Broken (`role_missing`).
        """
        with self._holding(name) as cursor:
            roles.set_login(cursor, name, False)
            cursor.execute(sql.SQL(READ_ONLY).format(sql.Identifier(name)))
            busy = self._wait_for(cursor, name, patience_seconds)
            roles.end_sessions(cursor, name, self._clock)
            return busy

    def thaw(self, name: str) -> None:
        """Let the database take writes again; absent is done."""
        with self._holding(checked(name)) as cursor:
            if admin.find(cursor, name) is not None:
                cursor.execute(sql.SQL(READ_WRITE).format(sql.Identifier(name)))

    def _wait_for(self, cursor: Cursor, role: str, seconds: float) -> int:
        """Let what runs end by itself; return how many sessions did not."""
        until = self._clock.monotonic() + seconds
        while True:
            cursor.execute(BUSY, (role,))
            busy = cursor.fetchone()[0]
            if not busy or self._clock.monotonic() > until:
                return busy
            self._clock.sleep(LOOK_SECONDS)
