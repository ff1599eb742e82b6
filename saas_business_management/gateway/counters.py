"""What tenants of this process used since it was told last.

Owns: counting requests, bytes and times per database, numbered rows that are told once. Does not
own: the connection (`adapters/postgres/route_feed.py`), when to tell (`agent.py`), what is made of
it (control plane).

An answer is counted when its last byte was handed over. What a process that is killed had not told
is lost: at most `TELL_SECONDS` of it.
"""

import io
import logging
import secrets
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from ..kernel.errors import Broken
from ..kernel.gateway.busy import ALL_OTHERS, MOST_KEPT, OTHERS, busiest, most_active, route_of
from ..kernel.gateway.count import BOUNDS_MS, Counted, is_api_call
from ..kernel.gateway.kind import Kind
from ..kernel.gateway.reference import ENVIRON
from .context import take_user

_logger = logging.getLogger(__name__)
TELL_SECONDS = 10.0
# Nobody: the process is there.
ALIVE = ""


@dataclass(slots=True)
class _Sums:
    requests: int = 0
    api_calls: int = 0
    failures: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    seconds: float = 0.0
    answered: int = 0
    cron_seconds: float = 0.0
    latency: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_MS) + 1))
    failed_logins: int = 0
    held: int = 0
    routes: dict[str, tuple[int, float]] = field(default_factory=dict)
    users: dict[int, tuple[int, int, float]] = field(default_factory=dict)

    def took(self, route: str, ms: float) -> None:
        """Add the time of a request to its route; beyond so many routes all others are one."""
        known = route if route in self.routes or len(self.routes) < MOST_KEPT else OTHERS
        count, before = self.routes.get(known, (0, 0.0))
        self.routes[known] = (count + 1, before + ms)

    def came_from(self, user: int, calls: int, ms: float) -> None:
        """Add a request to its user; beyond so many users all others are one."""
        known = user if user in self.users or len(self.users) < MOST_KEPT else ALL_OTHERS
        count, before, took = self.users.get(known, (0, 0, 0.0))
        self.users[known] = (count + 1, before + calls, took + ms)


class Counters:
    """Every thread counts; only the agent's thread tells."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        heard_by: Iterable[Callable[["Watch", float], None]] = (),
    ) -> None:
        """Each of `heard_by` is told every request that is over, with its seconds."""
        self._clock, self._heard_by = clock, tuple(heard_by)
        self._lock = threading.Lock()
        self.start()

    def start(self) -> None:
        """Become a process of its own: what the parent counted is the parent's to tell."""
        self.process = secrets.token_hex(12)
        self._sums: dict[str, _Sums] = {}
        self._telling: list[Counted] = []
        self._sequence, self._told_at = 0, self._clock()

    def request(self, database: str, kind: Kind, path: str, environ: dict[str, object]) -> "Watch":
        """Begin to count a request."""
        length = environ.get("CONTENT_LENGTH") or "0"
        bytes_in = int(length) if str(length).isdecimal() else 0
        watch = Watch(self, database, is_api_call(kind, path), bytes_in)
        watch.path, watch.method = path, str(environ.get("REQUEST_METHOD", ""))
        watch.request = str(environ.get(ENVIRON, ""))
        if environ.get("HTTP_TRANSFER_ENCODING") and "wsgi.input" in environ:
            # A body that comes in pieces says no length before; its bytes are counted as read.
            watch.bytes_in = 0
            environ["wsgi.input"] = _CountingInput(watch, environ["wsgi.input"])
        return watch

    def answered(self, watch: "Watch") -> None:
        """Add a request whose answer is over."""
        seconds = self._clock() - watch.begun_at
        place = bisect_left(BOUNDS_MS, seconds * 1000)
        with self._lock:
            sums = self._of(watch.database)
            sums.requests += 1
            sums.api_calls += watch.reached and watch.is_api
            sums.failures += watch.status[:1] == "5"
            sums.bytes_in += watch.bytes_in
            sums.bytes_out += watch.bytes_out
            if watch.timed:
                sums.seconds += seconds
                sums.answered += 1
                sums.latency[place] += 1
                sums.took(watch.route, seconds * 1000)
            if watch.user:
                sums.came_from(watch.user, watch.reached and watch.is_api, seconds * 1000)
        for hear in self._heard_by:
            hear(watch, seconds)

    def failed_login(self, database: str) -> None:
        """Add a login that was refused."""
        with self._lock:
            self._of(database).failed_logins += 1

    def held(self, database: str) -> None:
        """Add a request that had to wait for its turn."""
        with self._lock:
            self._of(database).held += 1

    @property
    def waits(self) -> bool:
        """Whether something was counted that was not told."""
        return bool(self._sums or self._telling)

    def cron(self, database: str, seconds: float) -> None:
        """Add the time for which scheduled actions of a tenant ran."""
        with self._lock:
            self._of(database).cron_seconds += seconds

    def now(self) -> float:
        """Return the instant on the clock that requests are timed by."""
        return self._clock()

    def tell(
        self, send: Callable[[str, Sequence[Counted], float], None], at_once: bool = False
    ) -> None:
        """Hand over what was counted, when it is time to; without an answer the same is told again,
        under the same numbers.

        Raises: Unavailable.
        """
        if not self._telling:
            if not at_once and self._clock() - self._told_at < TELL_SECONDS:
                return
            self._telling = self._collect()
        # The rows stay until they were taken; their age is told, for clocks differ.
        try:
            send(self.process, self._telling, self._clock() - self._told_at)
        except Broken as error:  # it would be refused again and again, and the map with it
            _logger.error("counts of %s tenants were refused: %s", len(self._telling), error)
        self._telling = []

    def _of(self, database: str) -> _Sums:
        found = self._sums.get(database)
        if found is None:
            found = self._sums[database] = _Sums()
        return found

    def _collect(self) -> list[Counted]:
        with self._lock:
            sums, self._sums = self._sums, {}
        self._told_at = self._clock()
        sums.setdefault(ALIVE, _Sums())
        first, self._sequence = self._sequence, self._sequence + len(sums)
        return [
            Counted(
                sequence=first + place,
                database=database,
                requests=one.requests,
                api_calls=one.api_calls,
                failures=one.failures,
                bytes_in=one.bytes_in,
                bytes_out=one.bytes_out,
                response_ms=one.seconds * 1000,
                answered=one.answered,
                cron_ms=one.cron_seconds * 1000,
                latency=tuple(one.latency),
                failed_logins=one.failed_logins,
                held_requests=one.held,
                routes=busiest(one.routes),
                users=most_active(one.users),
            )
            for place, (database, one) in enumerate(sums.items(), start=1)
        ]


class Watch:
    """One request on its way: what it asked for, what it got."""

    __slots__ = (
        *("_counters", "database", "is_api", "bytes_in", "bytes_out", "begun_at"),
        *("reached", "status", "timed", "path", "method", "request", "user"),
    )

    def __init__(self, counters: Counters, database: str, is_api: bool, bytes_in: int) -> None:
        self._counters, self.database = counters, database
        self.is_api, self.bytes_in, self.bytes_out = is_api, bytes_in, 0
        self.begun_at = counters.now()
        # Whether Odoo got it; whether its time says anything.
        self.reached, self.timed, self.status = False, True, ""
        self.path = self.method = self.request = ""
        # The number of who asked in the tenant; None for visitors.
        self.user: int | None = None

    @property
    def route(self) -> str:
        """What was asked for, without numbers, names and keys."""
        return route_of(self.path)

    def noting(self, start_response: Callable) -> Callable:
        """Return `start_response`, with the status noted."""

        def start(status: str, headers: list, *error: object) -> object:
            self.status = status
            return start_response(status, headers, *error)

        return start

    def reaching(self, call: Callable) -> Callable:
        """Return the call of Odoo, with it noted that Odoo got the request, and from whom."""

        def reach(*arguments: object) -> Iterable[bytes]:
            self.reached = True
            take_user()  # what a request before left behind
            try:
                return call(*arguments)
            finally:
                self.user = take_user()

        return reach

    def around(self, body: Iterable[bytes]) -> "Iterable[bytes]":
        """Pass the answer on, counting; it counts when the server lets go of it."""
        return _Counting(self, body)

    def over(self) -> None:
        """Count the request."""
        self._counters.answered(self)

    def at_once(self) -> None:
        """Count a request whose time says nothing, such as a websocket's."""
        self.timed = False
        self.over()


class _Counting:
    """An answer of which every byte is counted; closed once, also when nobody read it."""

    __slots__ = ("_watch", "_body", "_closed")

    def __init__(self, watch: Watch, body: Iterable[bytes]) -> None:
        self._watch, self._body, self._closed = watch, body, False

    def __iter__(self) -> Iterator[bytes]:
        watch = self._watch
        for piece in self._body:
            watch.bytes_out += len(piece)
            yield piece

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            self._watch.over()


class _CountingInput(io.RawIOBase):
    """The body of a request that says no length, of which every byte read is counted."""

    def __init__(self, watch: Watch, body: BinaryIO) -> None:
        self._watch, self._body = watch, body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        piece = self._body.read(len(buffer))
        self._watch.bytes_in += len(piece)
        buffer[: len(piece)] = piece
        return len(piece)
