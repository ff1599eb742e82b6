"""Lines of this process that the control plane is told: warnings, failed and slow requests.

Owns: which lines, equal ones as one, a bound on how many, telling them once. Does not own: the
connection (`adapters/postgres/route_feed.py`), when to tell (`agent.py`), the file the whole log is
written to (Odoo).
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..kernel.errors import Broken
from ..kernel.gateway.busy import route_of
from ..kernel.gateway.log_line import REQUESTS, Line, short
from ..kernel.gateway.reference import THREAD
from .context import current_database

_logger = logging.getLogger(__name__)
# As many lines of one process are told every ten seconds; the rest is in the node's own log.
MOST = 200
TELL_SECONDS = 10.0
SLOW_SECONDS = 5.0


@dataclass(slots=True)
class _Said:
    at: float
    level: str
    request: str
    ms: float = 0.0
    count: int = 1


class Journal:
    """Every thread adds; only the agent's thread tells."""

    def __init__(
        self,
        slow_seconds: float = SLOW_SECONDS,
        most: int = MOST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._slow_seconds, self._most, self._clock = slow_seconds, most, clock
        self._lock = threading.Lock()
        self.start()

    def start(self) -> None:
        """Become a process of its own: what the parent collected is the parent's to tell."""
        self.process = secrets.token_hex(12)
        self._said: dict[tuple, _Said] = {}
        self._telling: list[tuple[float, Line]] = []
        self._sequence, self._told_at, self._lost = 0, self._clock(), 0

    def note(self, level: str, logger: str, message: str, database: str, request: str) -> None:
        """Remember a line of the log."""
        self._add((logger, short(message), database, 0), level, request)

    def request(self, watch, seconds: float) -> None:
        """Remember a request that failed or was slow."""
        status = int(watch.status[:3]) if watch.status[:3].isdecimal() else 0
        slow = watch.timed and seconds >= self._slow_seconds
        if status < 500 and not slow:
            return
        level = "ERROR" if status >= 500 else "WARNING"
        message = f"{watch.method} {route_of(watch.path)}"
        self._add((REQUESTS, message, watch.database, status), level, watch.request, seconds * 1000)

    def tell(self, send: Callable[[str, Sequence[Line]], None]) -> None:
        """Hand over what is new, when it is time to; without an answer the same is told again.

        Raises: Unavailable.
        """
        if not self._telling:
            if self._clock() - self._told_at < TELL_SECONDS:
                return
            self._telling = self._collect()
        if not self._telling:
            return
        try:
            now = self._clock()
            send(self.process, [_aged(line, now - at) for at, line in self._telling])
        except Broken as error:  # it would be refused again and again, and the map with it
            _logger.info("%s lines of the log were refused: %s", len(self._telling), error)
        self._telling = []

    def _add(self, key: tuple, level: str, request: str, ms: float = 0.0) -> None:
        with self._lock:
            known = self._said.get(key)
            if known is not None:
                known.count, known.at = known.count + 1, self._clock()
                known.ms = max(known.ms, ms)
            elif len(self._said) < self._most:
                self._said[key] = _Said(self._clock(), level, request, ms)
            else:
                self._lost += 1

    def _collect(self) -> list[tuple[float, Line]]:
        with self._lock:
            said, self._said = self._said, {}
            lost, self._lost = self._lost, 0
        self._told_at = self._clock()
        if lost:
            _logger.info("%s lines were more than are told; they are in this log alone", lost)
        first, self._sequence = self._sequence, self._sequence + len(said)
        return [
            (one.at, _line(first + place, key, one))
            for place, (key, one) in enumerate(said.items(), start=1)
        ]


class JournalHandler(logging.Handler):
    """Passes warnings on to the journal; it waits for nobody and raises nothing."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(logging.WARNING)
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        """Note a record, with the last line of its traceback."""
        thread = threading.current_thread()
        named = getattr(thread, "dbname", "") or ""
        database = current_database() or ("" if named == "?" else named)
        request = getattr(thread, THREAD, "")
        self._journal.note(record.levelname, record.name, said_in(record), database, request)


def said_in(record: logging.LogRecord) -> str:
    """Return the message of a record, and what was raised by its kind alone: words may be data."""
    try:
        message = record.getMessage()
    except (TypeError, ValueError, KeyError):
        message = str(record.msg)
    raised = record.exc_info[0] if record.exc_info else None
    return f"{message} ({raised.__name__})" if raised else message


def _line(sequence: int, key: tuple, one: _Said) -> Line:
    logger, message, database, status = key
    return Line(
        *(sequence, 0.0, one.level, logger, message, database, one.request),
        *(status, one.ms, one.count),
    )


def _aged(line: Line, seconds: float) -> Line:
    return replace(line, age_seconds=max(0.0, seconds))
