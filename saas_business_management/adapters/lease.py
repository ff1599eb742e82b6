"""Which worker may carry which job, and how it says that it is alive.

Owns: claim, take-over of dead workers' jobs, heartbeat, release, waiting for work. Does not own:
the SQL (`postgres/job_queue.py`), what a job does, its journal, when a failed one is due again.

All of it runs on a connection of its own in READ COMMITTED, one statement a transaction, so the
long REPEATABLE READ transactions of the records never meet it. Time is the clock of the control
database.
"""

import select
import threading
import time
from collections.abc import Callable, Collection, Mapping

from ..kernel.errors import Broken, SaasError
from .postgres import job_queue
from .postgres.connect import SHORT, Cursor, Server
from .postgres.job_queue import Claimed
from .postgres.warm import WarmConnection

STALE_SECONDS = 30.0
CHANNEL = "saas_job"
RACES = 100


class JobLease:
    """The claim on one control database; `server.database` names it. For one thread."""

    def __init__(self, server: Server, stale_seconds: float = STALE_SECONDS) -> None:
        self._warm = WarmConnection(server, SHORT, "saas job lease")
        self._stale = stale_seconds
        self._look_at = 0.0
        self._heard_on: object = None

    def claim(self, worker: str, kinds: Collection[str] | None = None) -> Claimed | None:
        """Take the job whose turn it is, None when there is nothing to do; only of these kinds.

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
            claimed = self._warm.run(lambda cursor: job_queue.take_over(cursor, values))
            claimed = claimed or self._take(job_queue.take_undoing, values)
            if claimed:
                return claimed
            self._look_at = time.monotonic() + self._stale / 6
        taken = self._take(job_queue.take_waiting, values)
        return taken or self._take(job_queue.take_undoing, values)

    def beat(self, job_id: int, fence: int) -> bool:
        """Say that the worker is alive; False when the job is no longer its own.

        Raises: Unavailable, Broken.
        """
        return self._warm.run(lambda cursor: job_queue.beat(cursor, job_id, fence))

    def works_in(self, job_id: int, fence: int, process: int) -> None:
        """Say which server process the job's records are written in (`pg_backend_pid()`).

        Whoever takes over from a silent worker ends that session first.
        Raises: Unavailable, Broken.
        """
        self._warm.run(lambda cursor: job_queue.works_in(cursor, job_id, fence, process))

    def release(self, job_id: int, fence: int) -> None:
        """Give the lease back; nothing happens when somebody else has it.

        Raises: Unavailable, Broken.
        """
        self._warm.run(lambda cursor: job_queue.release(cursor, job_id, fence))

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

    def _take(
        self,
        take: Callable[[Cursor, Mapping[str, object]], Claimed | None],
        values: Mapping[str, object],
    ) -> Claimed | None:
        """Take the next job; look again when another of its serial key was just taken."""
        for _again in range(RACES):
            try:
                return self._warm.run(lambda cursor: take(cursor, values))
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
    """Beats for one job from a thread of its own; `lost` is set when the job is no longer ours.

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
        """Say from memory whether the job is ours; a process that was stopped knows at once."""
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
