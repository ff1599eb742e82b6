"""One connection kept open for short questions and orders.

Owns: opening it at the first need, and again when the server has closed it. Does not own: what is
asked.
"""

import threading
from collections.abc import Callable
from typing import TypeVar

from ...kernel.errors import Unavailable
from .connect import Connection, Cursor, Limits, Server, connect
from .errors import translated

Result = TypeVar("Result")
LOST = ("connection_lost", "server_restarting", "server_unreachable")


class WarmConnection:
    """Runs short work on an autocommit connection that stays open; threads take turns."""

    def __init__(self, server: Server, limits: Limits, application: str) -> None:
        self._server = server
        self._limits = limits
        self._application = application
        self._cnx: Connection | None = None
        self._lock = threading.RLock()

    def run(self, work: Callable[[Cursor], Result]) -> Result:
        """Return what the work returns; it must be safe to run twice.

        A connection that was opened earlier and turns out to be dead is replaced and the work tried
        once more.
        Raises: Refused, Unavailable or Broken.
        """
        with self._lock:
            kept = self._alive()
            try:
                return self._attempt(work)
            except Unavailable:
                if not kept or self._alive():
                    raise
                return self._attempt(work)

    def server_version(self) -> int:
        """Return the server's version as 180006 for 18.6.

        Raises: Unavailable, Broken.
        """
        return self.run(lambda cursor: cursor.connection.server_version)

    def close(self) -> None:
        """Close the connection; the next work opens a new one."""
        with self._lock:
            if self._cnx is not None:
                self._cnx.close()
            self._cnx = None

    def _alive(self) -> bool:
        return self._cnx is not None and not self._cnx.closed

    def _attempt(self, work: Callable[[Cursor], Result]) -> Result:
        if not self._alive():
            self._cnx = connect(self._server, self._limits, self._application)
        try:
            with translated(), self._cnx.cursor() as cursor:
                return work(cursor)
        except Unavailable as error:
            if error.code in LOST:
                self.close()
            raise
