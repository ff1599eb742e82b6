"""The process that has Odoo loaded and forks a worker for every order, seen from the tests.

Owns: the talk with it, what became of a worker. Does not own: the process itself
(`crash_mother.py`), what a worker does (`crash_deeds.py`).
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dev import paths
from dev.settings import CONTROL_DATABASE
from dev.shell import clean_environment

MOTHER = Path(__file__).with_name("crash_mother.py")
KILLED = -signal.SIGKILL


@dataclass
class Child:
    """A forked worker: its process, then its end and what it said."""

    number: int
    pid: int = 0
    status: int | None = None
    said: list[Any] = field(default_factory=list)

    @property
    def result(self) -> Any:
        """What its deed returned."""
        assert self.status == 0, f"the child ended with {self.status}: {self.said}"
        return self.said[-1]


class Mother:
    """The process that has Odoo loaded and forks a child for every order."""

    def __init__(self, conf: Path, log: Path, python_path: Path, scratch: Path) -> None:
        scratch.mkdir(exist_ok=True)
        search = os.pathsep.join([str(python_path), str(paths.ROOT)])
        self._process = subprocess.Popen(
            [paths.PYTHON, MOTHER, conf, CONTROL_DATABASE, log],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=clean_environment(
                PYTHONPATH=search, PYTHONDONTWRITEBYTECODE="1", TMPDIR=str(scratch)
            ),
        )
        self._numbers = itertools.count(1)
        self._children: dict[int, Child] = {}
        assert "ready" in self._heard(), "the control plane did not load"

    def close(self) -> None:
        """End it and every child."""
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()

    def start(self, deed: str, environment: dict | None = None, **more: Any) -> Child:
        """Fork a child; back when it has a process."""
        child = Child(next(self._numbers))
        self._children[child.number] = child
        self._say(id=child.number, deed=deed, environment=environment or {}, **more)
        while not child.pid:
            self._listen()
        return child

    def kill(self, child: Child) -> Child:
        """End it at once, which has to be before it ends by itself."""
        self._say(kill=child.number)
        ended = self.wait(child)
        assert ended.status == KILLED, f"it ended before it was killed: {ended.said}"
        return ended

    def wait(self, child: Child) -> Child:
        """Back when it has ended."""
        while child.status is None:
            self._listen()
        return self._children.pop(child.number)

    def _say(self, **order: Any) -> None:
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def _listen(self) -> None:
        answer = self._heard()
        child = self._children[answer.pop("id")]
        for name, value in answer.items():
            setattr(child, name, value)

    def _heard(self) -> dict:
        line = self._process.stdout.readline()
        assert line, "the process that forks workers has ended"
        return json.loads(line)
