"""The ledger of events in memory: what a database keeps, for imports tried first and simulations.

Owns: taking batches one after the other, the quarantine. Does not own: the verdicts
(`judgement.py`), the tables.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from .batch import Taken, replay, take
from .event import Event
from .judgement import Rules
from .quantity import total

Identity = tuple[str, str]


class Ledger:
    """Events that count, by their identity, and those that wait."""

    def __init__(self) -> None:
        self.stored: dict[Identity, Event] = {}
        self._waiting: dict[tuple[Identity, str], Event] = {}

    @property
    def quarantine(self) -> tuple[Event, ...]:
        """Return what waits for a person; the same content once, however often it came."""
        return tuple(self._waiting.values())

    @property
    def total(self) -> Decimal:
        """Return the sum of everything that counts."""
        return total(event.value for event in self.stored.values())

    def receive(self, raws: Sequence[object], source: str, rules: Rules) -> Taken:
        """Take a source's batch.

        Raises: Refused (`batch_too_large`).
        """
        return self._keep(take(raws, source, self._known(), rules))

    def replay(self, mapping: Mapping[str, str], rules: Rules) -> Taken:
        """Look at everything in quarantine again, after references were mapped."""
        waiting = self.quarantine
        self._waiting.clear()
        return self._keep(replay(waiting, mapping, self._known(), rules))

    def _known(self) -> dict[Identity, str]:
        return {identity: event.digest for identity, event in self.stored.items()}

    def _keep(self, taken: Taken) -> Taken:
        self.stored |= {event.identity: event for event in taken.stored}
        self._waiting |= {(one.identity, one.digest): one for one in taken.quarantined}
        return taken
