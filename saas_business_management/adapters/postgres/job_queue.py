"""SQL of the queue of jobs: pick, take, lease.

Owns: the statements on `saas_job` by which a worker takes a job, and all on `saas_job_lease`.
Does not own: when they are run (`adapters/lease.py`), the rest of the table (the records).

Source: PostgreSQL manual, 13.2.1 (READ COMMITTED) and SELECT, "The Locking Clause".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from . import locks
from .connect import Cursor, transaction


@dataclass(frozen=True)
class Claimed:
    """A job in our hands; `fence` must still be its fence with everything we write."""

    job_id: int
    kind: str
    state: str
    fence: int
    deaths: int


# One statement: pick, take, lease. A job due again on its way back waits as `undoing` with fence 0.
TAKE = """
WITH picked AS (
    {pick}
     LIMIT 1
       FOR UPDATE OF j SKIP LOCKED
), taken AS (
    UPDATE saas_job j
       SET state = CASE j.state WHEN 'undoing' THEN 'undoing' ELSE 'running' END,
           worker = %(worker)s,
           fence = nextval('saas_fence_seq'),
           deaths = coalesce(j.deaths, 0) + {died},
           started_at = coalesce(
               j.started_at, date_trunc('second', clock_timestamp() AT TIME ZONE 'UTC'))
      FROM picked
     WHERE j.id = picked.id
 RETURNING j.id, j.kind, j.state, j.fence, j.deaths
), leased AS (
    INSERT INTO saas_job_lease (job_id, fence, worker, beat_at)
    SELECT id, fence, %(worker)s, clock_timestamp() FROM taken
    ON CONFLICT (job_id) DO UPDATE
       SET fence = excluded.fence, worker = excluded.worker, beat_at = excluded.beat_at,
           session_pid = NULL, session_since = NULL
)
SELECT id, kind, state, fence, deaths FROM taken
"""
# Of one serial key nothing starts while another is carried, or was begun before and waits to go on.
# Both looks are found by partial indexes of the table, so their conditions stand apart.
DUE = """
    SELECT j.id FROM saas_job j
     WHERE {state}
       AND j.due_at <= clock_timestamp() AT TIME ZONE 'UTC'
       AND (%(kinds)s::text[] IS NULL OR j.kind = ANY(%(kinds)s::text[]))
       AND NOT EXISTS (
           SELECT FROM saas_job r
            WHERE r.serial_key = j.serial_key AND r.serial_key IS NOT NULL
              AND r.state IN ('running', 'undoing') AND r.fence > 0)
       AND NOT EXISTS (
           SELECT FROM saas_job r
            WHERE r.serial_key = j.serial_key AND r.serial_key IS NOT NULL
              AND r.state IN ('waiting', 'undoing') AND r.started_at IS NOT NULL AND r.id < j.id)
     ORDER BY j.priority, j.due_at, j.id
"""
STALE = """
    SELECT j.id FROM saas_job j LEFT JOIN saas_job_lease l ON l.job_id = j.id AND l.fence = j.fence
     WHERE j.state IN ('running', 'undoing') AND j.fence > 0
       AND (l.job_id IS NULL OR l.beat_at < clock_timestamp() - make_interval(secs => %(stale)s))
       AND (%(kinds)s::text[] IS NULL OR j.kind = ANY(%(kinds)s::text[]))
     ORDER BY j.priority, j.due_at, j.id
"""
TAKE_WAITING = TAKE.format(pick=DUE.format(state="j.state = 'waiting'"), died=0)
TAKE_UNDOING = TAKE.format(
    pick=DUE.format(state="j.state = 'undoing' AND coalesce(j.fence, 0) = 0"), died=0
)
TAKE_STALE = TAKE.format(pick=STALE, died=1)
# Left by a worker that died between its last commit and giving the lease back.
FORGOTTEN = """
    DELETE FROM saas_job_lease l
     WHERE l.beat_at < clock_timestamp() - make_interval(secs => %(stale)s)
       AND NOT EXISTS (
           SELECT FROM saas_job j
            WHERE j.id = l.job_id AND j.fence = l.fence AND j.state IN ('running', 'undoing'))
"""
# What a silent worker has not committed would keep its successor waiting. A session is known by its
# process and its beginning, for the number of a process comes again.
END_SILENT = """
SELECT pg_terminate_backend(a.pid, 5000)
  FROM saas_job_lease l
  JOIN pg_stat_activity a ON a.pid = l.session_pid AND a.backend_start = l.session_since
 WHERE l.beat_at < clock_timestamp() - make_interval(secs => %(stale)s)
"""
WORKS_IN = """
UPDATE saas_job_lease l
   SET session_pid = a.pid, session_since = a.backend_start
  FROM pg_stat_activity a
 WHERE l.job_id = %s AND l.fence = %s AND a.pid = %s
"""


def take_waiting(cursor: Cursor, values: Mapping[str, object]) -> Claimed | None:
    """Take the waiting job whose turn it is.

    Raises: Broken (`not_unique` when another of its serial key was taken in the same instant).
    """
    return _claim(cursor, TAKE_WAITING, values)


def take_undoing(cursor: Cursor, values: Mapping[str, object]) -> Claimed | None:
    """Take a job that waits on its way back.

    Raises: Broken (`not_unique`).
    """
    return _claim(cursor, TAKE_UNDOING, values)


def take_over(cursor: Cursor, values: Mapping[str, object]) -> Claimed | None:
    """Take a job whose worker is silent, and end the database session it wrote in; leases that
    dead workers left on ended jobs go.

    The lock comes first: a statement of this transaction then sees what the last holder took.
    """
    with transaction(cursor.connection) as inner:
        if not locks.try_take_over(inner):
            return None
        inner.execute(FORGOTTEN, values)
        inner.execute(END_SILENT, values)
        return _claim(inner, TAKE_STALE, values)


def beat(cursor: Cursor, job_id: int, fence: int) -> bool:
    """Renew a lease; False when there is none of this fence."""
    cursor.execute(
        "UPDATE saas_job_lease SET beat_at = clock_timestamp() WHERE job_id = %s AND fence = %s",
        (job_id, fence),
    )
    return cursor.rowcount == 1


def works_in(cursor: Cursor, job_id: int, fence: int, process: int) -> None:
    """Note the server process whose transaction writes for a lease of this fence."""
    cursor.execute(WORKS_IN, (job_id, fence, process))


def release(cursor: Cursor, job_id: int, fence: int) -> None:
    """Remove a lease of this fence."""
    order = "DELETE FROM saas_job_lease WHERE job_id = %s AND fence = %s"
    cursor.execute(order, (job_id, fence))


def _claim(cursor: Cursor, statement: str, values: Mapping[str, object]) -> Claimed | None:
    cursor.execute(statement, values)
    row = cursor.fetchone()
    return row and Claimed(*row)
