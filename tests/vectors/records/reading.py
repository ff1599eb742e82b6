"""Values of records, read from the texts of a vector, and parts of answers, read from records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saas_business_management.kernel.billing.cycle import Cycle
from saas_business_management.kernel.billing.interval import MONTH, UNITS, Interval
from saas_business_management.kernel.period import Period
from tests.vectors.rating import RENAMED, RENAMED_IN_TIER
from tests.vectors.reading import DOLLAR, FIRST, days, instant

REFUND = "out_refund"
FREE = format(0)
# What a charge of a plan calls otherwise than the kernel's form.
FIELDS = {"amount": "flat_fee", "max_amount": "maximum"}
CHARGES = (
    *("unit_price", "included", "amount", "max_amount", "package_size", "package_price"),
    *("free_units", "rate_percent", "fixed_fee", "free_transactions", "free_amount"),
    *("per_transaction_min", "per_transaction_max"),
)
IN_TIERS = {"up_to": "up_to", "unit_price": "unit_price", "flat_amount": "flat_fee"}


def charge_values(asked: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return the values of a plan's charge; a price for each unit where no model is named."""
    form = {RENAMED.get(name, name): value for name, value in {**asked, **more}.items()}
    values = {FIELDS.get(name, name): str(form[name]) for name in CHARGES if name in form}
    values["model"] = form.get("model", "per_unit")
    tiers = [
        {RENAMED_IN_TIER.get(name, name): value for name, value in one.items()}
        for one in form.get("tiers", ())
    ]
    if tiers:
        values["tier_ids"] = [(0, 0, _tier(one)) for one in tiers]
    return values


def _tier(one: Mapping[str, Any]) -> dict[str, Any]:
    values = {"unit_price": FREE}
    for name, field in IN_TIERS.items():
        if name in one:
            values[field] = one[name] is not None and str(one[name])
    return values


def code(asked: Mapping[str, Any]) -> str:
    """Return the currency of a vector; dollars where it names none."""
    return asked.get("currency", DOLLAR)


def cycle(asked: Mapping[str, Any], name: str = "interval") -> dict[str, Any]:
    """Return the terms of a cycle, a month where the vector names none."""
    word = asked.get(name) or MONTH
    return {
        "cycle_unit": word.replace("-", "_"),
        "cycle_count": asked.get("interval_count", FIRST),
    }


def days_asked(asked: Mapping[str, Any]) -> Period:
    """Return the period of a vector; one written in instants begins and ends at midnights."""
    if "period_instants" in asked:
        return Period(*[instant(one).date() for one in asked["period_instants"]])
    return days(asked["period"])


def cycle_of(period: Period) -> dict[str, Any]:
    """Return the terms of a cycle of which this is a whole period.

    Raises: LookupError when there is none.
    """
    for unit in UNITS:
        if Cycle(period.start, Interval(unit)).period(0) == period:
            return {"cycle_unit": unit}
    raise LookupError(f"no cycle has the period {period.start}..{period.end}")


def words(moves: Any, stage: Any, currency: str) -> list[str]:
    """Return how the vectors write documents."""
    return [f"{one.move_type} {stage.amount(one.amount_untaxed, currency)}" for one in moves]


def refunds(moves: Any) -> list[Any]:
    """Return the credit notes of documents."""
    return [one for one in moves if one.move_type == REFUND]


def invoices(moves: Any) -> list[Any]:
    """Return the invoices of documents."""
    return [one for one in moves if one.move_type != REFUND]


def borders(row: Any) -> list[Any]:
    """Return the two borders of a period, a rating or a line's service."""
    start, end = (
        ("saas_start_on", "saas_end_on") if "saas_start_on" in row else ("start_on", "end_on")
    )
    return [row[start], row[end]]
