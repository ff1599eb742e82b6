"""Audit A7: operations that nobody works on although somebody should.

Owns: which age makes an operation stuck. Does not own: leases and take-over (the job engine), what
lies on the cluster (`audit.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .audit import Finding

OPERATION = "operation"


@dataclass(frozen=True)
class OperationFacts:
    """One operation, ages by the control database's clock; `beat_age_seconds` None = no lease.

    `due_age_seconds` is how long it has been allowed to run without being taken, negative = not due
    yet.
    """

    name: str
    state: str
    due_age_seconds: float = 0.0
    beat_age_seconds: float | None = None


@dataclass(frozen=True)
class Patience:
    """How long is too long. A lease is stale after 30 s and taken over in the next round."""

    beat_seconds: float = 120.0
    start_seconds: float = 600.0


def stuck(operations: Iterable[OperationFacts], patience: Patience = Patience()) -> list[Finding]:
    """Return a finding for each stuck operation, by name; none is ever swept, a person looks."""
    found = []
    for one in operations:
        why = _why(one, patience)
        if why:
            facts = {"why": why, "state": one.state}
            found.append(Finding("A7", "stuck", OPERATION, one.name, facts=facts))
    return sorted(found, key=lambda finding: finding.name)


def _why(one: OperationFacts, patience: Patience) -> str:
    """Return `no_heartbeat`, `not_started`, `gave_up` or an empty text."""
    if one.state == "dead":
        return "gave_up"
    if one.state in ("running", "undoing"):
        silent = one.beat_age_seconds is None or one.beat_age_seconds > patience.beat_seconds
        return "no_heartbeat" if silent else ""
    late = one.state == "waiting" and one.due_age_seconds > patience.start_seconds
    return "not_started" if late else ""
