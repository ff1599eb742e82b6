"""The real clock.

Owns: time as the machine tells it. Does not own: what is due when.
"""

import time
from datetime import datetime, timezone


class SystemClock:
    """`Clock` of the machine."""

    def now(self) -> datetime:
        """Return the aware UTC instant."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Return seconds for durations."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
