"""How often a question may be asked: a bucket that fills with time.

Owns: counting. Does not own: time, which is an argument, and locks (one bucket per thread or a
lock around it).
"""


class Budget:
    """`most` at once, `each_second` more with every second."""

    def __init__(self, most: float, each_second: float) -> None:
        self._most, self._each_second = most, each_second
        self._left, self._at = most, 0.0

    def take(self, now: float) -> bool:
        """Take one when there is one left; `now` in seconds of a clock that never goes back."""
        grown = max(0.0, now - self._at) * self._each_second
        self._left, self._at = min(self._most, self._left + grown), max(self._at, now)
        if self._left < 1:
            return False
        self._left -= 1
        return True
