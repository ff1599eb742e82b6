"""What a partner gets of what its customers paid.

Owns: the base of a share, percent and price tiers of it, clawback. Does not own: statements and
vendor bills, taxes on them, which invoices belong to a partner.

The base is collected money without tax. A partial payment counts by its ratio; what is given back
takes the share back, in the month in which it is given back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..errors import Refused
from ..money import Currency, Number, exact, not_negative, percent


@dataclass(frozen=True)
class Collected:
    """An invoice or a credit note of a customer: what it says and the money that moved.

    All three are zero or more; `paid` is money received for an invoice, given back for a credit
    note, tax included.
    """

    untaxed: Number
    tax: Number
    paid: Number

    @property
    def base(self) -> Fraction:
        """Return the untaxed part of the money; more than the whole is nobody's share.

        Raises: Refused (`number_invalid`, `number_negative`).
        """
        untaxed = not_negative(self.untaxed, "untaxed")
        total = untaxed + not_negative(self.tax, "tax")
        paid = not_negative(self.paid, "paid")
        return untaxed * min(paid / total, Fraction(1)) if total else Fraction(0)


def credit_of(invoice: Collected, untaxed: Decimal, refunded: Decimal) -> Collected:
    """Return the credit note over a part of an invoice, taxed in the invoice's proportion.

    Raises: Refused (`number_invalid`, `number_negative`, `share_credit_without_base`).
    """
    whole = not_negative(invoice.untaxed, "untaxed")
    if not whole:
        raise Refused("share_credit_without_base")
    part = not_negative(untaxed, "untaxed") / whole
    return Collected(untaxed, exact(invoice.tax, "tax") * part, refunded)


@dataclass(frozen=True)
class ShareTier:
    """A band of collected money up to and with `up_to` (None: all that follows), in percent."""

    up_to: Decimal | None
    percent: Decimal


def share(
    rate: Number,
    invoices: Iterable[Collected],
    unit: Currency,
    credit_notes: Iterable[Collected] = (),
) -> Decimal:
    """Return the share of one month: of what was collected, less what was given back.

    Below zero, it is set against the next statement.

    Raises: Refused (`number_invalid`, `number_negative`, `percent_range`).
    """
    base = sum((one.base for one in invoices), Fraction(0))
    back = sum((one.base for one in credit_notes), Fraction(0))
    return unit.round(percent(rate) * (base - back))


def tiered_share(tiers: Sequence[ShareTier], collected: Number, unit: Currency) -> Decimal:
    """Return the share where each band has its own percentage and none touches another band's.

    Money given back beyond what came in has no band: the lowest one takes it back.

    Raises: Refused (`number_invalid`, `percent_range`, `share_tiers_empty`, `share_tiers_order`,
    `share_tiers_open`).
    """
    checked = _checked(tiers)
    base = exact(collected, "collected")
    below, found = Fraction(0), Fraction(0)
    for up_to, rate in checked:
        top = base if up_to is None else min(base, up_to)
        found += (top - below) * rate
        below = top
    return unit.round(found)


def _checked(tiers: Sequence[ShareTier]) -> list[tuple[Fraction | None, Fraction]]:
    if not tiers:
        raise Refused("share_tiers_empty")
    bounds = [None if one.up_to is None else exact(one.up_to, "up_to") for one in tiers]
    inner = [one for one in bounds[:-1] if one is not None]
    if bounds[-1] is not None or len(inner) != len(bounds) - 1:
        raise Refused("share_tiers_open")
    if any(upper <= lower for lower, upper in zip([Fraction(0), *inner], inner, strict=False)):
        raise Refused("share_tiers_order")
    return [(up_to, percent(one.percent)) for up_to, one in zip(bounds, tiers, strict=True)]
