"""Which worker may carry which job, and how it says that it is alive.

Owns: claim, take-over of dead workers' jobs, heartbeat, release, waiting for work; the table
`saas_job_lease`. Does not own: what a job does, its journal, when a failed one is due again.

All of it runs on a connection of its own in READ COMMITTED, one statement a transaction, so the
long REPEATABLE READ transactions of the records never meet it. Time is the clock of the control
database.
"""

import select
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass

from ..kernel.errors import Broken, SaasError
from .postgres import locks
from .postgres.connect import SHORT, Cursor, Server, transaction
from .postgres.warm import WarmConnection

STALE_SECONDS = 30.0
CHANNEL = "saas_job"
RACES = 100


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
           started_at = coalesce(j.started_at, date_trunc('second', clock_timestamp() AT TIME ZONE 'UTC'))
      FROM picked
     WHERE j.id = picked.id
 RETURNING j.id, j.kind, j.state, j.fence, j.deaths
), leased AS (
    INSERT INTO saas_job_lease (job_id, fence, worker, beat_at)
    SELECT id, fence, %(worker)s, clock_timestamp() FROM taken
    ON CONFLICT (job_id) DO UPDATE
       SET fence = excluded.fence, worker = excluded.worker, beat_at = excluded.beat_at
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


class JobLease:
    """The claim on one control database; `server.database` names it. For one thread."""

    def __init__(self, server: Server, stale_seconds: float = STALE_SECONDS) -> None:
        self._warm = WarmConnection(server, SHORT, "saas job lease")
        self._stale = stale_seconds
        self._look_at = 0.0
        self._heard_on: object = None

    def claim(self, worker: str, kinds: Collection[str] | None = None) -> Claimed | None:
        """Take the job whose turn it is, one of these kinds if any are named; None when there is
        nothing to do.

        Jobs of dead workers and those due on their way back are looked for every sixth part of the
        stale time, and whenever nothing waits.
        Raises: Unavailable, Broken.
        """
        values = {
            "worker": worker,
            "kinds": list(kinds) if kinds is not None else None,
            "stale": self._stale,
        }
        if time.monotonic() >= self._look_at:
            claimed = self._warm.run(lambda cursor: _take_over(cursor, values))
            claimed = claimed or self._take(TAKE_UNDOING, values)
            if claimed:
                return claimed
            self._look_at = time.monotonic() + self._stale / 6
        return self._take(TAKE_WAITING, values) or self._take(TAKE_UNDOING, values)

    def beat(self, job_id: int, fence: int) -> bool:
        """Say that the worker is alive; False when the job is no longer its own.

        Raises: Unavailable, Broken.
        """
        return self._warm.run(lambda cursor: _beat(cursor, job_id, fence))

    def release(self, job_id: int, fence: int) -> None:
        """Give the lease back; nothing happens when somebody else has it.

        Raises: Unavailable, Broken.
        """
        self._warm.run(
            lambda cursor: cursor.execute(
                "DELETE FROM saas_job_lease WHERE job_id = %s AND fence = %s", (job_id, fence)
            )
        )

    def wait(self, seconds: float) -> bool:
        """Sleep until somebody asks for work, True, or the time is over, False.

        What was asked since the last call counts; the first call on a new connection returns True
        at once, because nobody listened before.
        Raises: Unavailable, Broken.
        """
        return self._warm.run(lambda cursor: self._listen(cursor) or _notified(cursor, seconds))

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        self._warm.close()

    def _take(self, statement: str, values: dict[str, object]) -> Claimed | None:
        """Take the next job; when another of its serial key was taken in the same instant, look
        again.
        """
        for _again in range(RACES):
            try:
                return self._warm.run(lambda cursor: _claim(cursor, statement, values))
            except Broken as error:
                # The other one has committed by now, so the next look sees its key as busy.
                if error.code != "not_unique":
                    raise
        return None

    def _listen(self, cursor: Cursor) -> bool:
        if self._heard_on is cursor.connection:
            return False
        cursor.execute(f"LISTEN {CHANNEL}")
        self._heard_on = cursor.connection
        return True


def _claim(cursor: Cursor, statement: str, values: dict[str, object]) -> Claimed | None:
    cursor.execute(statement, values)
    row = cursor.fetchone()
    return row and Claimed(*row)


def _take_over(cursor: Cursor, values: dict[str, object]) -> Claimed | None:
    """Take a job whose worker is dead; the lock comes first, so the look sees what the last one
    took.
    """
    with transaction(cursor.connection) as inner:
        return _claim(inner, TAKE_STALE, values) if locks.try_take_over(inner) else None


def _beat(cursor: Cursor, job_id: int, fence: int) -> bool:
    cursor.execute(
        "UPDATE saas_job_lease SET beat_at = clock_timestamp() WHERE job_id = %s AND fence = %s",
        (job_id, fence),
    )
    return cursor.rowcount == 1


def _notified(cursor: Cursor, seconds: float) -> bool:
    """Wait on the socket; one that closed shows as an error of the poll."""
    cnx = cursor.connection
    cnx.poll()
    if not cnx.notifies and select.select([cnx], [], [], seconds)[0]:
        cnx.poll()
    heard = bool(cnx.notifies)
    cnx.notifies.clear()
    return heard


class Heartbeat:
    """Beats for one job from a thread of its own while the block runs; `lost` is set when the job
    is no longer ours.

    Without an answer of the database for most of the stale time the job counts as lost: another may
    have taken it.
    """

    def __init__(
        self,
        server: Server,
        job_id: int,
        fence: int,
        every: float = 10,
        stale_seconds: float = STALE_SECONDS,
    ) -> None:
        self.lost = threading.Event()
        self._lease = JobLease(server, stale_seconds)
        self._job = (job_id, fence)
        self._every = every
        self._patience = stale_seconds * 5 / 6
        self._answered = time.monotonic()
        self._end = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"saas heartbeat {job_id}", daemon=True
        )

    def __enter__(self) -> "Heartbeat":
        self._answered = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        self._thread.join(timeout=15)

    def alive(self) -> bool:
        """Say from memory whether the job is still ours; a process that was stopped knows it at
        once.
        """
        return not self.lost.is_set() and self._patient()

    def _patient(self) -> bool:
        return time.monotonic() - self._answered < self._patience

    def _run(self) -> None:
        while not self._end.wait(self._every):
            asked = time.monotonic()
            try:
                ours = self._lease.beat(*self._job)
                self._answered = asked
            except SaasError:
                ours = self._patient()
            if not ours:
                self.lost.set()
                break
        self._lease.close()
