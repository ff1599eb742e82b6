"""Slowing down who guesses passwords.

Owns: one rule for all threads and worker processes, its clock, what is told about it. Does not own:
the rule (`kernel/gateway/bucket.py`), noticing tries (`install_login.py`), the answer (`pages.py`).
"""

import mmap
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..kernel.gateway.bucket import LoginRule
from ..kernel.gateway.event import LOGIN_FAILED, LOGIN_THROTTLED
from ..kernel.gateway.host import network_of
from .context import current_database, current_source, set_wait
from .events import Events

LOGIN_LENGTH = 100
HASH_PATIENCE_SECONDS = 10.0


class Throttle:
    """Counts tries of the request of this thread that failed.

    Worker processes that are forked after it was made count together.
    """

    def __init__(
        self,
        events: Events,
        clock: Callable[[], float] = time.monotonic,
        on_failed: Callable[[str], None] = lambda database: None,
    ) -> None:
        """`on_failed` is told the database of each try that failed."""
        self._events, self._clock, self._on_failed = events, clock, on_failed
        # An anonymous map is shared with every process that is forked later, and so is the clock.
        memory = memoryview(mmap.mmap(-1, LoginRule.MEMORY_BYTES))
        self._rule = LoginRule(memory, os.urandom(16))
        self._lock = threading.Lock()
        self._hashing = threading.BoundedSemaphore(os.cpu_count() or 1)

    def wait_seconds(self, login: object = "") -> float:
        """Return how long the request of this thread has to wait before it may try this login."""
        database, source = self._who()
        with self._lock:
            wait = self._rule.wait_seconds(database, source, _normal(login), self._clock())
        if wait:
            set_wait(wait)
            self._events.note(LOGIN_THROTTLED)
        return wait

    def failed(self, login: object = "") -> None:
        """Count a try that failed."""
        database, source = self._who()
        with self._lock:
            self._rule.failed(database, source, _normal(login), self._clock())
        self._on_failed(database)
        # By its network: over all tenants it shows who tries one after the other.
        self._events.note(LOGIN_FAILED, database, source)

    @contextmanager
    def counting(self, login: object, denied: type[Exception]) -> Iterator[None]:
        """Run a try; without a token it is denied at once, and one that is denied is counted."""
        if self.wait_seconds(login):
            raise denied
        try:
            yield
        except denied:
            self.failed(login)
            raise

    @contextmanager
    def hashing(self, denied: type[Exception]) -> Iterator[None]:
        """Compare a password while no more than one for each core are compared in this process.

        Hashing is slow by design: a flood of logins would leave nothing for anybody else.
        """
        if not self._hashing.acquire(timeout=HASH_PATIENCE_SECONDS):
            set_wait(1.0)
            raise denied
        try:
            yield
        finally:
            self._hashing.release()

    def _who(self) -> tuple[str, str]:
        return current_database() or "", network_of(current_source())


def _normal(login: object) -> str:
    return str(login).strip().lower()[:LOGIN_LENGTH]
