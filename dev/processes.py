"""Long-running processes with a pid file and a log.

Owns: start, stop and kill of processes it started itself. Does not own: readiness.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from .shell import clean_environment

GRACE_SECONDS = 20


class Managed:
    """One process, known by its pid file; a pid that the system gave to another is not ours."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.pid_file = folder / "run" / f"{name}.pid"
        self.log = folder / "log" / f"{name}.log"

    @property
    def pid(self) -> int | None:
        """The living process, None if it ended."""
        try:
            pid, born = map(int, self.pid_file.read_text().split())
        except (OSError, ValueError):
            return None
        return pid if _born(pid) == born else None

    def start(self, command: Sequence[str | Path], **environment: str) -> None:
        """Start in a session of its own, output appended to the log; nothing if it runs."""
        if self.pid is not None:
            return
        for path in (self.pid_file, self.log):
            path.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                [str(word) for word in command],
                env=clean_environment(**environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _unreaped.append(child)
        self.pid_file.write_text(f"{child.pid} {_born(child.pid)}\n")

    def stop(self, grace_seconds: float = GRACE_SECONDS) -> None:
        """Ask the process group to end, insist after the grace; nothing if it does not run."""
        pid = self.pid
        if pid is not None:
            _signal_group(pid, signal.SIGTERM)
            if not self._ended(grace_seconds):
                self.kill()
        self.pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """End the whole process group at once."""
        pid = self.pid
        if pid is not None:
            _signal_group(pid, signal.SIGKILL)
            self._ended(5)
        self.pid_file.unlink(missing_ok=True)

    def log_tail(self, lines: int = 12) -> str:
        """The last lines of the log."""
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _ended(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self.pid is not None:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True


_unreaped: list[subprocess.Popen] = []


def _born(pid: int) -> int | None:
    """The start time of a living process in clock ticks; None when it ended or is a zombie."""
    for child in _unreaped:
        child.poll()
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if words[0] == "Z" else int(words[19])


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return
