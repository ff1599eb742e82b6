"""Holding back requests of a tenant whose limit is reached.

Owns: which answer a request gets by its route's limits, the tokens of throttled ones, saying once
what of a route's limits was not understood. Does not own: the form of the limits and the words
(`kernel/gateway/{limits,over_limit}.py`), sending (`pages.py`).
"""

import logging
import mmap
import os
import threading
import time
from collections.abc import Callable

from ..kernel.gateway.answers import Answer
from ..kernel.gateway.bucket import TABLE_BYTES, Buckets
from ..kernel.gateway.count import is_api_call
from ..kernel.gateway.kind import Kind
from ..kernel.gateway.limits import BLOCK, Limits, Rule, read_limits, rules_for
from ..kernel.gateway.over_limit import over_limit, rate_of
from ..kernel.gateway.route import Route

_logger = logging.getLogger(__name__)
NOTED = 1000


class Limiter:
    """Every thread asks; worker processes that are forked after it was made count together.

    `clock` is the wall clock, by which a limit ends; `steady` never goes back and times tokens;
    `processes` share what of a tenant may run at once.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        processes: int = 1,
    ) -> None:
        self._processes = processes
        self._clock, self._steady = clock, steady
        self._memory = memoryview(mmap.mmap(-1, TABLE_BYTES))
        self._secret = os.urandom(16)
        self._lock = threading.Lock()
        self._noted: set[tuple[str, str]] = set()

    def limits_of(self, route: Route) -> Limits:
        """Return what of the route's limits is understood; the rest is logged once."""
        limits = read_limits(route.limits)
        if limits.problems:
            self._note(route, limits.problems)
        return limits

    def most_at_once(self, route: Route) -> int:
        """Return how many requests of the tenant may run at once in this process; 0 is no limit of
        its own.
        """
        work = self.limits_of(route).work if route.limits else None
        return work.at_once(self._processes) if work else 0

    def answer(self, route: Route, kind: Kind, path: str) -> Answer | None:
        """Return what the caller is told instead of being let through, None to let him through."""
        if not route.limits:
            return None
        now = self._clock()
        for rule in rules_for(self.limits_of(route), kind, path, now):
            if rule.policy == BLOCK:
                return over_limit(rule, now)
            if wait := self._take(route.database, rule, kind, path):
                return over_limit(rule, now, wait)
        return None

    def _take(self, database: str, rule: Rule, kind: Kind, path: str) -> float:
        """Take a token, or return the seconds until there is one."""
        buckets = Buckets(rate_of(rule), self._memory, self._secret)
        # Another rate is another bucket; programs do not take what people need.
        who = "programs" if is_api_call(kind, path) else "people"
        key = (database, rule.meter, str(rule.rate), who)
        with self._lock:
            now = self._steady()
            wait = buckets.wait_seconds(key, now)
            if not wait:
                buckets.take(key, now)
        return wait

    def _note(self, route: Route, problems: tuple[str, ...]) -> None:
        """Say once for each text and process what limits nothing."""
        known = (route.database, route.limits)
        if known in self._noted or len(self._noted) >= NOTED:
            return
        self._noted.add(known)
        _logger.error(
            "limits of %s: not understood and ignored: %s", route.database, ", ".join(problems)
        )
