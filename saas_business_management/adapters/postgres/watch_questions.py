"""What one look asks a server, in statements that read catalogues and statistics alone.

Owns: the statements, differences between versions. Does not own: the connection (`watching.py`).

Source: PostgreSQL manual, chapters "The Cumulative Statistics System" and "pg_stat_statements".
"""

from psycopg2 import errors, sql

from ..ports import Counters, DatabaseSight, Sight, Statement
from .connect import Cursor

WITH_SESSION_TIME = 140000
WITH_CHECKPOINTER = 170000
MOST_STATEMENTS = 200
OURS = "^[gt]_[a-z2-7]{26}(_[rz][0-9]+)?$"
ACTIVITY = """
SELECT datname, count(*), count(*) FILTER (WHERE state = 'active'),
       max(extract(epoch FROM now() - xact_start)),
       max(extract(epoch FROM now() - state_change))
           FILTER (WHERE state LIKE 'idle in transaction%%'),
       count(*) FILTER (WHERE blocked),
       max(extract(epoch FROM now() - state_change)) FILTER (WHERE blocked),
       coalesce(sum(extract(epoch FROM now() - query_start)) FILTER (WHERE state = 'active'), 0)
  FROM (SELECT *, wait_event_type = 'Lock' AND cardinality(pg_blocking_pids(pid)) > 0 AS blocked
          FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS seen
 GROUP BY datname
"""
SERVER = """
SELECT extract(epoch FROM clock_timestamp()), current_setting('max_connections')::int,
       pg_postmaster_start_time()::text, pg_is_in_recovery(),
       current_setting('archive_mode') <> 'off'
"""
CATALOGUE = """
SELECT count(*) FILTER (WHERE datconnlimit = -2),
       max(greatest(age(datfrozenxid), mxid_age(datminmxid))) / 2147483648.0 * 100,
       count(*) FILTER (WHERE datname ~ %s AND datallowconn AND EXISTS (
           SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba))) AS granted
            WHERE granted.grantee = 0 AND granted.privilege_type = 'CONNECT'))
  FROM pg_database
"""
# What puts data at risk or blinds those who watch, and what is written but not in force.
SETTINGS = """
SELECT count(*) FROM pg_settings
 WHERE pending_restart OR (name, setting) IN (
       ('fsync', 'off'), ('full_page_writes', 'off'), ('autovacuum', 'off'),
       ('track_activities', 'off'), ('track_counts', 'off'), ('zero_damaged_pages', 'on'),
       ('ignore_checksum_failure', 'on'), ('password_encryption', 'md5'))
"""
REPLICAS = """
SELECT max(coalesce(extract(epoch FROM replay_lag), 0)),
       max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)) FROM pg_stat_replication
"""
SLOTS = """
SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn))
  FROM pg_replication_slots WHERE NOT active
"""
ARCHIVER = """
SELECT failed_count, extract(epoch FROM now() - last_archived_time), stats_reset::text
  FROM pg_stat_archiver
"""
CHECKPOINTS = "SELECT checkpoints_req, stats_reset::text FROM pg_stat_bgwriter"
CHECKPOINTS_17 = "SELECT num_requested, stats_reset::text FROM pg_stat_checkpointer"
DATABASES = """
SELECT s.datname, coalesce(s.stats_reset::text, ''), d.datconnlimit, s.xact_commit,
       s.xact_rollback, s.blks_read, s.blks_hit, s.tup_inserted + s.tup_updated + s.tup_deleted,
       s.temp_bytes, s.deadlocks, {active}, {killed}
  FROM pg_stat_database AS s JOIN pg_database AS d ON d.oid = s.datid WHERE s.datname ~ %s
"""
COUNTED = (
    *("transactions", "rollbacks", "blocks_read", "blocks_hit", "rows_changed", "temp_bytes"),
    *("deadlocks", "active_ms", "sessions_killed"),
)
EXTENSION = """
SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
 WHERE e.extname = 'pg_stat_statements'
"""
TRY = "SELECT FROM {schema}.pg_stat_statements(false) LIMIT 1"
WAL = """
SELECT d.datname, sum(s.wal_bytes)::float8
  FROM {schema}.pg_stat_statements(false) AS s JOIN pg_database AS d ON d.oid = s.dbid
 WHERE d.datname ~ %s GROUP BY d.datname
"""
STATEMENTS = """
SELECT d.datname, s.queryid::text, left(s.query, 4000), s.calls, s.total_exec_time
  FROM {schema}.pg_stat_statements AS s JOIN pg_database AS d ON d.oid = s.dbid
 WHERE d.datname ~ %s AND s.queryid IS NOT NULL ORDER BY s.total_exec_time DESC LIMIT %s
"""


def look(cursor: Cursor, statements: bool) -> Sight:
    """Ask everything, one statement after the other.

    Raises: psycopg2.Error, for the connection to translate.
    """
    cursor.execute(SERVER)
    seconds, most, started, standby, archives = cursor.fetchone()
    cursor.execute(ACTIVITY)
    activity = {row[0]: row[1:] for row in cursor.fetchall()}
    schema = _schema_of_statements(cursor)
    gauges = {"cluster_up": 1.0, **_sessions(list(activity.values()), most), **_catalogue(cursor)}
    if not standby:
        gauges |= _replication(cursor)
    counters, archive = _cluster_counters(cursor, archives)
    return Sight(
        seconds=float(seconds),
        gauges=_known({**gauges, **archive}),
        counters=Counters(started, counters),
        databases=_databases(cursor, activity, most, started, schema),
        statements=_statements(cursor, schema, started) if schema and statements else _none(schema),
    )


def _schema_of_statements(cursor: Cursor) -> tuple[str] | None:
    """Return where statements are counted; the extension may be there while nothing counts."""
    cursor.execute(EXTENSION)
    schema = cursor.fetchone()
    if schema is None:
        return None
    try:
        cursor.execute(sql.SQL(TRY).format(schema=sql.Identifier(schema[0])))
    except errors.ObjectNotInPrerequisiteState:
        return None
    return schema


def _none(schema: tuple[str] | None) -> list[Statement] | None:
    return [] if schema else None


def _sessions(rows: list[tuple], most: int) -> dict[str, float]:
    total = sum(row[0] for row in rows)
    return {
        "connections": total,
        "connections_percent": 100 * total / most,
        "sessions_active": sum(row[1] for row in rows),
        "longest_transaction_s": _longest(row[2] for row in rows),
        "longest_idle_in_transaction_s": _longest(row[3] for row in rows),
        "blocked_sessions": sum(row[4] for row in rows),
        "longest_blocked_s": _longest(row[5] for row in rows),
    }


def _longest(values: object) -> float:
    return max((float(one) for one in values if one is not None), default=0.0)


def _catalogue(cursor: Cursor) -> dict[str, object]:
    cursor.execute(CATALOGUE, (OURS,))
    names = ("invalid_databases", "wraparound_percent", "public_connect_databases")
    found = dict(zip(names, cursor.fetchone(), strict=True))
    cursor.execute(SETTINGS)
    return {**found, "settings_drift": cursor.fetchone()[0]}


def _replication(cursor: Cursor) -> dict[str, object]:
    cursor.execute(REPLICAS)
    lag, behind = cursor.fetchone()
    cursor.execute(SLOTS)
    (kept,) = cursor.fetchone()
    return {"replication_lag_s": lag, "replication_lag_bytes": behind, "slot_kept_bytes": kept}


def _cluster_counters(cursor: Cursor, archives: bool) -> tuple[dict[str, float], dict[str, object]]:
    newer = cursor.connection.server_version >= WITH_CHECKPOINTER
    cursor.execute(CHECKPOINTS_17 if newer else CHECKPOINTS)
    counters = {"checkpoints_requested": float(cursor.fetchone()[0])}
    if not archives:
        return counters, {}
    cursor.execute(ARCHIVER)
    failed, age, _reset = cursor.fetchone()
    return {**counters, "wal_archive_failures": float(failed)}, {"wal_archive_age_s": age}


def _databases(
    cursor: Cursor, activity: dict, most: int, started: str, schema: tuple[str] | None
) -> dict[str, DatabaseSight]:
    timed = cursor.connection.server_version >= WITH_SESSION_TIME
    parts = {
        "active": sql.SQL("s.active_time" if timed else "NULL"),
        "killed": sql.SQL("s.sessions_killed" if timed else "NULL"),
    }
    cursor.execute(sql.SQL(DATABASES).format(**parts), (OURS,))
    rows = cursor.fetchall()
    wal = _wal(cursor, schema) if schema else {}
    found = {}
    for name, reset, limit, *counted in rows:
        sessions = activity.get(name, (0, 0, None, None, 0, None, 0))
        numbers = _known({**dict(zip(COUNTED, counted, strict=True)), "wal_bytes": wal.get(name)})
        if "active_ms" in numbers:
            # The server books a statement when it ends; what runs now is added, so that the sum
            # grows as time passes.
            numbers["active_ms"] += 1000 * float(sessions[6])
        gauges = {
            "database_connections": sessions[0],
            "database_connections_percent": 100 * sessions[0] / (limit if limit > 0 else most),
            "database_blocked_sessions": sessions[4],
            "database_longest_transaction_s": sessions[2] or 0,
        }
        found[name] = DatabaseSight(_known(gauges), Counters(f"{started} {reset}", numbers))
    return found


def _wal(cursor: Cursor, schema: tuple[str]) -> dict[str, float]:
    cursor.execute(sql.SQL(WAL).format(schema=sql.Identifier(schema[0])), (OURS,))
    return dict(cursor.fetchall())


def _statements(cursor: Cursor, schema: tuple[str], started: str) -> list[Statement]:
    question = sql.SQL(STATEMENTS).format(schema=sql.Identifier(schema[0]))
    cursor.execute(question, (OURS, MOST_STATEMENTS))
    return [
        Statement(name, number, text, started, int(calls), float(total))
        for name, number, text, calls, total in cursor.fetchall()
    ]


def _known(values: dict[str, object]) -> dict[str, float]:
    return {code: float(value) for code, value in values.items() if value is not None}
