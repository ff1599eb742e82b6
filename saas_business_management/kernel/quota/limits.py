"""Which limit of a meter is in force for a tenant, and where it comes from.

Owns: the order of the sources. Does not own: the records behind them, what happens at the limit
(`verdict.py`).

What a person set for the tenant counts first, while its time lasts; then, during a trial, the
trial's; then the plan's, then the template's. Add-ons are added to whichever of the last three it
is. Zero in a plan, a template or a trial says nothing; when none says anything there is no limit.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..money import Number, not_negative

OVERRIDE, TRIAL, PLAN, TEMPLATE, NOTHING = "override", "trial", "plan", "template", "none"
SOURCES = (OVERRIDE, TRIAL, PLAN, TEMPLATE, NOTHING)


@dataclass(frozen=True)
class Override:
    """A limit that a person set for one tenant; None lifts it. `until` is its last day."""

    amount: Decimal | None
    until: date | None = None

    def holds(self, today: date) -> bool:
        """Tell whether it counts on a day."""
        return self.until is None or today <= self.until


@dataclass(frozen=True)
class Sources:
    """What each source says; `trial` is zero for a tenant that is not on trial."""

    plan: Number = 0
    addons: Number = 0
    template: Number = 0
    trial: Number = 0
    override: Override | None = None


@dataclass(frozen=True)
class Limit:
    """The limit in force; an `amount` of None is without end. `addons` is the part they add."""

    amount: Decimal | None
    source: str
    addons: Decimal = Decimal(0)
    until: date | None = None


def effective(sources: Sources, today: date) -> Limit:
    """Return the limit in force on a day.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    override = sources.override
    if override and override.holds(today):
        amount = None if override.amount is None else _amount(override.amount)
        return Limit(amount, OVERRIDE, until=override.until)
    for source in (TRIAL, PLAN, TEMPLATE):
        amount = _amount(getattr(sources, source))
        if amount:
            addons = _amount(sources.addons)
            return Limit(amount + addons, source, addons)
    return Limit(None, NOTHING)


def _amount(number: Number) -> Decimal:
    not_negative(number, "limit")
    return Decimal(number)
