"""An invoice from its lines to what is left to pay, in the one order.

Owns: putting the parts together. Does not own: the parts (`discount.py`, `settlement.py`), the tax:
Odoo's, asked for through `tax_of`, since it depends on what the discounts left.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from ..money import Currency
from .arithmetic import ZERO, minus, plus
from .discount import less_fixed
from .settlement import Settled, settle

TaxOf = Callable[[tuple[Decimal, ...]], Decimal]


@dataclass(frozen=True)
class Sources:
    """What lowers an invoice: fixed coupons, promotional grants, customer credit, paid grants."""

    coupons: tuple[Decimal, ...] = ()
    promo: Decimal = ZERO
    credit: Decimal = ZERO
    wallet: Decimal = ZERO


@dataclass(frozen=True)
class Composed:
    """Lines after discounts, what the discounts and promotions took, the tax, who pays the rest."""

    lines: tuple[Decimal, ...]
    discount: Decimal
    promo_used: Decimal
    tax: Decimal
    settled: Settled

    @property
    def due(self) -> Decimal:
        """Return what is left for a payment."""
        return self.settled.due


def compose(
    lines: tuple[Decimal, ...], sources: Sources, tax_of: TaxOf, unit: Currency
) -> Composed:
    """Return an invoice: coupons, promotions, tax, customer credit, wallet, payment.

    Coupons come before promotions, so that what the customer keeps is what lasts longer.

    Raises: Refused (`number_invalid`, `number_negative`, `number_digits`).
    """
    net = tuple(unit.round(line) for line in lines)
    whole = unit.round(plus(net))
    for amount in sources.coupons:
        net, _left = less_fixed(net, amount, unit)
    after_coupons = unit.round(plus(net))
    net, _left = less_fixed(net, sources.promo, unit)
    untaxed = unit.round(plus(net))
    tax = unit.round(tax_of(net))
    settled = settle(plus((untaxed, tax)), sources.credit, sources.wallet, unit)
    return Composed(
        net,
        discount=unit.round(minus(whole, after_coupons)),
        promo_used=unit.round(minus(after_coupons, untaxed)),
        tax=tax,
        settled=settled,
    )
