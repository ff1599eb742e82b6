"""How often somebody may try to log in.

Owns: token buckets and the rule over three of them. Does not own: noticing a try that failed
(`gateway/install_login.py`) and the clock: time is an argument, seconds of any monotonic clock.
"""

import struct
from dataclasses import dataclass
from hashlib import blake2b

# A bucket is the mark of its key and the instant at which it is full. A key has its place in one of
# a few neighbouring slots; a mark of zeros is a slot that was never used.
SLOT = struct.Struct("<8sd")
NEIGHBOURS = 8
SLOTS = 2_500 * NEIGHBOURS
TABLE_BYTES = SLOTS * SLOT.size


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
    """A bucket for each key, in memory that worker processes may share.

    Nobody waits for a lock there, for a worker that is killed would keep it: of two tries that are
    counted in the same microsecond one may be lost. Where all places of a key are taken, the bucket
    that is full first gives way.
    """

    def __init__(self, rate: Rate, memory: memoryview, secret: bytes) -> None:
        self._rate, self._memory, self._secret = rate, memory, secret
        self._sets = len(memory) // SLOT.size // NEIGHBOURS

    def wait_seconds(self, key: tuple[str, ...], now: float) -> float:
        """Return how long until there is a token; 0 when there is one."""
        # Each token taken moves the instant at which the bucket is full on by one step.
        _place, full_at = self._find(key, now)
        return max(0.0, full_at - now - (self._rate.burst - 1) * self._rate.seconds)

    def take(self, key: tuple[str, ...], now: float) -> None:
        """Take one token; below none there is nothing more to take."""
        longest = now + self._rate.burst * self._rate.seconds
        place, full_at = self._find(key, now)
        full_at = min(full_at + self._rate.seconds, longest)
        SLOT.pack_into(self._memory, place, self._mark(key), full_at)

    def _find(self, key: tuple[str, ...], now: float) -> tuple[int, float]:
        """Return the key's place, or the one it would get, and when its bucket is full."""
        mark = self._mark(key)
        first = int.from_bytes(mark, "big") % self._sets * NEIGHBOURS * SLOT.size
        oldest, oldest_full_at = first, float("inf")
        for place in range(first, first + NEIGHBOURS * SLOT.size, SLOT.size):
            found, full_at = SLOT.unpack_from(self._memory, place)
            if found == mark:
                return place, max(full_at, now)
            if full_at < oldest_full_at:
                oldest, oldest_full_at = place, full_at
        return oldest, now

    def _mark(self, key: tuple[str, ...]) -> bytes:
        # Keyed, so that nobody can choose logins that push each other out.
        words = "\0".join(key).encode("utf-8", "surrogatepass")
        return blake2b(words, digest_size=8, key=self._secret).digest()


class LoginRule:
    """Slows a source at a tenant down, and a login that is tried from many sources.

    A login under attack keeps three tries for each source, so that its owner is not locked out.
    """

    MEMORY_BYTES = 3 * TABLE_BYTES

    def __init__(self, memory: memoryview, secret: bytes) -> None:
        """Count in `memory`, `MEMORY_BYTES` zeros at first; the secret is 16 bytes by chance."""
        tables = (memory[at : at + TABLE_BYTES] for at in range(0, self.MEMORY_BYTES, TABLE_BYTES))
        self._sources, self._logins, self._pairs = (
            Buckets(rate, table, secret)
            for rate, table in zip((SOURCE, LOGIN, SOURCE_OF_LOGIN), tables, strict=True)
        )

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
