"""Use and corrections that come when their period has ended: where they are settled.

Owns: grace, the policies after posting, how far back a period may still change. Does not own: the
amounts (`rerating.py`), documents, the clock.

Until the grace is over the draft changes. After that a posted document stays as it is, and the
difference goes to the next invoice, to a document of its own, or into a report.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from ..errors import Refused
from ..money import Currency
from ..period import Period
from .arithmetic import ZERO, plus
from .charge import Charge
from .document import Document, document_for
from .rerating import Delta, rerate

SAME_DRAFT = "same_draft"
NEXT_INVOICE = "next_invoice"
SEPARATE_DOCUMENT = "separate_document"
IGNORE = "ignore"
POLICIES = (NEXT_INVOICE, SEPARATE_DOCUMENT, IGNORE)
ACCEPTED = "accepted"
QUARANTINED = "quarantined_period_closed"
GRACE_HOURS = 12
GRACE_HOURS_MOST = 72
LOOKBACK = 2


@dataclass(frozen=True)
class Late:
    """How a change of a closed period is settled: `target`, and the difference behind it.

    `service` is the period of the line wherever the line stands.
    """

    target: str
    service: Period | None
    delta: Delta

    @property
    def draft_amount(self) -> Decimal:
        """Return what the draft shows while it is one."""
        return self.delta.rerated

    @property
    def document(self) -> Document | None:
        """Return the document of its own that settles it: a credit note for what is owed to the
        customer, an invoice only where the policy wants one; none while the draft changes.
        """
        if self.target == SAME_DRAFT:
            return None
        apart = self.target == SEPARATE_DOCUMENT or self.billed < 0
        return document_for(self.billed) if apart else None

    @property
    def billed(self) -> Decimal:
        """Return what is billed of the difference: nothing where the policy ignores it."""
        zero = self.delta.after.unit.zero
        return zero if self.target == IGNORE else self.delta.amount


def target_of(
    received_at: datetime,
    period_end_at: datetime,
    grace_hours: int = GRACE_HOURS,
    policy: str = NEXT_INVOICE,
) -> str:
    """Return where something received now belongs: the draft until the grace has passed.

    Raises: Refused (`late_policy_unknown`, `grace_hours_range`).
    """
    if not 0 <= grace_hours <= GRACE_HOURS_MOST:
        raise Refused("grace_hours_range", hours=grace_hours, most=GRACE_HOURS_MOST)
    return target_of_state(received_at >= period_end_at + timedelta(hours=grace_hours), policy)


def target_of_state(posted: bool, policy: str = NEXT_INVOICE) -> str:
    """Return where a change belongs by what became of the document.

    Raises: Refused (`late_policy_unknown`).
    """
    if policy not in POLICIES:
        raise Refused("late_policy_unknown", policy=policy)
    return policy if posted else SAME_DRAFT


def settle_late(
    target: str,
    service: Period | None,
    charge: Charge,
    units: tuple[Decimal, Decimal],
    unit: Currency,
) -> Late:
    """Return how late units are settled; `units` are those known before and those that came.

    Units below zero were voided; the quantity never falls below zero.

    Raises: Refused (`number_invalid`, `number_negative`, `number_digits`).
    """
    before, change = units
    now = max(plus((before, change)), ZERO)
    return Late(target, service, rerate(charge, before, now, unit))


def period_status(closed: Sequence[str], period: str, lookback: int = LOOKBACK) -> str:
    """Return whether use of a period may still come in; `closed` are closed periods, oldest first.

    The newest `lookback` of them may still change. What is older waits for a person.
    """
    frozen = closed[: max(len(closed) - lookback, 0)]
    # What lies before everything known is older still.
    return QUARANTINED if frozen and period <= frozen[-1] else ACCEPTED
