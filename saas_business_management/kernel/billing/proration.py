"""What a part of a period costs, and what of a charged fee is kept and given back.

Owns: the one formula, conservation: kept and credited parts of a fee are what was charged. Does not
own: which day a change falls on (`change.py`, `cancel.py`), documents, taxes.

Spans are days (`Period`) or, where a plan prorates to the second, instants (`Bounds`); the spans of
one fee are of one kind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ..errors import Refused
from ..money import Currency, Number, difference, exact, not_negative, percent
from ..period import Bounds, Period

Span = Period | Bounds
DAY, SECOND, NONE = "day", "second", "none"
GRANULARITIES = (DAY, SECOND, NONE)


def prorate(
    price: Number, part: int, whole: int, unit: Currency, discount_percent: Number = 0
) -> Decimal:
    """Return the price of a part of a whole, less the discount: exact, then rounded once.

    Raises: Refused (`number_invalid`, `number_negative`, `percent_range`).
    """
    exact_price = not_negative(price, "price") * (1 - percent(discount_percent, "discount"))
    return unit.round(exact_price * part / whole)


@dataclass(frozen=True)
class Fee:
    """A fee that was charged for a service.

    `price` is that of the `whole` period, before the discount; `charged` is the amount of the
    invoice line, `credited` what credit notes took off it before.
    """

    price: Decimal
    whole: Span
    service: Span
    charged: Decimal
    unit: Currency
    credited: Decimal = Decimal(0)
    discount_percent: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        """Refuse what cannot have been charged.

        Raises: Refused (`number_invalid`, `number_negative`, `service_outside_period`,
            `exceeds_creditable`).
        """
        not_negative(self.price, "price")
        not_negative(self.charged, "charged")
        if not self.whole.covers(self.service):
            service = self.service
            raise Refused("service_outside_period", start=service.start, end=service.end)
        if not_negative(self.credited, "credited") > exact(self.charged):
            raise Refused("exceeds_creditable", creditable=self.charged)

    @property
    def creditable(self) -> Decimal:
        """What credit notes may still take off."""
        return difference(self.charged, self.credited, self.unit)

    @property
    def renewal_amount(self) -> Decimal:
        """What the next whole period costs at the same price."""
        return self._part(self.whole.length)

    def kept(self, until: date) -> Decimal:
        """Return what the service costs that was given before a day (or instant).

        Raises: Refused (`outside_period`).
        """
        return self._part(self.service.until(until))

    def credit(self, until: date) -> Decimal:
        """Return what is given back when the service ends before a day (or instant): what was
        charged less what is kept, never more than is left to credit.

        Raises: Refused (`outside_period`).
        """
        unused = difference(self.charged, self.kept(until), self.unit)
        return max(self.unit.zero, min(unused, self.creditable))

    def gap(self, start: date, end: date) -> Decimal:
        """Return what the service between two days (or instants) costs, such that the gaps of a
        service add up to its price.

        Raises: Refused (`outside_period`).
        """
        return difference(self.kept(end), self.kept(start), self.unit)

    def with_credit(self, amount: Number) -> Fee:
        """Return the fee after a further credit note.

        Raises: Refused (`number_invalid`, `number_negative`, `exceeds_creditable`).
        """
        if not_negative(amount, "credit") > exact(self.creditable):
            raise Refused("exceeds_creditable", creditable=self.creditable)
        return replace(self, credited=self.unit.round(exact(self.credited) + exact(amount)))

    def _part(self, length: int) -> Decimal:
        return prorate(self.price, length, self.whole.length, self.unit, self.discount_percent)


def fee_for(
    price: Decimal,
    service: Span,
    whole: Span,
    unit: Currency,
    discount_percent: Decimal = Decimal(0),
    by: str = DAY,
) -> Fee:
    """Return the fee for a service inside a whole period, by the length of both; by `none` of them,
    the whole price.

    Raises: Refused (`number_invalid`, `number_negative`, `percent_range`,
        `service_outside_period`).
    """
    part = whole.length if by == NONE else service.length
    amount = prorate(price, part, whole.length, unit, discount_percent)
    return Fee(price, whole, service, amount, unit, discount_percent=discount_percent)
