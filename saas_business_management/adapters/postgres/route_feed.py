"""Reading the route map from the control database, and hearing at once when it changed.

Owns: the one connection a node process keeps there, and its statements. Does not own: what the map
means (`kernel/gateway`) and when to read (`gateway/agent.py`).
"""

import select
from dataclasses import dataclass

from ...kernel.errors import Broken
from ...kernel.gateway.route import Route
from .connect import Connection, Limits, Server, connect
from .errors import translated

CHANNEL = "saas_gateway"
LIMITS = Limits(connect_seconds=3, statement_seconds=20, lock_seconds=5)
# One statement, so that horizon and rows come from one snapshot. A row of a transaction that is
# still open has an xid >= the horizon and is found by the next read.
_READ = """
SELECT now.horizon::text, r.id, coalesce(r.host, ''), r.database, r.generation, r.state,
       coalesce(r.reason, ''), coalesce(r.tenant_uuid::text, ''), coalesce(r.tenant_name, ''),
       coalesce(r.redirect, ''), coalesce(r.restricted, false), coalesce(r.code, false),
       coalesce(r.brand, 0), coalesce(to_char(r.since, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ''),
       coalesce(r.kept_until::text, '')
  FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS horizon) AS now
  LEFT JOIN saas_route AS r ON r.node_role = current_user AND r.changed_xid >= %s::xid8
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """Rows read, and the horizon from which the next read has to look."""

    routes: tuple[Route, ...]
    horizon: int


class RouteFeed:
    """A connection that listens; open it before anything else, close it after any error."""

    def __init__(
        self, server: Server, application: str = "saas-gateway", spare: Server | None = None
    ) -> None:
        self.use(server, spare)
        self._application = application
        self._cnx: Connection | None = None

    def use(self, server: Server, spare: Server | None = None) -> None:
        """Connect here from the next time on; `spare` is tried when that login is refused."""
        self._server, self._spare = server, spare

    def open(self) -> None:
        """Connect and listen; what changes from here on wakes `wait`.

        Raises: Unavailable when nothing answers, Broken when the login is refused.
        """
        self.close()
        self._cnx = self._connect()
        with translated(), self._cnx.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")

    def _connect(self) -> Connection:
        try:
            return connect(self._server, LIMITS, self._application)
        except Broken as error:
            if error.code != "login_refused" or self._spare is None:
                raise
            return connect(self._spare, LIMITS, self._application)

    def read(self, horizon: int = 0) -> Reading:
        """Return the rows changed since an earlier reading's horizon; all of them without one.

        Raises: Unavailable or Broken.
        """
        with translated(), self._cnx.cursor() as cursor:
            cursor.execute(_READ, (str(horizon),))
            rows = cursor.fetchall()
        routes = tuple(Route(*row[1:]) for row in rows if row[1] is not None)
        return Reading(routes, int(rows[0][0]))

    def wait(self, seconds: float) -> bool:
        """Sleep until something changed or the time is over; tell which.

        Raises: Unavailable when the connection is lost.
        """
        with translated():
            if not self._cnx.notifies:
                select.select([self._cnx], [], [], seconds)
                self._cnx.poll()
            heard = bool(self._cnx.notifies)
            self._cnx.notifies.clear()
            return heard

    def close(self) -> None:
        """Let the connection go; nothing happens when there is none."""
        cnx, self._cnx = self._cnx, None
        if cnx is not None:
            cnx.close()
