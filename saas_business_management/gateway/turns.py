"""When scheduled actions of a tenant have their turn.

Owns: the seconds they took in the running hour, whether one waits. Does not own: the limits
(`kernel/gateway/work.py`), asking (`install_cron_turns.py`).

Each process counts for itself: a node usually has one that runs scheduled actions.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping

from ..kernel.gateway.work import HOUR_SECONDS, Work
from .cache import RouteCache
from .limiter import Limiter


class Turns:
    """Asked before scheduled actions are run, told how long they took."""

    def __init__(
        self, cache: RouteCache, limiter: Limiter, clock: Callable[[], float] = time.time
    ) -> None:
        self._cache, self._limiter, self._clock = cache, limiter, clock
        self._lock = threading.Lock()
        self._hour = 0
        self._seconds: dict[str, float] = {}

    def took(self, database: str, seconds: float) -> None:
        """Count what scheduled actions of a tenant took."""
        with self._lock:
            self._turn_hour()
            self._seconds[database] = self._seconds.get(database, 0.0) + seconds

    def those_due(self, database: str, jobs: Iterable[Mapping]) -> list[Mapping]:
        """Return the scheduled actions that have their turn now; the others stay due."""
        found = list(jobs)
        route = self._cache.map.by_database.get(database)
        work = self._limiter.limits_of(route).work if route and route.limits else None
        if work is None:
            return found
        if self._is_spent(database, work):
            return []
        now = self._clock()
        return [
            job
            for job in found
            if not work.waits(job.get("interval_number"), job.get("interval_type"), now)
        ]

    def _is_spent(self, database: str, work: Work) -> bool:
        if not work.cron_seconds:
            return False
        with self._lock:
            self._turn_hour()
            return self._seconds.get(database, 0.0) >= work.cron_seconds

    def _turn_hour(self) -> None:
        hour = int(self._clock() // HOUR_SECONDS)
        if hour != self._hour:
            self._hour, self._seconds = hour, {}
