"""How often somebody may try to log in.

Owns: token buckets and the rule over three of them. Does not own: noticing a try that failed
(`gateway/install_login.py`) and the clock: time is an argument, seconds of any monotonic clock.
"""

from collections import OrderedDict
from dataclasses import dataclass

KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, then one more after each `seconds`."""

    burst: int
    seconds: float


# Failed tries only: who logs in well is never counted.
SOURCE = Rate(burst=10, seconds=10)
LOGIN = Rate(burst=20, seconds=30)
SOURCE_OF_LOGIN = Rate(burst=3, seconds=60)


class Buckets:
    """A bucket for each key; one that is full again is as good as none, so few are kept."""

    def __init__(self, rate: Rate, kept: int = KEPT) -> None:
        self._rate, self._kept = rate, kept
        self._empty_until: OrderedDict[tuple, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._empty_until)

    def wait_seconds(self, key: tuple, now: float) -> float:
        """Return how long until there is a token; 0 when there is one."""
        # A bucket is the instant at which it is full: each token taken moves it on by one step.
        full_at = self._empty_until.get(key, now)
        return max(0.0, full_at - now - (self._rate.burst - 1) * self._rate.seconds)

    def take(self, key: tuple, now: float) -> None:
        """Take one token; below none there is nothing more to take."""
        longest = now + self._rate.burst * self._rate.seconds
        full_at = max(self._empty_until.pop(key, now), now)
        self._empty_until[key] = min(full_at + self._rate.seconds, longest)
        while len(self._empty_until) > self._kept:
            self._empty_until.popitem(last=False)


class LoginRule:
    """Slows a source at a tenant down, and a login that is tried from many sources.

    A login under attack keeps three tries for each source, so that its owner is not locked out.
    """

    def __init__(self) -> None:
        self._sources, self._logins = Buckets(SOURCE), Buckets(LOGIN)
        self._pairs = Buckets(SOURCE_OF_LOGIN)

    def wait_seconds(self, database: str, source: str, login: str, now: float) -> float:
        """Return how long this source has to wait with this login; an empty login is not asked."""
        wait = self._sources.wait_seconds((database, source), now)
        if wait or not login or not self._logins.wait_seconds((database, login), now):
            return wait
        return self._pairs.wait_seconds((database, login, source), now)

    def failed(self, database: str, source: str, login: str, now: float) -> None:
        """Count a try that failed."""
        self._sources.take((database, source), now)
        if login:
            self._logins.take((database, login), now)
            self._pairs.take((database, login, source), now)
