"""The least that a period costs, and what is missing to it.

Owns: the true-up. Does not own: the fees, the days of a period (`proration.py`).

Whether a period stays below its least is known when it ends, so only its last run adds anything.
Source: OpenMeter's issue 4219.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..errors import Refused
from ..money import Currency, exact, not_negative
from .arithmetic import ZERO, minus, plus


@dataclass(frozen=True)
class TrueUp:
    """`due` is the least of these days, `fees` what they cost, `amount` what is added."""

    due: Decimal
    fees: Decimal
    amount: Decimal

    @property
    def total(self) -> Decimal:
        """Return what the days cost in all."""
        return plus((self.fees, self.amount))


def true_up(
    commitment: Decimal,
    fees: Iterable[Decimal],
    unit: Currency,
    days: int = 1,
    period_days: int = 1,
    last_run: bool = True,
) -> TrueUp:
    """Return what is missing to the least amount of `days` of a period of `period_days`.

    Before the last run of the period nothing is missing yet.

    Raises: Refused (`number_invalid`, `number_negative`, `commitment_days`).
    """
    if not 0 <= days <= period_days or not period_days:
        raise Refused("commitment_days", days=days, period_days=period_days)
    due = unit.round(not_negative(commitment, "commitment") * days / period_days)
    charged = unit.round(sum(exact(one, "fee") for one in fees))
    missing = max(minus(due, charged), ZERO) if last_run else ZERO
    return TrueUp(due, charged, unit.round(missing))
