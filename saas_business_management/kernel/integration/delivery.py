"""The deliveries of one event to one endpoint: when the next try is, when there is none, replay.

Owns: waiting times, the state of a delivery. Does not own: sending, the log's rows, the clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..errors import Refused

WAITING = "waiting"
DELIVERED = "delivered"
DEAD_LETTER = "dead_letter"
BASE_SECONDS = 60
CAP_SECONDS = 6 * 3600
HORIZON_SECONDS = 3 * 86_400
MOST_MARKS = 64


@dataclass(frozen=True)
class Backoff:
    """Waiting times that double from `base` to `cap`, for `horizon` in all; whole seconds."""

    base_seconds: int = BASE_SECONDS
    cap_seconds: int = CAP_SECONDS
    horizon_seconds: int = HORIZON_SECONDS

    def __post_init__(self) -> None:
        """Refuse times that never grow or never end.

        Raises: Refused (`backoff_seconds`).
        """
        if not 0 < self.base_seconds <= self.cap_seconds <= self.horizon_seconds:
            raise Refused("backoff_seconds")

    def delay_seconds(self, failures: int) -> int:
        """Return how long to wait after so many failures, from 1 on."""
        # Beyond the cap the power is of no interest, however large the number.
        doubled = self.base_seconds * 2 ** min(failures - 1, MOST_MARKS)
        return min(doubled, self.cap_seconds)

    @property
    def delays(self) -> tuple[int, ...]:
        """Return every waiting time until the horizon; behind the last one nobody tries again."""
        return tuple(self._within())

    @property
    def first_delays(self) -> tuple[int, ...]:
        """Return the waiting times until they grow no more."""
        growing = sum(1 for one in self.delays if one < self.cap_seconds)
        return self.delays[: growing + 1]

    def state_after(self, failures: int) -> str:
        """Return whether a delivery that failed so often is tried again."""
        return WAITING if failures <= len(self.delays) else DEAD_LETTER

    @property
    def end_state(self) -> str:
        """Return what a delivery is that failed until the horizon."""
        return self.state_after(len(self.delays) + 1)

    def _within(self) -> Iterator[int]:
        """Yield the waiting times that fit into the horizon."""
        failures, left = 1, self.horizon_seconds
        while self.delay_seconds(failures) <= left:
            yield self.delay_seconds(failures)
            left -= self.delay_seconds(failures)
            failures += 1


@dataclass(frozen=True)
class Delivery:
    """One sending of an event: the body is the bytes that were signed first."""

    event_id: str
    body: bytes = b""
    number: int = 1


def replayed(delivery: Delivery) -> Delivery:
    """Return one more sending of the same event: same id, same bytes, so that who knows the id
    drops it.
    """
    return replace(delivery, number=delivery.number + 1)


def replays(delivery: Delivery, times: int) -> tuple[Delivery, ...]:
    """Return a delivery and so many replays of it.

    Raises: Refused (`replay_times`) for less than one.
    """
    if times < 1:
        raise Refused("replay_times", times=times)
    found = [delivery]
    while len(found) <= times:
        found.append(replayed(found[-1]))
    return tuple(found)
