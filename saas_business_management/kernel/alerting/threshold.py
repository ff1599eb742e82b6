"""Which threshold counts for a tenant: the rule's, its plan's, or its own.

Owns: the order, that one ends. Does not own: rows, who may set one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Override:
    """Another threshold for a plan or a tenant, with its last day; an id is 0 where none is."""

    threshold: float
    until: date
    plan: int = 0
    tenant: int = 0


def thresholds(
    overrides: Iterable[Override], plans: Mapping[int, int], today: date
) -> dict[int, float]:
    """Return the thresholds of the tenants that have one of their own, from pairs tenant → plan."""
    now = [one for one in overrides if today <= one.until]
    by_plan = {one.plan: one.threshold for one in now if one.plan and not one.tenant}
    found = {tenant: by_plan[plan] for tenant, plan in plans.items() if plan in by_plan}
    found.update({one.tenant: one.threshold for one in now if one.tenant in plans})
    return found
