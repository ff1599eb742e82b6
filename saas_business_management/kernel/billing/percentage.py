"""A percentage of each transaction, with a fixed fee, a least and a largest fee, and free ones.

Owns: the model *percentage*. Does not own: in which order transactions happened (the caller's).

Source: Lago's PercentageService. The least and the largest fee hold for each transaction; a free
one costs nothing, neither percent nor fee.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..errors import Refused
from ..money import percent
from .arithmetic import ZERO, counted, minus, plus, times
from .step import FIXED_FEE, INCLUDED, LEAST_FEE, MOST_FEE, PERCENT, Step, alone

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class PercentagePrice:
    """`rate_percent` of an amount and `fixed_fee` for each transaction.

    The first `free_transactions` cost nothing, and nothing is taken of the first `free_amount`; a
    transaction that lies wholly in it is free.
    """

    rate_percent: Decimal
    fixed_fee: Decimal = ZERO
    per_transaction_min: Decimal | None = None
    per_transaction_max: Decimal | None = None
    free_transactions: int = 0
    free_amount: Decimal = ZERO

    def __post_init__(self) -> None:
        """Refuse what is no price, and a least fee above the largest.

        Raises: Refused (`fee_bounds`, `percent_range`, and as `counted`).
        """
        percent(counted(self.rate_percent, "rate_percent"), "rate_percent")
        counted(self.fixed_fee, "fixed_fee")
        counted(self.free_amount, "free_amount")
        counted(Decimal(self.free_transactions), "free_transactions")
        least = counted(self.per_transaction_min or ZERO, "per_transaction_min")
        most = self.per_transaction_max
        if most is not None and counted(most, "per_transaction_max") < least:
            raise Refused("fee_bounds", least=least, most=most)

    def steps(self, quantity: Decimal, transactions: Sequence[Decimal]) -> tuple[Step, ...]:
        """Return percent, fees and what the bounds changed, each as one step over all transactions.

        Without transactions the quantity is the amount of a single one.
        """
        amounts = transactions or ([quantity] if quantity else [])
        paid = self._paid(amounts)
        fees = [self._fee(one) for one in paid]
        rate, base = times(self.rate_percent, _HUNDREDTH), plus(paid)
        return _told(
            Step(INCLUDED, minus(plus(amounts), base), ZERO),
            Step(PERCENT, base, rate),
            Step(FIXED_FEE, Decimal(len(paid)), self.fixed_fee) if self.fixed_fee else None,
            alone(LEAST_FEE, plus(minus(self._least(fee), fee) for fee in fees)),
            alone(MOST_FEE, plus(minus(self._bounded(fee), self._least(fee)) for fee in fees)),
        )

    def _paid(self, amounts: Sequence[Decimal]) -> list[Decimal]:
        """Return what of each transaction is not free, in their order."""
        left, found = self.free_amount, []
        for amount in amounts[self.free_transactions :]:
            free = min(left, amount)
            left = minus(left, free)
            if amount > free or not amount:
                found.append(minus(amount, free))
        return found

    def _fee(self, amount: Decimal) -> Decimal:
        rate = times(self.rate_percent, _HUNDREDTH)
        return plus((times(amount, rate), self.fixed_fee))

    def _least(self, fee: Decimal) -> Decimal:
        return max(fee, self.per_transaction_min or ZERO)

    def _bounded(self, fee: Decimal) -> Decimal:
        most = self.per_transaction_max
        return self._least(fee) if most is None else min(self._least(fee), most)


def _told(*steps: Step | None) -> tuple[Step, ...]:
    """Return the steps that say something."""
    found = [step for step in steps if step is not None and step.quantity]
    return tuple(one for one in found if one.kind not in (LEAST_FEE, MOST_FEE) or one.unit_price)
