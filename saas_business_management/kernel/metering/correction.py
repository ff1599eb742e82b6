"""Corrections of an event: void and amend, as further rows under the same identity.

Owns: the history of one event and what counts of it. Does not own: what a correction changes on an
invoice (`kernel/billing/rerating.py`), who may correct.

Nothing is overwritten. A correction carries an id of its own, so that repeating it changes nothing.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from ..errors import Refused
from .event import Event
from .quantity import total

RECORDED = "recorded"
AMENDED = "amended"
VOIDED = "voided"


@dataclass(frozen=True)
class Version:
    """A row of the ledger: the value that counted from then on; None after a void."""

    kind: str
    value: Decimal | None
    correction_id: str = ""


@dataclass(frozen=True)
class History:
    """All that was ever said about one event, oldest first."""

    event: Event
    rows: tuple[Version, ...]

    @property
    def active(self) -> Decimal | None:
        """Return the value that counts now; None when the event is void."""
        return self.rows[-1].value

    @property
    def versions(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)

    @property
    def change(self) -> Decimal:
        """Return by how much all corrections together changed the sum."""
        return total([self.active or Decimal(0), self.event.value.copy_negate()])


def record(event: Event) -> History:
    """Return the history of an event that was never corrected."""
    return History(event, (Version(RECORDED, event.value),))


def void(history: History, correction_id: str) -> History:
    """Return the history after the event was declared never to have happened.

    Raises: Refused (`correction_reused`, `event_void`).
    """
    return _add(history, Version(VOIDED, None, correction_id))


def amend(history: History, correction_id: str, value: Decimal) -> History:
    """Return the history after the event got another value.

    Raises: Refused (`correction_reused`, `event_void`).
    """
    return _add(history, Version(AMENDED, value, correction_id))


def _add(history: History, row: Version) -> History:
    """Add a row; the same correction a second time changes nothing."""
    for known in history.rows:
        if known.correction_id == row.correction_id:
            if known != row:
                raise Refused("correction_reused", correction=row.correction_id)
            return history
    if history.active is None:
        raise Refused("event_void", event=history.event.event_id)
    return replace(history, rows=(*history.rows, row))
