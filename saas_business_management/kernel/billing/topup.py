"""Filling a wallet by itself when it runs low.

Owns: when and by how much. Does not own: charging for it (`charging.py`), the grant it becomes.

It fires once for each crossing: a top-up that was ordered counts as if it were there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..errors import Refused
from ..money import Currency
from .arithmetic import ZERO, counted, minus, plus


@dataclass(frozen=True)
class TopUpRule:
    """At or below `threshold` the wallet is filled up to `target`."""

    threshold: Decimal
    target: Decimal

    def __post_init__(self) -> None:
        """Refuse a target that would fire again at once.

        Raises: Refused (`topup_target`, and as `counted`).
        """
        if counted(self.target, "target") <= counted(self.threshold, "threshold"):
            raise Refused("topup_target", threshold=self.threshold, target=self.target)


@dataclass(frozen=True)
class TopUp:
    """One filling: after which use, counted from 0, and by how much."""

    after_usage: int
    amount: Decimal


@dataclass(frozen=True)
class TopUpCourse:
    """The balance behind each use and before its top-up, the top-ups, the balance at the end."""

    balances: tuple[Decimal, ...]
    topups: tuple[TopUp, ...]
    final_balance: Decimal

    @property
    def balances_before_topup(self) -> tuple[Decimal, ...]:
        """Return the balances down to the one that fired last; all of them when none did."""
        ends = [topup.after_usage for topup in self.topups] or [len(self.balances)]
        return self.balances[: ends[-1] + 1]


def topup_amount(
    rule: TopUpRule, balance: Decimal, unit: Currency, ordered: Decimal = ZERO
) -> Decimal:
    """Return what is to be filled in now, zero while there is enough; `ordered` is on its way."""
    there = plus((balance, ordered))
    return unit.round(minus(rule.target, there)) if there <= rule.threshold else unit.zero


def topup_course(
    rule: TopUpRule, balance: Decimal, usage: Sequence[Decimal], unit: Currency
) -> TopUpCourse:
    """Return how a wallet is used and filled.

    Raises: Refused (`number_invalid`, `number_negative`, `number_digits`).
    """
    left, balances, topups = balance, [], []
    for place, one in enumerate(usage):
        left = unit.round(minus(left, counted(one, "usage")))
        balances.append(left)
        amount = topup_amount(rule, left, unit)
        if amount:
            topups.append(TopUp(place, amount))
            left = plus((left, amount))
    return TopUpCourse(tuple(balances), tuple(topups), unit.round(left))
