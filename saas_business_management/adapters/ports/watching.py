"""What monitoring sees of a cluster from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Counters:
    """What a server has counted since `reset`, which names that beginning."""

    reset: str
    numbers: Mapping[str, float]


@dataclass(frozen=True)
class DatabaseSight:
    """One database: readings of now by the codes of their metrics, and its counters."""

    gauges: Mapping[str, float]
    counters: Counters


@dataclass(frozen=True)
class Statement:
    """What all runs of one statement took, since `reset`; the text has placeholders for values."""

    database: str
    queryid: str
    text: str
    reset: str
    calls: int
    total_ms: float


@dataclass(frozen=True)
class Sight:
    """One look at a cluster; `seconds` is the server's clock. What it cannot tell is left out.

    `statements` is None where the server does not count statements.
    """

    seconds: float
    gauges: Mapping[str, float] = field(default_factory=dict)
    counters: Counters = Counters("", {})
    databases: Mapping[str, DatabaseSight] = field(default_factory=dict)
    statements: Sequence[Statement] | None = None


class WatchingPort(Protocol):
    """What monitoring asks of a cluster."""

    def watch(self, statements: bool = False) -> Sight:
        """As the monitor's role, reading only and within seconds: look at sessions, locks and
        counters of the whole cluster; at single statements when told to.

        Raises: Refused (`monitor_secret_missing`), Unavailable, Broken.
        """
