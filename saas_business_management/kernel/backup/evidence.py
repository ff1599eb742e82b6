"""What may be said of a backup and of a tenant's backups, from evidence and its age.

Owns: levels of proof, badges, when they fall. Does not own: proving (operations), words (glue).

A badge is never stored as a claim: it is computed from what was checked and when. While no new
evidence comes it only falls.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .schedule import Made, Schedule, is_gap

# V0 sizes and hashes are there, V1 every byte was read and authenticated, V2 it was restored and
# compared, V3 a whole tenant was brought back elsewhere.
V0, V1, V2, V3 = 0, 1, 2, 3
LEVELS = (V0, V1, V2, V3)
VERIFIED_FROM, PROVEN_FROM = V1, V2
PASSED, FAILED = "passed", "failed"

PROVEN, STORED, UNPROVEN, GAP, NONE = "proven", "stored", "unproven", "gap", "none"
# From the worst to the best; `none` (no schedule counts) is no claim and stands apart.
RANK = {GAP: 0, UNPROVEN: 1, STORED: 2, PROVEN: 3}

READ_WITHIN = timedelta(hours=24)
PROOF_DAYS = 7
# How much work may be missing from a backup that has to stand in for what is destroyed.
FRESH_WITHIN = timedelta(hours=24)
# How long a check of one backup speaks for it: bytes rot where they lie.
BACKUP_PROOF, BACKUP_LOOK = timedelta(days=30), timedelta(days=90)


def proof_due(proven_at: datetime | None, now: datetime, days: int = PROOF_DAYS) -> bool:
    """Tell whether a tenant's restore is to be proven again: a fifth of the time before its proof
    is too old, so that a failing one can be looked at in time.
    """
    return not proven_at or now >= proven_at + timedelta(days=days) * 4 / 5


@dataclass(frozen=True)
class Check:
    """One look at a backup: its level, `passed` or `failed`, when it ended."""

    level: int
    outcome: str
    at: datetime
    seconds: float = 0


@dataclass(frozen=True)
class Badge:
    """What may be said. `at` and `level` are those of the evidence, `why` is a code, `falls_at` is
    when it falls by itself if nothing is done."""

    state: str
    why: str
    at: datetime | None = None
    level: int | None = None
    falls_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """The evidence about a tenant: what was made, the newest check of each kind.

    `proof` is the newest passed check from V2 on; `failure` the newest failed check of any level
    of a backup that is still kept.
    """

    made: Made
    proof: Check | None = None
    failure: Check | None = None


def newest_check(checks: Iterable[Check]) -> Check | None:
    """Return the check that speaks: the newest, of several at once the worst."""
    return max(checks, key=lambda one: (one.at, one.outcome == FAILED), default=None)


def is_verified(checks: Iterable[Check]) -> bool:
    """Tell whether a backup counts as verified for retention: the newest check passed, and one
    that read all of it passed too."""
    told = list(checks)
    newest = newest_check(told)
    read = any(one.outcome == PASSED and one.level >= VERIFIED_FROM for one in told)
    return newest is not None and newest.outcome == PASSED and read


def is_fresh(
    taken_at: datetime, checks: Iterable[Check], now: datetime, still_since: datetime | None = None
) -> bool:
    """Tell whether a backup may stand in for its tenant when that is destroyed: it is recent,
    verified, and somebody read all of it within the last 7 days.

    `still_since` is since when nobody could change the tenant, None while it is open.
    """
    told = list(checks)
    read = newest_check(one for one in told if one.level >= VERIFIED_FROM)
    looked = read is not None and read.at > now - timedelta(days=PROOF_DAYS)
    return looked and is_recent(taken_at, now, still_since) and is_verified(told)


def is_recent(taken_at: datetime, now: datetime, still_since: datetime | None = None) -> bool:
    """Tell whether less than 24 hours of work are missing from a backup: its data is younger than
    that, or was when the tenant closed and nothing could change any more."""
    changed_at = min(now, still_since) if still_since else now
    return taken_at > changed_at - FRESH_WITHIN


def backup_badge(stored_at: datetime, checks: Iterable[Check], now: datetime) -> Badge:
    """Return what may be said of one backup that was stored at an instant.

    Proven: restored and compared in the last 30 days. Stored: read in the last 90 days, or still
    within the 24 hours in which that has to happen. Otherwise, and after a failure, unproven.
    """
    told = list(checks)
    newest = newest_check(told)
    if newest is not None and newest.outcome == FAILED:
        return Badge(UNPROVEN, "check_failed", newest.at, newest.level)
    proof = newest_check(one for one in told if one.level >= PROVEN_FROM)
    if proof and now < proof.at + BACKUP_PROOF:
        return Badge(PROVEN, "restored", proof.at, proof.level, proof.at + BACKUP_PROOF)
    read = newest_check(one for one in told if one.level >= VERIFIED_FROM)
    if read and now < read.at + BACKUP_LOOK:
        return Badge(STORED, "read", read.at, read.level, read.at + BACKUP_LOOK)
    if read:
        return Badge(UNPROVEN, "proof_old", read.at, read.level)
    if now < stored_at + READ_WITHIN:
        return Badge(STORED, "awaits_reading", stored_at, V0, stored_at + READ_WITHIN)
    return Badge(UNPROVEN, "never_read", stored_at, V0)


def tenant_badge(
    schedule: Schedule | None,
    standing: Standing,
    now: datetime,
    proof_within: timedelta = timedelta(days=PROOF_DAYS),
) -> Badge:
    """Return what may be said of a tenant's backups.

    Gap: no backup for half as long again as its schedule. Unproven: the newest check failed, or
    none was restored within `proof_within`. Stored: backed up in time, the first proof is not due
    yet. Proven: neither a gap nor a proof that is too old.
    """
    if schedule is None:
        return Badge(NONE, "no_policy")
    made, proof, failure = standing.made, standing.proof, standing.failure
    gap_at = made.fresh_at + schedule.gap_limit
    if is_gap(schedule, made, now):
        return Badge(GAP, "too_old" if made.stored_at else "never", made.stored_at)
    if failure and (proof is None or failure.at >= proof.at):
        return Badge(UNPROVEN, "check_failed", failure.at, failure.level, gap_at)
    if proof is None:
        return _unproven_yet(made, now, proof_within, gap_at)
    ends_at = proof.at + proof_within
    if now < ends_at:
        return Badge(PROVEN, "restored", proof.at, proof.level, min(ends_at, gap_at))
    return Badge(UNPROVEN, "proof_old", proof.at, proof.level, gap_at)


def _unproven_yet(made: Made, now: datetime, proof_within: timedelta, gap_at: datetime) -> Badge:
    if made.stored_at is None:
        return Badge(UNPROVEN, "awaits_first", None, None, gap_at)
    due_at = made.since_at + proof_within
    if now < due_at:
        return Badge(STORED, "awaits_proof", made.stored_at, V0, min(due_at, gap_at))
    return Badge(UNPROVEN, "never_proven", made.stored_at, V0, gap_at)
