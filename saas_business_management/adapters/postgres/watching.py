"""A cluster as monitoring sees it: sessions, locks, counters, statements, by the monitor's role.

Owns: one look, and that it ends. Does not own: the questions (`watch_questions.py`), what was added
since the last look (`kernel/monitoring/counter.py`).

A server that was paused or cut off answers nothing and refuses nothing: the connection is closed
after `ALTOGETHER_SECONDS`, whatever it waits for.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ...kernel.errors import Refused, Unavailable
from ..ports import Sight
from . import watch_questions
from .connect import Connection, Limits, Server, connect, used

QUICK = Limits(connect_seconds=3, statement_seconds=2, lock_seconds=0.2)
ALTOGETHER_SECONDS = 10.0
WATCHER = "saas monitor"
READING = {"default_transaction_read_only": "on"}


class Watching:
    """The part of `ClusterPort` that monitoring looks through; mixed into `PostgresCluster`."""

    _monitor: Server | None

    def watch(self, statements: bool = False) -> Sight:
        """Return what is seen now.

        Raises: Refused (`monitor_secret_missing`), Unavailable (`look_too_long`), Broken.
        """
        if self._monitor is None:
            raise Refused("monitor_secret_missing")
        cnx = connect(self._monitor, QUICK, WATCHER, READING)
        late = threading.Event()
        try:
            with used(cnx) as cursor, _cut_off(cnx, late):
                return watch_questions.look(cursor, statements)
        except Unavailable:
            if late.is_set():
                raise Unavailable("look_too_long") from None
            raise


@contextmanager
def _cut_off(cnx: Connection, late: threading.Event) -> Iterator[None]:
    """Close the line when the block takes longer than it may, and say so in `late`."""

    def cut() -> None:
        late.set()
        with suppress(OSError), socket.socket(fileno=os.dup(cnx.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(ALTOGETHER_SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
