"""Trials: when they end, what follows, and what of their usage is charged.

Owns: the anchor after a trial, its end with and without a payment token. Does not own: notices,
what a tenant may use meanwhile (quotas).

A trial of 14 days from the 18th ends with the 31st; the first paid day is `end`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ..errors import Refused
from ..money import Currency, exact
from . import states
from .arithmetic import plus
from .cycle import Cycle
from .interval import Interval
from .proration import Fee, fee_for

PAUSE, CANCEL, INVOICE = "pause", "cancel", "invoice"
FREE, BILLED = "free", "billed"
MOST_DAYS = 366
_WITHOUT_TOKEN = {PAUSE: states.SUSPENDED, CANCEL: states.CANCELLED, INVOICE: states.ACTIVE}


@dataclass(frozen=True)
class Trial:
    """Free days from `start` on; none of them is a trial that is over at once."""

    start: date
    days: int

    def __post_init__(self) -> None:
        """Refuse a length out of range.

        Raises: Refused (`trial_days`).
        """
        if not 0 <= self.days <= MOST_DAYS:
            raise Refused("trial_days", days=self.days, most=MOST_DAYS)

    @property
    def end(self) -> date:
        """The first day that is paid for."""
        return self.start + timedelta(days=self.days)


@dataclass(frozen=True)
class Offer:
    """What is sold after the trial, in advance."""

    price: Decimal
    interval: Interval
    unit: Currency
    calendar: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a trial ends in. The cycle counts from its end; `fee` is invoiced on that day."""

    state: str
    ends_on: date
    cycle: Cycle | None = None
    fee: Fee | None = None

    @property
    def invoices(self) -> tuple[Fee, ...]:
        """The fees to invoice: one or none."""
        return () if self.fee is None else (self.fee,)


def end_trial(trial: Trial, offer: Offer, has_token: bool, policy: str = PAUSE) -> Outcome:
    """Return what comes after a trial; `policy` says what without a payment token.

    Raises: Refused (`trial_policy`, and as `fee_for`).
    """
    if policy not in _WITHOUT_TOKEN:
        raise Refused("trial_policy", policy=policy)
    state = states.ACTIVE if has_token else _WITHOUT_TOKEN[policy]
    if state != states.ACTIVE:
        return Outcome(state, trial.end)
    cycle = Cycle(trial.end, offer.interval, offer.calendar)
    fee = fee_for(offer.price, cycle.period(0), cycle.whole(0), offer.unit)
    return Outcome(state, trial.end, cycle, fee)


def convert_trial(trial: Trial, offer: Offer, on: date) -> Outcome:
    """Return what follows when the customer ends a trial himself and pays from that day on.

    Raises: Refused (`trial_over`, and as `fee_for`).
    """
    return end_trial(Trial(trial.start, _days_until(trial, on)), offer, has_token=True)


def cancel_trial(trial: Trial, on: date) -> Outcome:
    """Return what follows when a trial is cancelled: nothing was charged, nothing is given back.

    Raises: Refused (`trial_over`).
    """
    _days_until(trial, on)
    return Outcome(states.CANCELLED, on)


def billable_units(
    trial: Trial, usage: Iterable[tuple[date, Decimal]], policy: str = FREE
) -> Decimal:
    """Return the units that are charged of usage by local day; that of a trial is free by default.

    Raises: Refused (`trial_policy`, `number_invalid`).
    """
    first = charged_from(trial.start, trial.end, policy)
    counted = [units for day, units in usage if day >= first]
    for units in counted:
        exact(units, "usage")
    return plus(counted)


def charged_from(start: date, end: date, policy: str = FREE) -> date:
    """Return the first day whose usage is charged, for a trial from `start` to before `end`.

    Raises: Refused (`trial_policy`).
    """
    if policy not in (FREE, BILLED):
        raise Refused("trial_policy", policy=policy)
    return start if policy == BILLED else end


def _days_until(trial: Trial, on: date) -> int:
    if not trial.start <= on < trial.end:
        raise Refused("trial_over", day=on, start=trial.start, end=trial.end)
    return (on - trial.start).days
