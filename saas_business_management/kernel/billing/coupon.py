"""Coupons: for whom, from when to when and how often one holds.

Owns: the terms of a coupon. Does not own: what it takes off (`discount.py`), counting uses.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..errors import Refused
from ..money import percent
from .arithmetic import counted


@dataclass(frozen=True)
class Coupon:
    """`percent_off` or `amount_off` with its currency, never both.

    Both days are days on which it holds. `most_uses` counts subscriptions, `most_invoices` the
    invoices of one; None is without end. Without `plans` it holds for each.
    """

    code: str
    percent_off: Decimal | None = None
    amount_off: Decimal | None = None
    currency: str = ""
    from_on: date | None = None
    until_on: date | None = None
    most_uses: int | None = None
    most_invoices: int | None = None
    plans: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a coupon that takes off nothing or does not say of what.

        Raises: Refused (`coupon_form`, `coupon_days`, `percent_range`, and as `counted`).
        """
        if (self.percent_off is None) == (self.amount_off is None):
            raise Refused("coupon_form", coupon=self.code)
        if self.percent_off is not None:
            percent(self.percent_off, "percent_off")
        elif not counted(self.amount_off, "amount_off") or not self.currency:
            raise Refused("coupon_form", coupon=self.code)
        if self.from_on and self.until_on and self.until_on < self.from_on:
            raise Refused("coupon_days", coupon=self.code)


@dataclass(frozen=True)
class Redemption:
    """Where a coupon is to be used: the day, the plan and currency, uses and invoices so far."""

    on: date
    plan: str
    currency: str
    uses: int = 0
    invoices: int = 0


def check_coupon(coupon: Coupon, wish: Redemption) -> None:
    """Refuse a coupon that does not hold here and now; the code says why.

    Raises: Refused (`coupon_too_early`, `coupon_expired`, `coupon_plan`, `coupon_currency`,
    `coupon_used_up`).
    """
    code = _refusal_code(coupon, wish)
    if code:
        raise Refused(
            code,
            coupon=coupon.code,
            from_on=coupon.from_on,
            until_on=coupon.until_on,
            currency=coupon.currency,
        )


def holds(coupon: Coupon, wish: Redemption) -> bool:
    """Tell whether a coupon takes something off one more invoice."""
    return not _refusal_code(coupon, wish)


def _refusal_code(coupon: Coupon, wish: Redemption) -> str:
    if coupon.from_on and wish.on < coupon.from_on:
        return "coupon_too_early"
    if coupon.until_on and wish.on > coupon.until_on:
        return "coupon_expired"
    if coupon.plans and wish.plan not in coupon.plans:
        return "coupon_plan"
    if coupon.currency and wish.currency != coupon.currency:
        return "coupon_currency"
    return "coupon_used_up" if _used_up(coupon, wish) else ""


def _used_up(coupon: Coupon, wish: Redemption) -> bool:
    uses, invoices = coupon.most_uses, coupon.most_invoices
    too_often = uses is not None and wish.uses >= uses
    return too_often or (invoices is not None and wish.invoices >= invoices)
