"""Which troubles with backups somebody has to hear of.

Owns: the conditions. Does not own: telling anybody and ending an alert (glue), badges
(`evidence.py`).

An alert is open while its condition holds: it is raised once when that begins and ends by itself.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from .evidence import Standing
from .schedule import Schedule, is_gap

BACKUP_FAILED, BACKUP_GAP = "backup_failed", "backup_gap"
PROOF_FAILED, PROOF_OVERDUE = "proof_failed", "proof_overdue"
BACKUPS_LOST = "backups_lost"
EVENTS = (BACKUP_FAILED, BACKUP_GAP, PROOF_FAILED, PROOF_OVERDUE, BACKUPS_LOST)
# What a target may lose in a day before somebody hears of it; fewer than this are a tidy-up.
LOST_WITHIN = timedelta(days=1)
LOST_PERCENT = 5
LOST_FEWEST = 3


def conditions(
    schedule: Schedule | None,
    standing: Standing,
    now: datetime,
    proof_within: timedelta | None,
) -> frozenset[str]:
    """Return what holds of a tenant now, of gap, failed and overdue proof; they do not hide each
    other as badges do.

    Without a `proof_within` nobody promised that backups are restored, so no proof is overdue. A
    failed try is told of its own row: `is_failing`.
    """
    if schedule is None:
        return frozenset()
    made, proof, failure = standing.made, standing.proof, standing.failure
    held = set()
    if is_gap(schedule, made, now):
        held.add(BACKUP_GAP)
    if failure and (proof is None or failure.at >= proof.at):
        held.add(PROOF_FAILED)
    counts_from = proof.at if proof else made.since_at
    if proof_within and made.stored_at and now >= counts_from + proof_within:
        held.add(PROOF_OVERDUE)
    return frozenset(held)


def is_failing(failed_at: datetime | None, stored_at: datetime | None) -> bool:
    """Tell whether the newest try on a target failed: no good one ended after it."""
    return failed_at is not None and (stored_at is None or stored_at < failed_at)


def lost_lately(lost_at: Iterable[datetime], now: datetime) -> int:
    """Return how many were lost within the last day; one of exactly a day ago is none of them."""
    return sum(at > now - LOST_WITHIN for at in lost_at)


def are_many_lost(lately: int, stood: int, *, told: bool = False) -> bool:
    """Tell whether so many of the backups that `stood` on a target are unusually many for a day:
    at least three, and more than one in twenty.

    Once told, it holds until a day has passed in which none was lost: fewer are no end of it.
    """
    if told:
        return lately > 0
    return lately >= LOST_FEWEST and lately * 100 > stood * LOST_PERCENT
