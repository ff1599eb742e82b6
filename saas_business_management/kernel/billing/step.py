"""A rated amount and the steps that explain it.

Owns: the values that every price model answers with, and their reading. Does not own: the models,
words for the kinds (`messages/`).

The exact amounts of the steps add up to the exact amount; that is rounded once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..money import Currency
from .arithmetic import ZERO, minus, plain, plus, times

INCLUDED = "included"
UNITS = "units"
PRICE_TIER = "price_tier"
TIER_FLAT = "tier_flat"
PACKAGE = "package"
FLAT = "flat"
PERCENT = "percent"
FIXED_FEE = "fixed_fee"
LEAST_FEE = "least_fee"
MOST_FEE = "most_fee"
CAP = "cap"
KINDS = (
    *(INCLUDED, UNITS, PRICE_TIER, TIER_FLAT, PACKAGE, FLAT),
    *(PERCENT, FIXED_FEE, LEAST_FEE, MOST_FEE, CAP),
)
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Step:
    """`quantity` × `unit_price`, in units or in packages of `size` units.

    A price tier holds what lies over `over` up to and with `up_to`; None is without end.
    """

    kind: str
    quantity: Decimal
    unit_price: Decimal
    size: Decimal = ONE
    over: Decimal = ZERO
    up_to: Decimal | None = None

    @property
    def amount(self) -> Decimal:
        """Return the exact amount."""
        return times(self.quantity, self.unit_price)

    @property
    def reading(self) -> str:
        """Return the step as a person computes it: `2400 × 0.002`."""
        return f"{plain(self.quantity)} × {plain(self.unit_price)}"


def alone(kind: str, amount: Decimal) -> Step:
    """Return a step that is one amount."""
    return Step(kind, ONE, amount)


@dataclass(frozen=True)
class InvoiceLine:
    """How an amount stands on a document: one of it, already rounded.

    Odoo rounds quantities to two decimals and leaves prices unrounded, so nothing else gives the
    printed sum.
    """

    price_unit: Decimal
    quantity: Decimal = ONE


@dataclass(frozen=True)
class Rated:
    """What a use costs: `exact` and, rounded once, `amount`; `steps` tell why."""

    quantity: Decimal
    steps: tuple[Step, ...]
    unit: Currency

    @property
    def exact(self) -> Decimal:
        """Return the amount before it is rounded, without zeros at its end."""
        return Decimal(plain(plus(step.amount for step in self.steps)))

    @property
    def amount(self) -> Decimal:
        """Return the amount in whole steps of the currency."""
        return self.unit.round(self.exact)

    @property
    def line(self) -> InvoiceLine:
        """Return the line of a document."""
        return InvoiceLine(self.amount)

    @property
    def capped(self) -> Decimal:
        """Return what the largest amount took away, zero or more."""
        return self.unit.round(
            plus(step.amount.copy_negate() for step in self.steps if step.kind == CAP)
        )

    @property
    def reading(self) -> str:
        """Return the whole computation in one line: `5 × 7 + 0.5 × 6.5 = 38.25`."""
        parts = " + ".join(step.reading for step in self.steps) or "0"
        if self.exact == self.amount:
            return f"{parts} = {self.amount}"
        return f"{parts} = {plain(self.exact)} ≈ {self.amount}"


def total(rated: Sequence[Rated], unit: Currency) -> Decimal:
    """Return the sum of what several meters cost, each rounded on its own line."""
    return unit.round(plus(one.amount for one in rated))


def over_cap(steps: Sequence[Step], most: Decimal) -> tuple[Step, ...]:
    """Return the steps with one more that takes away what exceeds the largest amount."""
    beyond = minus(plus(step.amount for step in steps), most)
    return (*steps, alone(CAP, beyond.copy_negate())) if beyond > 0 else tuple(steps)
