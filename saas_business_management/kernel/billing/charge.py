"""A charge: a price model with what is included before it and the most that it may cost.

Owns: rating one quantity. Does not own: the models (a file each), their written form
(`charge_form.py`), the least amount of a period (`commitment.py`).

Included units come first; the model sees the rest, so its tiers begin behind them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from ..errors import Refused
from ..money import Currency
from .arithmetic import ZERO, counted, minus, plus
from .percentage import PercentagePrice
from .step import INCLUDED, Rated, Step, over_cap


class Price(Protocol):
    """What every price model can do."""

    def steps(self, quantity: Decimal, transactions: Sequence[Decimal]) -> tuple[Step, ...]:
        """Return the steps of a quantity, or of transactions where the model looks at each."""


@dataclass(frozen=True)
class Charge:
    """A price, the units that cost nothing before it, the largest amount of a period."""

    price: Price
    included: Decimal = ZERO
    max_amount: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that are none, and units before a price that looks at transactions.

        Raises: Refused (`percentage_included`, and as `counted`).
        """
        if counted(self.included, "included") and isinstance(self.price, PercentagePrice):
            raise Refused("percentage_included")
        if self.max_amount is not None:
            counted(self.max_amount, "max_amount")


def rate(
    charge: Charge,
    quantity: Decimal,
    unit: Currency,
    transactions: Sequence[Decimal] = (),
) -> Rated:
    """Return what a quantity costs, and why. With transactions the quantity is their sum.

    Raises: Refused (`number_invalid`, `number_negative`, `number_digits`).
    """
    amounts = [counted(one, "transaction") for one in transactions]
    used = counted(plus(amounts) if amounts else quantity, "quantity")
    free = min(used, charge.included)
    steps = charge.price.steps(minus(used, free), amounts)
    if free:
        steps = (Step(INCLUDED, free, ZERO), *steps)
    if charge.max_amount is not None:
        steps = over_cap(steps, charge.max_amount)
    return Rated(used, steps, unit)
