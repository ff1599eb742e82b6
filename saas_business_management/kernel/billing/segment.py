"""Usage on both sides of a plan change.

Owns: what of an allowance each side gets, rating each side by its own charge. Does not own: the
price models (`charge.py`), the fee (`change.py`), which event lies on which side.

Usage is never prorated; it is split at the change. Included units are prorated by days, unless the
plan carries them over whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from ..money import Currency, round_half_up
from .arithmetic import ZERO, minus
from .charge import Charge, rate
from .step import Rated

WHOLE_UNITS = Decimal(1)


@dataclass(frozen=True)
class Segment:
    """Usage of some days under one charge: units included in them, units beyond, the price."""

    included: Decimal
    overage: Decimal
    rated: Rated

    @property
    def amount(self) -> Decimal:
        """What it costs, in whole steps of the currency."""
        return self.rated.amount


def prorated_allowance(
    charge: Charge, part: int, whole: int, precision: Decimal = WHOLE_UNITS
) -> Charge:
    """Return a charge whose included units are those of a part of the period, rounded half up to
    the precision of the meter.

    Raises: Refused (as `Charge`).
    """
    share = round_half_up(Fraction(charge.included) * part / whole, precision)
    return replace(charge, included=share)


def rate_segment(
    charge: Charge,
    units: Decimal,
    unit: Currency,
    part: int = 1,
    whole: int = 1,
    precision: Decimal = WHOLE_UNITS,
    transactions: Sequence[Decimal] = (),
) -> Segment:
    """Return what units cost that were used in a part of a period; with transactions, their sum.

    Raises: Refused (as `rate`).
    """
    own = prorated_allowance(charge, part, whole, precision)
    rated = rate(own, units, unit, transactions)
    return Segment(own.included, max(ZERO, minus(rated.quantity, own.included)), rated)
