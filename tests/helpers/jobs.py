"""A queue of jobs in memory: transactions that are lost with their worker, claims, failpoints.

Owns: what `adapters/lease.py` and the order in `saas_job` do, without a database. Does not own: the
journal (`job_journal.py`), the records (`job_records.py`), the outside world (`job_world.py`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from saas_business_management.adapters.fakes.clock import FakeClock
from saas_business_management.jobs.base import Job, Runner
from saas_business_management.jobs.failpoint import Failpoints
from saas_business_management.jobs.registry import JOBS
from saas_business_management.kernel.work.retry import Dead, after_death
from saas_business_management.kernel.work.states import OPEN
from tests.helpers.job_journal import MemoryDatabase, MemoryJournal, Session, order_of

ROUNDS = 100


class KilledHere(BaseException):
    """The worker's process ends at this point; nothing of it goes on."""


Deed = BaseException | Callable[[], None]


class Points(Failpoints):
    """Lists the points passed; does or raises what is ordered for the n-th of all or for a name."""

    def __init__(
        self, at: Mapping[int, Deed] | None = None, on: Mapping[str, Deed] | None = None
    ) -> None:
        super().__init__()
        self.passed: list[str] = []
        self._at = dict(at or {})
        self._on = dict(on or {})

    def hit(self, name: str) -> None:
        self.passed.append(name)
        deed = self._at.get(len(self.passed)) or self._on.get(name)
        if isinstance(deed, BaseException):
            raise deed
        if deed is not None:
            deed()


class Desk:
    """Takes orders and has workers carry them; one at a time."""

    def __init__(
        self,
        database: MemoryDatabase,
        ports: Any,
        records: Callable[[Session, int], Any],
        jobs: Mapping[str, Job] = JOBS,
    ) -> None:
        self.database = database
        self.ports = ports
        self.clock: FakeClock = ports.clock
        self.records = records
        self.jobs = jobs
        self.cancelled: set[int] = set()
        self.lines: list[tuple[str, str]] = []
        self.points = Points()
        self.heartbeat = True
        self.session: Session | None = None
        self.on_claim: Callable[[], None] = lambda: None

    def enqueue(self, kind: str, spec: Mapping[str, Any] | None = None, **links: Any) -> int:
        """Write an order down; return its id."""
        session = Session(self.database)
        row_id = len(session.rows["jobs"]) + 1
        session.rows["jobs"][row_id] = order_of(self.jobs[kind], spec or {}, links)
        session.commit()
        return row_id

    def row(self, row_id: int) -> dict[str, Any]:
        """Return what is committed of a job."""
        return self.database.rows["jobs"][row_id]

    def change(self, row_id: int, **values: Any) -> None:
        """Write to a job from outside, as a person's button does."""
        session = Session(self.database)
        session.rows["jobs"][row_id] |= values
        session.commit()

    def claim(self, row_id: int) -> int | None:
        """Take a job that is due, or that a dead worker left; return the fence."""
        row = self.row(row_id)
        held = row["state"] in ("running", "undoing") and row["fence"] > 0
        if row["state"] not in OPEN or (not held and row["due_at"] > self.clock.monotonic()):
            return None
        fence = next(self.database.fences)
        self.change(
            row_id,
            fence=fence,
            deaths=row["deaths"] + held,
            state="undoing" if row["state"] == "undoing" else "running",
        )
        return fence

    def carry(self, row_id: int, fence: int, alive: Callable[[], bool] | None = None) -> None:
        """Be a worker: go as far as the job goes."""
        session, row = Session(self.database), self.row(row_id)
        self.session = session
        self.on_claim()
        job = self.jobs[row["kind"]]
        if isinstance(after_death(row["deaths"]), Dead):
            self.change(row_id, state="dead", error_code="worker_died")
            return
        journal = MemoryJournal(session, job, row_id, fence, self)
        records = self.records(session, row_id)
        Runner(job, journal, records, self.ports, row["spec"], fence, self.points, alive).run()

    def work(self, row_id: int, resume: bool = True) -> dict[str, Any]:
        """Have workers carry a job until nothing more happens; one that dies is replaced.

        What a waiting job has ordered is carried first.
        """
        self._work(row_id, resume)
        return self.row(row_id)

    def _work(self, row_id: int, resume: bool) -> bool:
        """Return False when a worker died and nobody took its place."""
        for _round in range(ROUNDS):
            if not all(self._work(one, resume) for one in self._ordered_by(row_id)):
                return False
            row = self.row(row_id)
            if row["state"] not in OPEN:
                return all(self._work(one, resume) for one in self._ordered_by(row_id))
            self.clock.turn(max(0.0, row["due_at"] - self.clock.monotonic()))
            fence = self.claim(row_id)
            assert fence is not None
            try:
                self.carry(row_id, fence, self._heart(row_id, fence))
            except KilledHere:
                if not resume:
                    return False
        raise AssertionError(f"still {row['state']} after {ROUNDS} rounds")

    def _ordered_by(self, row_id: int) -> list[int]:
        jobs = self.database.rows["jobs"]
        return [one for one, job in jobs.items() if job["spec"].get("by") == row_id]

    def _heart(self, row_id: int, fence: int) -> Callable[[], bool] | None:
        return (lambda: self.row(row_id)["fence"] == fence) if self.heartbeat else None
