"""Time, as the jobs ask for it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Time, so that tests can turn it."""

    def now(self) -> datetime:
        """Return the aware UTC instant."""

    def monotonic(self) -> float:
        """Return seconds for durations."""

    def sleep(self, seconds: float) -> None:
        """Wait."""
