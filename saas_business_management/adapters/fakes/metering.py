"""The metering side of the cluster in memory.

Owns: numbers that a test put into a database (`answers`, `size`). Does not own: databases and roles
(`cluster.py`).
"""

from collections.abc import Callable, Sequence
from typing import Any

from ...kernel.provisioning.naming import checked
from ..ports import ABSENT, Question, Told


class FakeMetering:
    """The part of `ClusterPort` that takes readings; mixed into `FakeCluster`."""

    databases_by_name: dict[str, Any]
    _about_to: Callable[[str], None]
    _login: Callable[[str, int], Any]

    def sizes(self, names: Sequence[str]) -> dict[str, int]:
        """Return the size of each database there is."""
        self._about_to("sizes")
        there = self.databases_by_name
        return {name: there[name].size for name in map(checked, names) if name in there}

    def ask(self, name: str, generation: int, questions: Sequence[Question]) -> dict[str, Told]:
        """Tell what a test put there; without it, one of each."""
        self._about_to("ask")
        found = self._login(name, generation)
        return {one.code: self._told(found, one) for one in questions}

    def _told(self, found: Any, question: Question) -> Told:
        if question.module and question.module not in found.modules:
            return Told(problem=ABSENT)
        told = found.answers.get(question.code, "1")
        return Told(problem=told[1:]) if told.startswith("!") else Told(told)
