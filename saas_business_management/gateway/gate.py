"""How many requests of one tenant run at once in this process.

Owns: counting and waiting. Does not own: the number (`kernel/gateway/decide.slots`).
"""

import threading
from collections import deque
from collections.abc import Callable


class Gate:
    """Lets `limit` requests of a key run; further ones wait their turn, at most `patience` seconds.

    Whoever entered must leave.
    """

    def __init__(
        self,
        limit: int,
        patience_seconds: float = 2.0,
        on_held: Callable[[str], None] = lambda key: None,
    ) -> None:
        """`on_held` is told the key of each request that has to wait."""
        self._limit, self._patience, self._on_held = limit, patience_seconds, on_held
        self._lock = threading.Lock()
        self._running: dict[str, int] = {}
        self._waiting: dict[str, deque[threading.Event]] = {}

    def enter(self, key: str, most: int = 0) -> bool:
        """Take a place, or give up after a while and return False.

        `most` is the key's own limit instead of everybody's; 0 is none.
        """
        limit = most or self._limit
        with self._lock:
            running = self._running.get(key, 0)
            if running < limit:
                self._running[key] = running + 1
                return True
            turn = threading.Event()
            self._waiting.setdefault(key, deque()).append(turn)
        self._on_held(key)
        turn.wait(self._patience)
        return self._got_place(key, turn)

    def leave(self, key: str) -> None:
        """Give the place to the first who waits, or free it."""
        with self._lock:
            if waiting := self._waiting.get(key):
                waiting.popleft().set()
            elif self._running[key] == 1:
                del self._running[key]
                self._waiting.pop(key, None)
            else:
                self._running[key] -= 1

    def _got_place(self, key: str, turn: threading.Event) -> bool:
        """Look under the lock: the place may have been handed over as the patience ended."""
        with self._lock:
            if turn.is_set():
                return True
            self._waiting[key].remove(turn)
            return False
