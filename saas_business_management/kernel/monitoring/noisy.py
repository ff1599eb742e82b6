"""Who takes so much of a shared cluster that others suffer: named from windows of five minutes.

Owns: when a cluster is stressed, what a fair share is, who is named, who suffers. Does not own:
measuring, what is done about it (`noisy_steps.py`).

A share is a tenant's part of what all tenants of the cluster used in the window. Named is who, in
two of three windows in which the cluster was stressed, had more than `threshold` of something.
Waiting is not using: sessions and gateway time grow for who suffers too. So who has become slow
itself is named for what it consumes only, and only as the greatest consumer; nobody is named for
crumbs (`LEAST`), and a victim never is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SESSIONS = "sessions"
CPU = "cpu"
BLOCKS = "blocks_read"
TEMP = "temp"
WAL = "wal"
GATEWAY = "gateway"
RESOURCES = (SESSIONS, CPU, BLOCKS, TEMP, WAL, GATEWAY)
CONSUMED = (CPU, BLOCKS, TEMP, WAL)

SECONDS = 300
LOOKED = 3
ENOUGH = 2
PRESSURE = 20.0
QUEUE_MS = 200.0
SESSIONS_PER_CORE = 1.5
FAIR_TIMES = 3
LEAST_SHARE = 0.25
# With few tenants three fair shares would be more than there is.
MOST_SHARE = 0.75
SLOWER = 2.0
# What is less than this in a window harms nobody, whatever share of little it is.
LEAST: Mapping[str, float] = {
    SESSIONS: 0.5,
    CPU: 30.0,
    BLOCKS: 10_000.0,
    TEMP: 64e6,
    WAL: 64e6,
    GATEWAY: 30.0,
}


@dataclass(frozen=True)
class Stress:
    """How a cluster was in a window; None is what nobody measured."""

    pressure_cpu: float | None = None
    pressure_io: float | None = None
    queue_p95_ms: float | None = None
    sessions: float | None = None
    cores: float | None = None

    def signs(self) -> tuple[str, ...]:
        """Return the signs of stress: `cpu`, `io`, `queue`, `sessions`."""
        found = {
            "cpu": (self.pressure_cpu or 0) > PRESSURE,
            "io": (self.pressure_io or 0) > PRESSURE,
            "queue": (self.queue_p95_ms or 0) > QUEUE_MS,
            "sessions": bool(self.cores)
            and (self.sessions or 0) > SESSIONS_PER_CORE * (self.cores or 0),
        }
        return tuple(name for name, holds in found.items() if holds)


@dataclass(frozen=True)
class Window:
    """Five minutes of a cluster, ending at `at`. `used`: by resource, by tenant id, what it used
    (seconds, blocks, bytes; sessions on average). `p95` and `usual`: by tenant id, milliseconds.
    """

    at: datetime
    stress: Stress
    tenants: frozenset[int]
    used: Mapping[str, Mapping[int, float]]
    p95: Mapping[int, float] = field(default_factory=dict)
    usual: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Noisy:
    """A tenant that is named. `shares`: by resource, the mean part of what it had in the windows
    that count; `victims`: tenants that became slow in them.
    """

    tenant: int
    since: datetime
    windows: tuple[datetime, ...]
    shares: Mapping[str, float]
    signs: tuple[str, ...]
    victims: tuple[int, ...]


def threshold(tenants: int) -> float:
    """Return the share above which one of so many tenants takes too much."""
    fair = 1 / max(tenants, 1)
    return min(max(FAIR_TIMES * fair, LEAST_SHARE), MOST_SHARE)


def shares(used: Mapping[int, float]) -> dict[int, float]:
    """Return each tenant's part of the sum; nothing when nothing was used."""
    total = sum(value for value in used.values() if value > 0)
    return {one: max(value, 0.0) / total for one, value in used.items()} if total > 0 else {}


def slowed(window: Window) -> frozenset[int]:
    """Return the tenants whose answers took at least twice as long as usual."""
    return frozenset(
        one
        for one, value in window.p95.items()
        if window.usual.get(one) and value >= SLOWER * window.usual[one]
    )


def too_much(window: Window) -> dict[int, dict[str, float]]:
    """Return, by tenant, the resources of which it had more than its due, with its share."""
    if not window.stress.signs() or len(window.tenants) < 2:
        return {}
    border, slow = threshold(len(window.tenants)), slowed(window)
    found: dict[int, dict[str, float]] = {}
    for resource in RESOURCES:
        used = window.used.get(resource) or {}
        for tenant, share in shares(used).items():
            if share <= border or used[tenant] < LEAST[resource]:
                continue
            if tenant in slow and not _is_cause(tenant, resource, used):
                continue
            found.setdefault(tenant, {})[resource] = share
    return found


def detect(windows: Sequence[Window]) -> list[Noisy]:
    """Return who is noisy now by the last three windows, oldest first; by id."""
    looked = list(windows)[-LOOKED:]
    over = [(window, too_much(window)) for window in looked]
    named = {
        tenant: [(window, found[tenant]) for window, found in over if tenant in found]
        for tenant in sorted({one for _window, found in over for one in found})
    }
    named = {one: rows for one, rows in named.items() if len(rows) >= ENOUGH}
    return [_told(tenant, rows, frozenset(named)) for tenant, rows in named.items()]


def _is_cause(tenant: int, resource: str, used: Mapping[int, float]) -> bool:
    return resource in CONSUMED and used[tenant] == max(used.values())


def _told(
    tenant: int, rows: Iterable[tuple[Window, Mapping[str, float]]], named: frozenset[int]
) -> Noisy:
    kept = list(rows)
    parts = {
        resource: [found[resource] for _window, found in kept if resource in found]
        for resource in RESOURCES
    }
    signs = {sign for window, _found in kept for sign in window.stress.signs()}
    victims = {one for window, _found in kept for one in slowed(window)} - named
    return Noisy(
        tenant=tenant,
        since=kept[0][0].at - timedelta(seconds=SECONDS),
        windows=tuple(window.at for window, _found in kept),
        shares={name: sum(found) / len(found) for name, found in parts.items() if found},
        signs=tuple(sorted(signs)),
        victims=tuple(sorted(victims)),
    )
