"""What to look at before a tenant is upgraded; nothing of it stands in the way.

Owns: which advice applies. Does not own: what stands in the way (`saas.upgrade._blockers`), the
sentences (`models/saas_campaign_check.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

PROOF_STALE = timedelta(days=7)
LARGE_BYTES = 20_000_000_000
SKIPPED_VERSIONS = 3


@dataclass(frozen=True)
class Facts:
    """What is known of a tenant; bytes of its database and files, None where nobody measured."""

    proven_at: datetime | None = None
    has_backup: bool = False
    size_bytes: int | None = None
    versions_behind: int = 1
    had_setback: bool = False
    loses_modules: bool = False


def advise(facts: Facts, now: datetime) -> tuple[str, ...]:
    """Return the codes of advice, what weighs most first."""
    told = (
        ("had_setback", facts.had_setback),
        ("loses_modules", facts.loses_modules),
        ("no_backup", not facts.has_backup),
        ("not_proven", facts.has_backup and not _is_fresh(facts.proven_at, now)),
        ("far_behind", facts.versions_behind >= SKIPPED_VERSIONS),
        ("large", (facts.size_bytes or 0) >= LARGE_BYTES),
    )
    return tuple(code for code, applies in told if applies)


def _is_fresh(at: datetime | None, now: datetime) -> bool:
    return at is not None and now - at <= PROOF_STALE
