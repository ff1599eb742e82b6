"""A clock that tests turn."""

from datetime import datetime, timedelta, timezone

START = datetime(2026, 1, 5, 9, 0, tzinfo=timezone.utc)


class FakeClock:
    """`Clock` that stands still until somebody sleeps or turns it."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._seconds = 0.0

    def now(self) -> datetime:
        """Return the aware UTC instant."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds for durations."""
        return self._seconds

    def sleep(self, seconds: float) -> None:
        """Go forward at once."""
        self.turn(seconds)

    def turn(self, seconds: float) -> None:
        """Go forward by this much; a negative number sets back the calendar alone."""
        self._now += timedelta(seconds=seconds)
        self._seconds += max(seconds, 0)
