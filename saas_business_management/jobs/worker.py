"""A worker: claims one operation after the other and keeps the claim alive while it runs.

Owns: the loop. Does not own: the claim's SQL (`adapters/lease.py`), running the operation (the
callback).
"""

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from ..adapters.lease import STALE_SECONDS, Heartbeat, JobLease
from ..adapters.postgres.connect import Server
from ..adapters.sealer import Sealer
from ..kernel.secret import Secret


class Worker:
    """Runs claimed operations one at a time; workers in threads or processes share the queue."""

    def __init__(
        self,
        control: Mapping[str, Any],
        name: str,
        run: Callable[[int, int, int], None],
        stale_seconds: float = STALE_SECONDS,
    ) -> None:
        """`control` holds libpq parameters; `run` gets the job's id, the fence and its deaths."""
        self._server = Server(
            host=control.get("host") or "",
            port=int(control.get("port") or 5432),
            user=control.get("user") or "",
            password=Secret(control.get("password") or ""),
            database=control.get("database") or control["dbname"],
        )
        self._name = name
        self._run = run
        self._stale_seconds = stale_seconds
        # As often as the lease looks for dead workers, for nobody announces a death.
        self._listen_seconds = stale_seconds / 6
        self._lease = JobLease(self._server, stale_seconds)
        self._heartbeat: Heartbeat | None = None

    def run(self, seconds: float, until_idle: bool = False) -> int:
        """Work for some seconds, or until nothing is due; return how many operations were run.

        A worker that stays also seals the audit log meanwhile.
        """
        with nullcontext() if until_idle else Sealer(self._server):
            return self._work(seconds, until_idle)

    def _work(self, seconds: float, until_idle: bool) -> int:
        end = time.monotonic() + seconds
        count = 0
        while time.monotonic() < end:
            claimed = self._lease.claim(self._name)
            if claimed is None:
                if until_idle:
                    break
                self._lease.wait(min(self._listen_seconds, max(0.0, end - time.monotonic())))
                continue
            count += 1
            self._carry(claimed.job_id, claimed.fence, claimed.deaths)
        return count

    def seal(self) -> None:
        """Seal what waits of the audit log, for a worker that does not stay.

        Raises: Unavailable, Broken.
        """
        sealer = Sealer(self._server)
        try:
            sealer.seal()
        finally:
            sealer.close()

    def works_in(self, job_id: int, fence: int, process: int) -> None:
        """Say which server process writes the records of an operation at hand.

        Raises: Unavailable, Broken.
        """
        self._lease.works_in(job_id, fence, process)

    def alive(self) -> bool:
        """Say without asking anybody whether the operation at hand is still ours."""
        return self._heartbeat is not None and self._heartbeat.alive()

    def close(self) -> None:
        """Give the connection back."""
        self._lease.close()

    def _carry(self, job_id: int, fence: int, deaths: int) -> None:
        every = self._stale_seconds / 3
        with Heartbeat(self._server, job_id, fence, every, self._stale_seconds) as self._heartbeat:
            self._run(job_id, fence, deaths)
        self._lease.release(job_id, fence)
