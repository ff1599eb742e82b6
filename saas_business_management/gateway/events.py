"""What this process noticed and has not told yet.

Owns: collecting, equal ones as one, a bound on how many, telling them once. Does not own: the
connection (`adapters/postgres/route_feed.py`) and when to tell (`agent.py`).
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..kernel.errors import Broken
from ..kernel.gateway.event import Told
from .context import current_database, current_source

_logger = logging.getLogger(__name__)
MOST = 500
FACT_LENGTH = 200


class Events:
    """Every thread adds; only the agent's thread tells.

    A flood of one kind from one source is one row that counts; of different ones only the first
    are kept until they were told.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._new: dict[tuple, Told] = {}
        self._telling: list[Told] = []
        self._sequence = 0
        self._lost = 0
        self.start()

    def start(self) -> None:
        """Become a process of its own: what the parent collected is the parent's to tell."""
        self.process = secrets.token_hex(12)
        self._new, self._telling, self._sequence = {}, [], 0

    def note(self, rule: str, database: str | None = None, source: str = "", **facts: str) -> None:
        """Remember that a rule was broken; without arguments it was the request of this thread."""
        name = database if database is not None else (current_database() or "")
        where = source or current_source()
        cut = {key: str(value)[:FACT_LENGTH] for key, value in facts.items()}
        with self._lock:
            known = self._new.get((rule, name, where))
            if known is not None:
                self._new[rule, name, where] = replace(known, count=known.count + 1)
            elif len(self._new) < self._most:
                self._new[rule, name, where] = Told(0, time.time(), rule, name, where, 1, cut)
            else:
                self._lost += 1

    def tell(self, send: Callable[[str, Sequence[Told]], None]) -> None:
        """Hand over what is new; without an answer the same is told again, under the same numbers.

        Raises: Unavailable.
        """
        if not self._telling:
            self._telling = self._collect()
        if not self._telling:
            return
        try:
            send(self.process, self._telling)
        except Broken as error:  # it would be refused again and again, and the map with it
            _logger.error("%s security events were refused: %s", len(self._telling), error)
        self._telling = []

    def _collect(self) -> list[Told]:
        with self._lock:
            new, self._new = list(self._new.values()), {}
            lost, self._lost = self._lost, 0
        if lost:
            _logger.warning("%s security events were more than could be kept", lost)
        first, self._sequence = self._sequence, self._sequence + len(new)
        return [replace(one, sequence=first + place) for place, one in enumerate(new, start=1)]
