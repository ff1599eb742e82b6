"""Work that must delay neither a request nor the next route change.

Owns: one thread per process and the order of its work. Does not own: the work.
"""

import threading
import time
from collections.abc import Callable

from .attempt import attempt


class Chores:
    """Runs what it is given, one after the other, each key once however often it was asked for."""

    def __init__(self) -> None:
        self._due: dict[str, tuple[float, Callable[[], None]]] = {}
        self._changed = threading.Condition()

    def start(self) -> None:
        """Start the thread of this process."""
        threading.Thread(target=self._run, name="saas.gateway.chores", daemon=True).start()

    def add(self, key: str, work: Callable[[], None], delay_seconds: float = 0) -> None:
        """Ask for work; a second request for the same key before its turn changes nothing."""
        with self._changed:
            self._due.setdefault(key, (time.monotonic() + delay_seconds, work))
            self._changed.notify()

    def _run(self) -> None:
        while True:
            key, work = self._next()
            attempt(key, work)

    def _next(self) -> tuple[str, Callable[[], None]]:
        with self._changed:
            while True:
                key = min(self._due, key=lambda name: self._due[name][0], default=None)
                wait = None if key is None else self._due[key][0] - time.monotonic()
                if wait is not None and wait <= 0:
                    return key, self._due.pop(key)[1]
                self._changed.wait(wait)
