"""A batch of events: each gets its own answer, and the same batch may come again.

Owns: the size of a batch, order inside it, what is taken, what waits, what replay does. Does not
own: the verdict over one event (`judgement.py`), storing (the database's unique key decides
between two batches at once).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ..errors import Refused
from . import status
from .event import Event, Unreadable, read_event
from .judgement import Rules, judge
from .quantity import total

ITEMS_MOST = 1_000
BYTES_MOST = 1 << 20
TAKEN_STATUS, TOO_LARGE_STATUS = 200, 413


@dataclass(frozen=True)
class Answer:
    """What became of one item of a batch; the event is None when nothing could be read."""

    status: str
    event: Event | None = None


@dataclass(frozen=True)
class Taken:
    """What became of a batch, item by item and in its order."""

    answers: tuple[Answer, ...]

    @property
    def statuses(self) -> tuple[str, ...]:
        """Return the status of each item."""
        return tuple(answer.status for answer in self.answers)

    @property
    def stored(self) -> tuple[Event, ...]:
        """Return the events that count from now on."""
        return self._of(frozenset({status.ACCEPTED}))

    @property
    def quarantined(self) -> tuple[Event, ...]:
        """Return the events that wait for a person; the same content waits once."""
        waiting = self._of(status.QUARANTINED)
        return tuple({(event.identity, event.digest): event for event in waiting}.values())

    @property
    def total(self) -> Decimal:
        """Return the sum of what was stored."""
        return total(event.value for event in self.stored)

    def _of(self, wanted: frozenset[str]) -> tuple[Event, ...]:
        return tuple(one.event for one in self.answers if one.event and one.status in wanted)


def http_status(count: int, size_bytes: int = 0) -> int:
    """Return how a batch of so many items and bytes is answered: 200, or 413 for too much."""
    too_much = count > ITEMS_MOST or size_bytes > BYTES_MOST
    return TOO_LARGE_STATUS if too_much else TAKEN_STATUS


def take(
    raws: Sequence[object], source: str, known: Mapping[tuple[str, str], str], rules: Rules
) -> Taken:
    """Return what becomes of each item of a source's batch.

    `known` maps identities to the digests of the events that count already. Of one identity twice
    in a batch the first counts.

    Raises: Refused (`batch_too_large`) for more than 1,000 items.
    """
    if http_status(len(raws)) != TAKEN_STATUS:
        raise Refused("batch_too_large", items=len(raws), most=ITEMS_MOST)
    return _judged((read_event(raw, source) for raw in raws), known, rules)


def replay(
    waiting: Iterable[Event],
    mapping: Mapping[str, str],
    known: Mapping[tuple[str, str], str],
    rules: Rules,
) -> Taken:
    """Return what becomes of quarantined events after their references were mapped.

    Identity and digest stay those of what was sent, so that the source may still repeat it.
    """
    mapped = [
        replace(one, subscription_ref=mapping.get(one.subscription_ref, one.subscription_ref))
        for one in waiting
    ]
    return _judged(mapped, known, rules)


def _judged(
    events: Iterable[Event | Unreadable], known: Mapping[tuple[str, str], str], rules: Rules
) -> Taken:
    fresh: dict[tuple[str, str], str] = {}
    answers = []
    for event in events:
        if isinstance(event, Unreadable):
            answers.append(Answer(event.status))
            continue
        identity = event.identity
        word = judge(event, fresh.get(identity, known.get(identity)), rules)
        if word == status.ACCEPTED:
            fresh[identity] = event.digest
        answers.append(Answer(word, event))
    return Taken(tuple(answers))
