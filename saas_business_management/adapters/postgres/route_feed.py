"""Reading the route map from the control database, and hearing at once when it changed.

Owns: the one connection a node process keeps there, and its statements: routes, brands, and what a
node tells (`saas_node_event`, `saas_node_usage`, `saas_machine_report`, `saas_log_line`). Does not
own: what the map means (`kernel/gateway`) and when to read (`gateway/agent.py`).
"""

import json
import select
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg2 import extras

from ...kernel.errors import Broken
from ...kernel.gateway.brand import Brand
from ...kernel.gateway.count import Counted
from ...kernel.gateway.event import Told
from ...kernel.gateway.log_line import Line
from ...kernel.gateway.route import Route
from .connect import Connection, Cursor, Limits, Server, connect
from .errors import translated

CHANNEL = "saas_gateway"
LIMITS = Limits(connect_seconds=3, statement_seconds=20, lock_seconds=5)
# A control plane of an earlier version has no column `limits`, which a JSON of the row forgives.
# One statement, so that horizon and rows come from one snapshot. A row of a transaction that is
# still open has an xid >= the horizon and is found by the next read.
_READ = """
SELECT now.horizon::text, r.id, coalesce(r.host, ''), r.database, r.generation, r.state,
       coalesce(r.reason, ''), coalesce(r.tenant_uuid::text, ''), coalesce(r.tenant_name, ''),
       coalesce(r.redirect, ''), coalesce(r.restricted, false), coalesce(r.code, false),
       coalesce(r.brand, 0), coalesce(to_char(r.since, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ''),
       coalesce(r.kept_until::text, ''), coalesce(to_jsonb(r) ->> 'limits', '')
  FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS horizon) AS now
  LEFT JOIN saas_route AS r ON r.node_role = current_user AND r.changed_xid >= %s::xid8
"""
# A control plane of an earlier version has no brands and hears no events; a node asks before.
_MAY = """
SELECT coalesce(has_table_privilege(to_regclass('public.saas_route_brand'), 'SELECT'), false),
       coalesce(has_any_column_privilege(to_regclass('public.saas_node_event'), 'INSERT'), false),
       coalesce(has_any_column_privilege(to_regclass('public.saas_node_usage'), 'INSERT'), false),
       coalesce(has_any_column_privilege(to_regclass('public.saas_machine_report'), 'INSERT'),
                false),
       EXISTS (SELECT FROM pg_attribute
                WHERE attrelid = to_regclass('public.saas_node_usage') AND attname = 'routes'
                  AND has_column_privilege(attrelid, attnum, 'INSERT')),
       coalesce(has_any_column_privilege(to_regclass('public.saas_log_line'), 'INSERT'), false),
       EXISTS (SELECT FROM pg_attribute
                WHERE attrelid = to_regclass('public.saas_node_usage') AND attname = 'users'
                  AND has_column_privilege(attrelid, attnum, 'INSERT'))
"""
_READ_BRANDS = """
SELECT b.brand_id, coalesce(b.name, ''), coalesce(b.is_default, false),
       coalesce(b.primary_color, ''), coalesce(b.secondary_color, ''),
       coalesce(b.logo, ''), coalesce(b.texts, ''),
       coalesce(b.support_name, ''), coalesce(b.support_email, ''), coalesce(b.support_phone, ''),
       coalesce(b.support_url, ''), coalesce(b.legal_name, ''), coalesce(b.terms_url, ''),
       coalesce(b.privacy_url, '')
  FROM saas_route_brand AS b WHERE b.changed_xid >= %s::xid8
"""
_TELL = """
INSERT INTO saas_node_event
       (node_role, process, sequence, at, rule, database, source, count, facts)
VALUES %s ON CONFLICT DO NOTHING
"""
_TELL_ROW = "(current_user, %s, %s, to_timestamp(%s) AT TIME ZONE 'UTC', %s, %s, %s, %s, %s)"
# The age is told, and the instant is the control plane's: the clocks of nodes do not matter.
_COUNT = """
INSERT INTO saas_node_usage
       (node_role, process, sequence, at, database, requests, api_calls, failures, bytes_in,
        bytes_out, response_ms, answered, cron_ms, latency)
VALUES %s ON CONFLICT DO NOTHING
"""
_COUNT_ROW = (
    "(current_user, %s, %s, (now() AT TIME ZONE 'UTC') - make_interval(secs => %s), "
    "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
# The node's clock is told beside the control plane's, which the row gets when it comes.
_REPORT = """
INSERT INTO saas_machine_report (node_role, machine, told_at, figures)
VALUES (current_user, %s, to_timestamp(%s) AT TIME ZONE 'UTC', %s) ON CONFLICT DO NOTHING
"""
# A control plane of an earlier version does not count these.
_COUNT_MORE = _COUNT.replace("latency)", "latency, failed_logins, held_requests, routes)")
_COUNT_MORE_ROW = _COUNT_ROW.removesuffix(")") + ", %s, %s, %s)"
_COUNT_USERS = _COUNT_MORE.replace("routes)", "routes, users)")
_COUNT_USERS_ROW = _COUNT_MORE_ROW.removesuffix(")") + ", %s)"
_WRITE = """
INSERT INTO saas_log_line
       (node_role, process, sequence, at, level, logger, message, database, request, status, ms,
        count)
VALUES %s ON CONFLICT DO NOTHING
"""
_WRITE_ROW = (
    "(current_user, %s, %s, (now() AT TIME ZONE 'UTC') - make_interval(secs => %s), "
    "%s, %s, %s, %s, %s, %s, %s, %s)"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """Rows read, and the horizon from which the next read has to look."""

    routes: tuple[Route, ...]
    horizon: int
    brands: tuple[Brand, ...] = ()


class RouteFeed:
    """A connection that listens; open it before anything else, close it after any error."""

    def __init__(
        self, server: Server, application: str = "saas-gateway", spare: Server | None = None
    ) -> None:
        self.use(server, spare)
        self._application = application
        self._cnx: Connection | None = None
        self._has_brands = self._may_tell = self._may_count = self._may_report = False
        self._may_count_more = self._may_write = self._may_count_users = False

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
            brands = self._read_brands(cursor, horizon)
        routes = tuple(Route(*row[1:]) for row in rows if row[1] is not None)
        return Reading(routes, int(rows[0][0]), brands)

    def tell(self, process: str, events: Sequence[Told]) -> None:
        """Write down what this process noticed; telling the same again changes nothing.

        Raises: Unavailable or Broken; what was told may have arrived all the same.
        """
        if not self._may_tell or not events:
            return
        rows = [
            (process, one.sequence, one.at, one.rule, one.database, one.source, one.count, facts)
            for one in events
            for facts in [json.dumps(dict(one.facts))]
        ]
        with translated(), self._cnx.cursor() as cursor:
            extras.execute_values(cursor, _TELL, rows, _TELL_ROW)

    def count(self, process: str, counted: Sequence[Counted], age_seconds: float) -> None:
        """Write down what this process counted so long ago; the same again changes nothing.

        Raises: Unavailable or Broken; what was counted may have arrived all the same.
        """
        if not self._may_count or not counted:
            return
        rows = [
            (
                *(process, one.sequence, age_seconds, one.database, one.requests, one.api_calls),
                *(one.failures, one.bytes_in, one.bytes_out, one.response_ms, one.answered),
                *(one.cron_ms, list(one.latency)),
                *(_more(one) if self._may_count_more else ()),
                *((json.dumps(one.users),) if self._may_count_users else ()),
            )
            for one in counted
        ]
        statement, row = self._count_order()
        with translated(), self._cnx.cursor() as cursor:
            extras.execute_values(cursor, statement, rows, row)

    def _count_order(self) -> tuple[str, str]:
        if self._may_count_users:
            return _COUNT_USERS, _COUNT_USERS_ROW
        return (_COUNT_MORE, _COUNT_MORE_ROW) if self._may_count_more else (_COUNT, _COUNT_ROW)

    def write(self, process: str, lines: Sequence[Line]) -> None:
        """Write down lines of the log; the same again changes nothing.

        Raises: Unavailable or Broken; what was written may have arrived all the same.
        """
        if not self._may_write or not lines:
            return
        rows = [
            (
                *(process, one.sequence, one.age_seconds, one.level, one.logger, one.message),
                *(one.database, one.request, one.status, one.ms, one.count),
            )
            for one in lines
        ]
        with translated(), self._cnx.cursor() as cursor:
            extras.execute_values(cursor, _WRITE, rows, _WRITE_ROW)

    def report(self, machine: str, figures: Mapping[str, float]) -> None:
        """Write down the figures of this node's machine; one row a minute is taken.

        Raises: Unavailable or Broken.
        """
        if not self._may_report:
            return
        row = (machine, time.time(), json.dumps(dict(figures)))
        with translated(), self._cnx.cursor() as cursor:
            cursor.execute(_REPORT, row)

    def may_tell(self) -> None:
        """Ask what this control plane lets a node tell; `read` asks by itself.

        Raises: Unavailable or Broken.
        """
        with translated(), self._cnx.cursor() as cursor:
            self._ask_rights(cursor)

    def _ask_rights(self, cursor: Cursor) -> None:
        cursor.execute(_MAY)
        found = cursor.fetchone()
        self._has_brands, self._may_tell, self._may_count, self._may_report = found[:4]
        self._may_count_more, self._may_write = found[4:6]
        self._may_count_users = self._may_count_more and found[6]

    def _read_brands(self, cursor: Cursor, horizon: int) -> tuple[Brand, ...]:
        """Read after the routes: what is seen twice does no harm, nothing is missed."""
        if not horizon:
            self._ask_rights(cursor)
        if not self._has_brands:
            return ()
        cursor.execute(_READ_BRANDS, (str(horizon),))
        return tuple(Brand(*row) for row in cursor.fetchall())

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


def _more(one: Counted) -> tuple[int, int, str]:
    return one.failed_logins, one.held_requests, json.dumps(one.routes)
