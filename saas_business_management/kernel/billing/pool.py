"""Included units for several periods together, such as those of a year.

Owns: the overage of a pool, period by period. Does not own: units included in one period
(`charge.py`), their share of a part of a period (`allowance.py`).
"""

from collections.abc import Sequence
from decimal import Decimal

from ..money import Currency
from .arithmetic import ZERO, counted, minus, plus
from .charge import Charge, rate


def pooled_overage(charge: Charge, usage: Sequence[Decimal], unit: Currency) -> tuple[Decimal, ...]:
    """Return what each period of a pool costs; `included` of the charge is the whole pool.

    The sum so far is rated and what was billed before is taken off, so all periods together cost
    what their sum costs.

    Source: OpenMeter's cumulative delta rating.

    Raises: Refused (`number_invalid`, `number_negative`, `number_digits`).
    """
    used, billed, found = ZERO, unit.zero, []
    for one in usage:
        used = plus((used, counted(one, "quantity")))
        so_far = rate(charge, used, unit).amount
        found.append(minus(so_far, billed))
        billed = so_far
    return tuple(found)
