"""What a job is, and how one is carried through: resumed after a crash, retried, undone.

Owns: `Job`, `Step`, `Context`, `Runner`. Does not own: where progress is written (`Journal`, implemented by
`models/saas_job.py`), which worker may run which job (`adapters/lease.py`), when to try again (`kernel/work`).
"""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..kernel.errors import Broken, Refused, SaasError, Unavailable
from .failpoint import Failpoints, Watched


class StaleWorker(Exception):
    """Another worker has taken this job over; this one must stop and touch nothing."""


@dataclass(frozen=True)
class Step:
    """One thing to do, safe to do twice.

    `act` returns facts for later steps (plain JSON values) or None. `undo` must work whatever `act` reached.
    `when` false = nothing to do here. `restart_from` names the step to begin again from when this one was cut off.
    """

    name: str
    label: str
    act: Callable[[Context], Mapping[str, Any] | None]
    undo: Callable[[Context], None] | None = None
    when: Callable[[Context], bool] | None = None
    restart_from: str = ""
    weight: int = 1


@dataclass(frozen=True)
class Job:
    """A kind of work: its steps in order, and what is told to the records when it ends badly.

    `on_undone` names the `records` call made when everything was undone; `give_up_seconds` bounds waiting for others.
    """

    kind: str
    label: str
    steps: tuple[Step, ...]
    on_undone: tuple[str, str] | None = None
    give_up_seconds: int = 1800


class Records(Protocol):
    """The way from a job to the records it works for."""

    def call(self, link: str, step: str, **values: Any) -> dict[str, Any]:
        """Call `_step_<step>` of the record the job is linked to; its writes are committed with the step."""


class Journal(Protocol):
    """Where the course of one claimed job is written. Every method but the readers commits, and raises `StaleWorker`
    when the job's fence has moved on."""

    def states(self) -> dict[str, str]:
        """Return the state of each step by name: todo, running, done, skipped, failed, undone."""

    def facts(self) -> dict[str, Any]:
        """Return the merged facts of all finished steps."""

    def undoing(self) -> bool:
        """Say whether the job is on its way back."""

    def cancel_wanted(self) -> bool:
        """Say whether a person asked to stop."""

    def restart(self, names: Sequence[str]) -> None:
        """Set these steps back to todo."""

    def advance(self, done: str, facts: Mapping[str, Any], skipped: Sequence[str], then: str, progress: float) -> None:
        """Record a finished step (empty: none), the skipped ones and the one that begins; `then` empty = job done."""

    def failed(self, step: str, error: SaasError, trace: str) -> bool:
        """Record a failure, decide by its kind: True = undo now, False = wait and try again, or gave up."""

    def undone(self, step: str) -> None:
        """Record that a step was undone."""

    def undo_failed(self, step: str, error: SaasError, trace: str) -> None:
        """Record that the way back is blocked: tried again later, or left for a person."""

    def end_undone(self) -> None:
        """Close the job: nothing of it is left."""

    def rollback(self) -> None:
        """Forget what the records wrote since the last commit."""

    def line(self, text: str, level: str) -> None:
        """Append a line to the job's log; seen by others within about a second."""


@dataclass
class Context:
    """What a step sees: the order (`spec`), what earlier steps found (`facts`), the outside world, the records."""

    spec: Mapping[str, Any]
    facts: dict[str, Any]
    ports: Any
    records: Records
    fence: int
    log: Callable[..., None]
    hit: Callable[[str], None]


class Runner:
    """Carries one claimed job as far as it goes."""

    def __init__(
        self,
        job: Job,
        journal: Journal,
        records: Records,
        ports: Any,
        spec: Mapping[str, Any],
        fence: int,
        failpoints: Failpoints | None = None,
    ) -> None:
        self.job = job
        self.journal = journal
        self.failpoints = failpoints or Failpoints()
        self._at = "start"
        self.context = Context(
            spec=spec,
            facts=journal.facts(),
            ports=watched(ports, self._hit),
            records=records,
            fence=fence,
            log=journal.line,
            hit=self._hit,
        )

    def run(self) -> None:
        """Go forward from where the journal stands, or back if it is on its way back."""
        try:
            if self.journal.undoing() or not self._go_forward():
                self._go_back()
        except StaleWorker:
            self.journal.rollback()

    def _go_forward(self) -> bool:
        """Do step after step; False when everything must be undone now."""
        self._restart_cut_off_step()
        step, skipped = self._next("")
        error = self._guarded(lambda: self._record("", {}, skipped, step))
        while step is not None and error is None:
            if self.journal.cancel_wanted():
                error = Refused("operation_cancelled"), ""
                break
            self._at = step.name
            following: list[Step | None] = []
            error = self._guarded(lambda step=step, following=following: self._do(step, following))
            if error is None:
                self._hit("committed")
                step = following[0]
        return error is None or not self.journal.failed(step.name if step else "", *error)

    def _do(self, step: Step, following: list[Step | None]) -> None:
        """Act, then record the result together with what the step wrote to records."""
        self._hit("before")
        facts = dict(step.act(self.context) or {})
        self._hit("after")
        self.context.facts.update(facts)
        then, skipped = self._next(step.name)
        self._record(step.name, facts, skipped, then)
        following.append(then)

    def _record(
        self, done: str, facts: Mapping[str, Any], skipped: Sequence[str], then: Step | None
    ) -> None:
        self.journal.advance(done, facts, skipped, then.name if then else "", self._share(then))

    def _restart_cut_off_step(self) -> None:
        states = self.journal.states()
        names = [step.name for step in self.job.steps]
        for step in self.job.steps:
            if states.get(step.name) == "running" and step.restart_from:
                first = names.index(step.restart_from)
                self.journal.restart(names[first : names.index(step.name) + 1])

    def _next(self, done: str) -> tuple[Step | None, list[str]]:
        """Return the first step that is not finished, and the names of those before it with nothing to do."""
        states = self.journal.states()
        skipped: list[str] = []
        for step in self.job.steps:
            if step.name == done or states.get(step.name) in ("done", "skipped"):
                continue
            if step.when is None or step.when(self.context):
                return step, skipped
            skipped.append(step.name)
        return None, skipped

    def _share(self, step: Step | None) -> float:
        """Return how much of the job is behind us when this step begins, 0 to 1."""
        if step is None:
            return 1.0
        before = self.job.steps[: self.job.steps.index(step)]
        return sum(one.weight for one in before) / sum(one.weight for one in self.job.steps)

    def _go_back(self) -> None:
        states = self.journal.states()
        for step in reversed(self.job.steps):
            if states.get(step.name) in ("todo", "undone", None):
                continue
            self._at = f"undo_{step.name}"
            error = self._guarded(lambda step=step: self._undo(step))
            if error is not None:
                self.journal.undo_failed(step.name, *error)
                return
            self._hit("committed")
        self._at = "undo_end"
        error = self._guarded(self._close)
        if error is not None:
            self.journal.undo_failed("", *error)

    def _undo(self, step: Step) -> None:
        self._hit("before")
        if step.undo is not None:
            step.undo(self.context)
        self._hit("after")
        self.journal.undone(step.name)

    def _close(self) -> None:
        self._hit("before")
        if self.job.on_undone is not None:
            self.context.records.call(*self.job.on_undone)
        self.journal.end_undone()
        self._hit("committed")

    def _guarded(self, work: Callable[[], None]) -> tuple[SaasError, str] | None:
        """Return the error of a piece of work and its traceback, with the records rolled back; None when it went well."""
        try:
            work()
        except StaleWorker:
            raise
        except Exception as error:
            self.journal.rollback()
            return as_ours(error), traceback_of(error)
        return None

    def _hit(self, point: str) -> None:
        self.failpoints.hit(f"{self.job.kind}.{self._at}.{point}")


def watched(ports: Any, hit: Callable[[str], None]) -> Any:
    """Return the ports with a failpoint around each effect; clock and secrets have none."""
    return dataclasses.replace(
        ports,
        **{
            name: Watched(port, name, hit)
            for name, port in vars(ports).items()
            if name not in ("clock", "secrets") and port is not None
        },
    )


def as_ours(error: Exception) -> SaasError:
    """Return the error itself when it is one of the three kinds, else what it means to us."""
    if isinstance(error, SaasError):
        return error
    if type(error).__name__ in ("SerializationFailure", "DeadlockDetected", "LockNotAvailable"):
        return Unavailable("records_busy")
    return Broken("unforeseen", error=type(error).__name__)


def traceback_of(error: Exception) -> str:
    """Return the traceback of an error nobody foresaw; our own errors need none."""
    return "" if isinstance(error, SaasError) else "".join(traceback.format_exception(error))
