"""One run of Odoo as a child process: its lines as they come, its end.

Owns: starting, reading, the time limit, killing the whole group.
Does not own: what the lines mean (`odoo_process.py`).
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

LAUNCHER = str(Path(__file__).with_name("odoo_launch.py"))
PATIENCE_SECONDS = 0.5
CHUNK_BYTES = 65536
# They would beat the configuration file, or carry a secret of ours.
FOREIGN_PREFIXES = ("PG", "ODOO_", "OPENERP_", "SAAS_", "AWS_")


def clean_environment(**extra: str) -> dict[str, str]:
    """Return our environment without what would change where Odoo connects, and without secrets."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_PREFIXES)
    }
    return {**kept, "PYTHONUNBUFFERED": "1", **extra}


class Child:
    """A running program in a group of its own; it dies with this context and with this process."""

    def __init__(self, command: list[str], environment: Mapping[str, str], stdin: str) -> None:
        # Not a pipe: nobody has to read while we write.
        self._order = tempfile.TemporaryFile()  # noqa: SIM115
        self._order.write(stdin.encode())
        self._order.seek(0)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", LAUNCHER, str(os.getpid()), *command],
            stdin=self._order,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            start_new_session=True,
        )

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.kill()
        self._process.wait()
        for stream in (self._order, self._process.stdout, self._process.stderr):
            stream.close()

    def kill(self) -> None:
        """End the whole group now; PostgreSQL rolls back what it was doing."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def _await(self, deadline: float) -> None:
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise TimeoutError from None

    def status(self) -> int:
        """Wait for the end; return the exit status, or minus the signal that ended it."""
        return self._process.wait()

    def lines(self, seconds: float) -> Iterator[tuple[str, str]]:
        """Yield ("stdout" or "stderr", line) as they come, until the child is gone.

        Raises: TimeoutError when it takes longer than `seconds`.
        """
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            for name in ("stdout", "stderr"):
                selector.register(getattr(self._process, name), selectors.EVENT_READ, _Cutter(name))
            while selector.get_map():
                if time.monotonic() > deadline:
                    raise TimeoutError
                ready = selector.select(min(PATIENCE_SECONDS, seconds))
                if not ready and self._process.poll() is not None:
                    return  # somebody else still holds its pipes
                for key, _events in ready:
                    yield from _read(selector, key)
        self._await(deadline)


class _Cutter:
    """Cuts what arrives from one stream into lines."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[tuple[str, str]]:
        """Yield the lines that are complete; empty data means the end and yields the rest."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        if not data and self._rest:
            whole, self._rest = [self._rest], b""
        for line in whole:
            yield self.name, line.decode(errors="replace").rstrip()


def _read(
    selector: selectors.BaseSelector, key: selectors.SelectorKey
) -> Iterator[tuple[str, str]]:
    data = os.read(key.fd, CHUNK_BYTES)
    if not data:
        selector.unregister(key.fileobj)
    yield from key.data.feed(data)
