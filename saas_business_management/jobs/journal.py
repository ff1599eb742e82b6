"""What the runner of a job asks of the records: where its course is written, how steps reach them.

Owns: the protocols `Journal` and `Records`, `StaleWorker`. Does not own: their implementation
(`models/saas_job_journal.py`), when to try again (`kernel/work`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ..kernel.errors import SaasError


class StaleWorker(Exception):
    """Another worker has taken this job over; this one must stop and touch nothing."""


class Records(Protocol):
    """The way from a job to the records it works for."""

    def call(self, link: str, step: str, **values: Any) -> dict[str, Any]:
        """Call `_step_<step>` of the linked record; its writes are committed with the step."""


class Journal(Protocol):
    """The course of one claimed job.

    `advance`, `failed`, `stuck`, `undone`, `undo_failed` and `end_undone` commit, together with
    what the step wrote to records, and raise `StaleWorker` when the job's fence has moved on.
    """

    def states(self) -> dict[str, str]:
        """Return the state of each step by name: todo, running, done, skipped, failed, undone."""

    def facts(self) -> dict[str, Any]:
        """Return the merged facts of all finished steps."""

    def undoing(self) -> bool:
        """Say whether the job is on its way back."""

    def cancel_wanted(self) -> bool:
        """Say whether a person asked to stop."""

    def restart(self, names: Sequence[str]) -> None:
        """Set these steps back to todo, with the commit of the `advance` that follows."""

    def advance(
        self,
        done: str,
        facts: Mapping[str, Any],
        skipped: Sequence[str],
        then: str,
        progress: float,
    ) -> None:
        """Record a finished step (empty: none), the skipped ones and the one that begins.

        Without `then` the job is done.
        """

    def failed(self, step: str, error: SaasError, trace: str) -> bool:
        """Record a failure, decide by its kind: True = undo now, False = wait and try again."""

    def stuck(self, step: str, error: SaasError, trace: str) -> None:
        """Record a failure where there is no way back: tried again later, or left for a person."""

    def undone(self, step: str) -> None:
        """Record that a step was undone."""

    def undo_failed(self, step: str, error: SaasError, trace: str) -> None:
        """Record that the way back is blocked: tried again later, or left for a person."""

    def end_undone(self) -> None:
        """Close the job: nothing of it is left."""

    def rollback(self) -> None:
        """Forget what the records wrote since the last commit."""

    def line(self, text: str, level: str = "info") -> None:
        """Append a line to the job's log; seen by others within about a second."""
