"""What a job is, and how one is carried through: resumed after a crash, retried, undone.

Owns: `Job`, `Step`, `Context`, `Runner`. Does not own: where progress is written (`journal.py`),
which worker may run which job (`adapters/lease.py`), when to try again (`kernel/work`).
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..kernel.errors import Broken, Refused, SaasError, Unavailable
from .failpoint import Failpoints, watched
from .journal import Journal, Records, StaleWorker

FINISHED = ("done", "skipped")
UNTOUCHED = ("todo", "undone", None)
CUT_OFF = ("running", "failed")


@dataclass(frozen=True)
class Step:
    """One thing to do, safe to do twice.

    `act` returns facts for later steps (plain JSON values) or None. `undo` must work whatever `act`
    reached. `when` false = nothing to do here. `restart_from` names the step to begin again from
    when this one was cut off. `final` = once it is done nothing is taken back: what fails later is
    tried again or left for a person.
    """

    name: str
    label: str
    act: Callable[[Context], Mapping[str, Any] | None]
    undo: Callable[[Context], None] | None = None
    when: Callable[[Context], bool] | None = None
    restart_from: str = ""
    weight: int = 1
    final: bool = False


@dataclass(frozen=True)
class Job:
    """A kind of work: its steps in order, and what is told to the records when it ends badly.

    `on_undone` names the `records` call made when everything was undone; `give_up_seconds` bounds
    waiting for others. While an `exclusive` one is open, its record makes no other move.
    """

    kind: str
    label: str
    steps: tuple[Step, ...]
    on_undone: tuple[str, str] | None = None
    give_up_seconds: int = 1800
    exclusive: bool = True

    def past_return(self, states: Mapping[str, str]) -> bool:
        """Say whether a final step is done, so that nothing may be undone or cancelled any more."""
        return any(step.final and states.get(step.name) == "done" for step in self.steps)

    def cut_off(self, states: Mapping[str, str]) -> Sequence[str]:
        """Return the names of the steps to begin again because one of them was cut off."""
        names = [step.name for step in self.steps]
        for place, step in enumerate(self.steps):
            if step.restart_from and states.get(step.name) in CUT_OFF:
                return names[names.index(step.restart_from) : place + 1]
        return ()

    def share(self, step: Step | None) -> float:
        """Return how much of the job is behind us when this step begins, 0 to 1."""
        if step is None:
            return 1.0
        before = self.steps[: self.steps.index(step)]
        return sum(one.weight for one in before) / sum(one.weight for one in self.steps)


@dataclass
class Context:
    """What a step sees: the order (`spec`), what earlier steps found (`facts`), the outside world,
    the records."""

    spec: Mapping[str, Any]
    facts: dict[str, Any]
    ports: Any
    records: Records
    fence: int
    log: Callable[..., None]


class Runner:
    """Carries one claimed job as far as it goes.

    `alive` says without asking anybody whether the claim still holds; when it does not, nothing is
    touched any more.
    """

    def __init__(
        self,
        job: Job,
        journal: Journal,
        records: Records,
        ports: Any,
        spec: Mapping[str, Any],
        fence: int,
        failpoints: Failpoints | None = None,
        alive: Callable[[], bool] | None = None,
    ) -> None:
        self.job = job
        self.journal = journal
        self._failpoints = failpoints or Failpoints()
        self._alive = alive
        self._step = ""
        self._at = "start"
        self.context = Context(
            spec=spec,
            facts=journal.facts(),
            ports=watched(ports, self._hit),
            records=records,
            fence=fence,
            log=journal.line,
        )

    def run(self) -> None:
        """Go forward from where the journal stands, or back if it is on its way back."""
        try:
            if self.journal.undoing() or not self._go_forward():
                self._go_back()
        except StaleWorker:
            self.journal.rollback()

    def _go_forward(self) -> bool:
        """Do what is left; False when everything must be undone now."""
        failure = self._guarded(self._do_steps)
        if failure is None:
            return True
        final = self.job.past_return(self.journal.states())
        record = self.journal.stuck if final else self.journal.failed
        self._hit("failed.before")
        undo = record(self._step, *failure)
        self._hit("failed.committed")
        return not undo

    def _do_steps(self) -> None:
        step = self._begin()
        while step is not None:
            self._step = self._at = step.name
            self._obey_cancel()
            step = self._do(step)

    def _begin(self) -> Step | None:
        """Set back what cannot go on where it was cut off, and record the first step to do."""
        again = self.job.cut_off(self.journal.states())
        if again:
            self.journal.restart(again)
        step, skipped = self._next()
        self._step = step.name if step else ""
        self._hit("before")
        self._advance("", {}, skipped, step)
        return step

    def _do(self, step: Step) -> Step | None:
        """Act, record the result together with what was written to records; return what follows."""
        self._hit("before")
        facts = dict(step.act(self.context) or {})
        self._hit("after")
        self.context.facts.update(facts)
        then, skipped = self._next(step.name)
        self._advance(step.name, facts, skipped, then)
        return then

    def _advance(
        self, done: str, facts: Mapping[str, Any], skipped: Sequence[str], then: Step | None
    ) -> None:
        self.journal.advance(done, facts, skipped, then.name if then else "", self.job.share(then))
        self._hit("committed")

    def _obey_cancel(self) -> None:
        if self.journal.cancel_wanted() and not self.job.past_return(self.journal.states()):
            raise Refused("operation_cancelled")

    def _next(self, done: str = "") -> tuple[Step | None, list[str]]:
        """Return the first unfinished step, and the names of those before it with nothing to do."""
        states = self.journal.states()
        skipped: list[str] = []
        for step in self.job.steps:
            if step.name == done or states.get(step.name) in FINISHED:
                continue
            if step.when is None or step.when(self.context):
                return step, skipped
            skipped.append(step.name)
        return None, skipped

    def _go_back(self) -> None:
        failure = self._guarded(self._undo_steps)
        if failure is not None:
            self._hit("failed.before")
            self.journal.undo_failed(self._step, *failure)
            self._hit("failed.committed")

    def _undo_steps(self) -> None:
        """Undo from the last step to the first.

        A skipped one too: its work was done before this job, and has to go with the rest.
        """
        states = self.journal.states()
        if self.job.past_return(states):
            raise Refused("operation_move", state="done")
        for step in reversed(self.job.steps):
            if states.get(step.name) not in UNTOUCHED:
                self._undo(step)
        self._close()

    def _undo(self, step: Step) -> None:
        self._step, self._at = step.name, f"undo_{step.name}"
        self._hit("before")
        if step.undo is not None:
            step.undo(self.context)
        self._hit("after")
        self.journal.undone(step.name)
        self._hit("committed")

    def _close(self) -> None:
        self._step, self._at = "", "undo_end"
        self._hit("before")
        if self.job.on_undone is not None:
            self.context.records.call(*self.job.on_undone)
        self._hit("after")
        self.journal.end_undone()
        self._hit("committed")

    def _guarded(self, work: Callable[[], None]) -> tuple[SaasError, str] | None:
        """Return what went wrong and its traceback, records rolled back; None when all is well."""
        try:
            work()
        except StaleWorker:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it decides what happens next
            self.journal.rollback()
            self.context.facts = self.journal.facts()
            return as_ours(error), traceback_of(error)
        return None

    def _hit(self, point: str) -> None:
        """Pass a failpoint; nothing is done any more when the claim was lost meanwhile."""
        self._failpoints.hit(f"{self.job.kind}.{self._at}.{point}")
        if self._alive is not None and not self._alive():
            raise StaleWorker


def only(
    when: Callable[[Context], bool], undo: Callable[[Context], None]
) -> Callable[[Context], None]:
    """Return the undo of a step that a job skips unless this is so; then nothing is taken back."""

    def guarded(ctx: Context) -> None:
        if when(ctx):
            undo(ctx)

    return guarded


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
