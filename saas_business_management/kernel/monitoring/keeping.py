"""How long metrics are kept, and how coarse: raw rows first, then averages over longer times.

Owns: the tiers of each family, from which of them a line is drawn. Does not own: the tables
(`models/saas_metric*.py`).

A tier is a table of averages (and of the highest reading of gauges) over buckets of one length,
which begin at whole multiples of it in UTC. Of figures that change slowly only days are kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .metric import FAMILIES

RAW_DAYS = 7
# Rows that come later than this stay as they are; nothing is computed again for them.
LATE = timedelta(hours=48)
AHEAD_DAYS = 3


@dataclass(frozen=True)
class Tier:
    """Averages over `seconds`, kept for `days`, never shorter than `least_days`."""

    code: str
    seconds: int
    days: int
    least_days: int

    @property
    def step(self) -> timedelta:
        return timedelta(seconds=self.seconds)


FIVE = Tier("five", 300, 35, 2)
HOUR = Tier("hour", 3600, 396, 35)
DAY = Tier("day", 86400, 1827, 400)
TIERS = (FIVE, HOUR, DAY)
# One look a minute is folded to five minutes; a rarer one would be copied only.
MINUTE = 60
DAYS_ALONE = frozenset({"size", "audit", "backup", "target"})


def tiers_of(family: str) -> tuple[Tier, ...]:
    """Return the tiers in which rows of a family are kept, the finest first."""
    if family in DAYS_ALONE:
        return (DAY,)
    return TIERS if FAMILIES[family].seconds <= MINUTE else (HOUR, DAY)


def bucket(tier: Tier, at: datetime) -> datetime:
    """Return when the bucket begins that an instant (naive, UTC) lies in."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return at - (at - midnight) % tier.step


def source(family: str, since: datetime, step: timedelta, now: datetime) -> Tier | None:
    """Return from which tier a line with points `step` apart is drawn, None for raw rows.

    The coarsest that is fine enough; when what is fine enough is gone, the finest that is kept.
    """
    age = now - since
    fine = [tier for tier in tiers_of(family) if tier.step <= step]
    reaching = [tier for tier in tiers_of(family) if age <= timedelta(days=tier.days)]
    kept = [tier for tier in fine if tier in reaching]
    if kept:
        return kept[-1]
    if not fine and age <= timedelta(days=RAW_DAYS):
        return None
    return (reaching or tiers_of(family)[-1:])[0]
