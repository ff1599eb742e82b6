"""The thread that keeps a process's route map true.

Owns: connecting, listening, reading changes, reading everything now and then, telling what was
noticed, trying again. Does not own: the map (`cache.py`), what a change leads to (`on_change`) and
what there is to tell (`events.py`).
"""

import os
import random
import threading
import time
from collections.abc import Callable

from ..adapters.postgres.route_feed import Reading, RouteFeed
from ..kernel.gateway.route import Changes
from .attempt import attempt
from .cache import RouteCache
from .counters import Counters
from .events import Events
from .journal import Journal
from .machine import MachineTeller

FULL_READ_SECONDS = 60
TELL_SECONDS = 1.0
FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 5


class Agent:
    """One thread per process, started by the first who asks: threads do not survive a fork."""

    def __init__(
        self,
        cache: RouteCache,
        feed: RouteFeed,
        on_start: Callable,
        on_change: Callable,
        events: Events | None = None,
        full_read_seconds: float = FULL_READ_SECONDS,
        on_lost: Callable[[], None] = lambda: None,
        counters: Counters | None = None,
        machine: MachineTeller | None = None,
        journal: Journal | None = None,
    ) -> None:
        self._machine = machine
        self._counters = counters or Counters()
        self._journal = journal or Journal()
        self._cache, self._feed = cache, feed
        self._events = events or Events()
        self._full_read_seconds = full_read_seconds
        self._on_start: Callable[[], None] = on_start
        self._on_change: Callable[[Changes], None] = on_change
        self._on_lost = on_lost
        self._pid = 0
        self._starting = threading.Lock()
        self._tried = threading.Event()
        self._wait_seconds = FIRST_WAIT_SECONDS

    def ensure(self) -> None:
        """Start the thread unless this process has it."""
        if self._pid != os.getpid():
            with self._starting:
                if self._pid != os.getpid():
                    self._start()

    def wait_for_first_reading(self, seconds: float) -> None:
        """Wait until the map was read for the first time, or that failed, or the time is over."""
        if not self._tried.is_set():
            self._tried.wait(seconds)

    def _start(self) -> None:
        self._pid = os.getpid()
        self._tried.clear()
        self._events.start()
        self._counters.start()
        self._journal.start()
        self._on_start()
        threading.Thread(target=self._run, name="saas.gateway.agent", daemon=True).start()

    def _run(self) -> None:
        while True:
            attempt("following the route map", self._follow)
            self._tried.set()
            self._feed.close()
            attempt("reading the secret file again", self._on_lost)
            time.sleep(self._wait_seconds * random.uniform(0.5, 1))
            self._wait_seconds = min(self._wait_seconds * 2, LONGEST_WAIT_SECONDS)

    def _follow(self) -> None:
        """Follow the table until the connection is lost."""
        self._feed.open()
        reading = self._read_all()
        self._wait_seconds = FIRST_WAIT_SECONDS
        all_again_at = self._next_full_reading()
        while True:
            left = max(0.0, all_again_at - time.monotonic())
            heard = self._feed.wait(min(left, TELL_SECONDS))
            if time.monotonic() >= all_again_at:
                reading = self._read_all()
                all_again_at = self._next_full_reading()
            elif heard:
                reading = self._read_changes(reading)
            self._events.tell(self._feed.tell)
            self._counters.tell(self._feed.count)
            if self._machine is not None:
                self._machine.tell(self._feed.report)
            self._journal.tell(self._feed.write)

    def _read_all(self) -> Reading:
        reading = self._feed.read()
        self._on_change(self._cache.replace(reading.routes, reading.brands))
        self._tried.set()
        return reading

    def _read_changes(self, last: Reading) -> Reading:
        reading = self._feed.read(last.horizon)
        self._on_change(self._cache.update(reading.routes, reading.brands))
        return reading

    def _next_full_reading(self) -> float:
        """Return when to read everything again, spread so that processes do not ask in step."""
        return time.monotonic() + self._full_read_seconds * random.uniform(0.8, 1)
