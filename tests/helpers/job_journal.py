"""A job's journal in memory, in transactions that are lost with their worker.

Owns: what `models/saas_job_run.Journal` promises, decided by the same kernel. Does not own: orders
and claims (`jobs.py`).
"""

import itertools
import pickle
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from saas_business_management.jobs.base import Job
from saas_business_management.jobs.journal import StaleWorker
from saas_business_management.kernel.errors import SaasError
from saas_business_management.kernel.work.retry import Dead, RetryAt, Undo, decide


def order_of(job: Job, spec: Mapping[str, Any], links: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a job that was just ordered."""
    step = {"state": "todo", "attempt": 0, "error": ""}
    return {
        "kind": job.kind,
        "state": "waiting",
        "spec": dict(spec),
        "links": dict(links),
        "facts": {},
        "steps": {one.name: dict(step) for one in job.steps},
        "progress": [],
        **dict.fromkeys(("fence", "deaths", "attempts", "due_at"), 0),
        **dict.fromkeys(("error_code", "error_kind", "error_trace", "blocked_at")),
    }


class MemoryDatabase:
    """What is committed; each `Session` works on a copy of its own."""

    def __init__(self, rows: dict[str, Any]) -> None:
        self.fences = itertools.count(1)
        # What a payment provider was asked; it keeps that whatever becomes of our transactions.
        self.charges: list[int] = []
        self._kept = pickle.dumps({"jobs": {}, **rows})

    @property
    def rows(self) -> dict[str, Any]:
        """A copy of what is committed."""
        return pickle.loads(self._kept)

    def keep(self, rows: dict[str, Any]) -> None:
        self._kept = pickle.dumps(rows)


class Session:
    """One transaction after the other; what is not committed is gone with the session.

    A transaction sees what was committed when it first looked, and what it wrote itself.
    """

    def __init__(self, database: MemoryDatabase) -> None:
        self.database = database
        self._seen: dict[str, Any] | None = None

    @property
    def rows(self) -> dict[str, Any]:
        if self._seen is None:
            self._seen = self.database.rows
        return self._seen

    def commit(self) -> None:
        self.database.keep(self.rows)
        self._seen = None

    def rollback(self) -> None:
        self._seen = None


class MemoryJournal:
    """`jobs.journal.Journal` on a session."""

    def __init__(self, session: Session, job: Job, row_id: int, fence: int, desk: Any) -> None:
        self.session = session
        self.job = job
        self.row_id = row_id
        self.fence = fence
        self.desk = desk

    @property
    def row(self) -> dict[str, Any]:
        return self.session.rows["jobs"][self.row_id]

    def states(self) -> dict[str, str]:
        return {name: step["state"] for name, step in self.row["steps"].items()}

    def facts(self) -> dict[str, Any]:
        return dict(self.row["facts"])

    def undoing(self) -> bool:
        return self.row["state"] == "undoing"

    def cancel_wanted(self) -> bool:
        return self.row_id in self.desk.cancelled

    def restart(self, names: Sequence[str]) -> None:
        for name in names:
            self.row["steps"][name]["state"] = "todo"

    def advance(
        self,
        done: str,
        facts: Mapping[str, Any],
        skipped: Sequence[str],
        then: str,
        progress: float,
    ) -> None:
        with self._commit() as row:
            row["progress"].append(progress)
            if done:
                step = row["steps"][done]
                row["facts"] |= facts
                if step["error"]:
                    row |= {"attempts": 0, "blocked_at": None}
                step |= {"state": "done", "error": ""}
            for name in skipped:
                row["steps"][name]["state"] = "skipped"
            if then:
                row["steps"][then]["state"] = "running"
                row["steps"][then]["attempt"] += 1
            else:
                row["state"] = "done"

    def failed(self, step: str, error: SaasError, trace: str) -> bool:
        verdict = self._verdict(error)
        with self._commit() as row:
            row |= self._problem(error, trace)
            self._mark(step, error, verdict)
            if isinstance(verdict, Undo):
                row |= {"state": "undoing", "attempts": 0, "blocked_at": None}
            else:
                row |= {"state": "waiting"} | self._later(verdict)
        return isinstance(verdict, Undo)

    def stuck(self, step: str, error: SaasError, trace: str) -> None:
        verdict = self._verdict(error, undoing=True)
        with self._commit() as row:
            row |= self._problem(error, trace)
            self._mark(step, error, verdict)
            dead = isinstance(verdict, Dead)
            row |= {"state": "dead"} if dead else {"state": "waiting"} | self._later(verdict)

    def undone(self, step: str) -> None:
        with self._commit() as row:
            row["steps"][step] |= {"state": "undone", "error": ""}
            row |= {"attempts": 0, "blocked_at": None}

    def undo_failed(self, step: str, error: SaasError, trace: str) -> None:
        verdict = self._verdict(error, undoing=True)
        with self._commit() as row:
            if isinstance(verdict, Dead):
                row |= {"state": "dead"} | self._problem(error, trace)
            else:
                row |= {"fence": 0} | self._later(verdict)

    def end_undone(self) -> None:
        with self._commit() as row:
            cancelled = row["error_code"] == "operation_cancelled"
            row["state"] = "cancelled" if cancelled else "failed"

    def rollback(self) -> None:
        self.session.rollback()

    def line(self, text: str, level: str = "info") -> None:
        """A line is a point too: the worker may die while somebody else's program is talking."""
        self.desk.lines.append((level, text))
        self.desk.points.hit(f"{self.job.kind}.log.line")

    @contextmanager
    def _commit(self) -> Iterator[dict[str, Any]]:
        found = self.session.database.rows["jobs"].get(self.row_id)
        if found is None or found["fence"] != self.fence:
            raise StaleWorker
        yield self.row
        self.session.commit()

    def _verdict(self, error: SaasError, undoing: bool = False) -> RetryAt | Undo | Dead:
        since = self.row["blocked_at"]
        return decide(
            error.kind,
            attempts=self.row["attempts"] + 1,
            waited_seconds=0.0 if since is None else self.desk.clock.monotonic() - since,
            give_up_seconds=self.job.give_up_seconds,
            jitter=0.0,
            undoing=undoing,
        )

    def _later(self, verdict: RetryAt | Undo | Dead) -> dict[str, Any]:
        assert isinstance(verdict, RetryAt)
        now, since = self.desk.clock.monotonic(), self.row["blocked_at"]
        return {
            "attempts": self.row["attempts"] + 1,
            "blocked_at": now if since is None else since,
            "due_at": now + verdict.seconds,
        }

    def _mark(self, step: str, error: SaasError, verdict: RetryAt | Undo | Dead) -> None:
        if step:
            kept = self.row["steps"][step]
            failed = not isinstance(verdict, RetryAt)
            kept |= {"error": error.code, "state": "failed" if failed else kept["state"]}

    def _problem(self, error: SaasError, trace: str) -> dict[str, Any]:
        return {"error_code": error.code, "error_kind": error.kind, "error_trace": trace}
