"""Alerts that nobody is told of: others explain them, somebody silenced them, a tenant is closed.

Owns: these rules. Does not own: rows of silences, states of tenants. A muted alert stays an alert
with its history; it only wakes nobody.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

CLUSTER_DOWN = "cluster_down"
DATABASE_MISSING = "database_missing"
DOOR_CLOSED = "door_closed"
# What stays of interest while a tenant is closed or under way.
ALWAYS_LAYERS = frozenset({"security"})
ALWAYS_PREFIXES = ("backup_", "proof_", "restore_")
# States of a tenant in which its alerts wake nobody.
CLOSED_STATES = frozenset({"suspended", "archived", "migrating", "deleting", "deleted", "draft"})
CLOSED_STATES |= {"provisioning", "failed"}

# Why an alert is muted.
BY_CLUSTER, BY_DATABASE, BY_STATE = "cluster", "database", "state"
BY_OPERATION, BY_SILENCE = "operation", "silence"
REASONS = (BY_CLUSTER, BY_DATABASE, BY_STATE, BY_OPERATION, BY_SILENCE)
# Found by looking into the tenant's database.
PROBED_LAYERS = frozenset({"application", "database", "tenant", "business"})

LONGEST = timedelta(days=30)
ONCE, DAILY, WEEKLY = "once", "daily", "weekly"
EVERY = {DAILY: timedelta(days=1), WEEKLY: timedelta(days=7)}


@dataclass(frozen=True)
class Subject:
    """What an alert is about, as far as muting asks: ids are 0 where there is none."""

    code: str
    layer: str
    cluster: int = 0
    tenant: int = 0


@dataclass(frozen=True)
class Around:
    """What else holds now: clusters that are down, tenants without a database, states of tenants,
    and tenants at whose front door an operation announced a break that lasts.
    """

    clusters_down: Collection[int] = ()
    databases_missing: Collection[int] = ()
    states: Mapping[int, str] = field(default_factory=dict)
    at_work: Collection[int] = ()


def inhibited(one: Subject, around: Around) -> str:
    """Return why something else explains an alert, empty when nothing does."""
    if not one.tenant:
        return ""
    always = one.layer in ALWAYS_LAYERS or one.code.startswith(ALWAYS_PREFIXES)
    if not always and around.states.get(one.tenant) in CLOSED_STATES:
        return BY_STATE
    if not always and one.cluster in around.clusters_down:
        return BY_CLUSTER
    probed = one.layer in PROBED_LAYERS and one.code != DATABASE_MISSING
    if not always and probed and one.tenant in around.databases_missing:
        return BY_DATABASE
    if one.code == DOOR_CLOSED and one.tenant in around.at_work:
        return BY_OPERATION
    return ""


@dataclass(frozen=True)
class Silence:
    """From when until when, and what: every matcher must fit; an empty one fits nothing."""

    start: datetime
    end: datetime
    matchers: Mapping[str, object]
    repeats: str = ONCE
    last: datetime | None = None


def is_on(silence: Silence, now: datetime) -> bool:
    """Tell whether a silence holds at an instant; one that repeats until its last day."""
    if now < silence.start:
        return False
    if silence.repeats == ONCE:
        return now < silence.end
    if silence.last is not None and now >= silence.last:
        return False
    return (now - silence.start) % EVERY[silence.repeats] < silence.end - silence.start


def covers(silence: Silence, labels: Mapping[str, object]) -> bool:
    """Tell whether a silence is about an alert."""
    return bool(silence.matchers) and all(
        labels.get(name) == value for name, value in silence.matchers.items()
    )


def silenced(
    labels: Mapping[str, object], silences: Iterable[Silence], now: datetime
) -> Silence | None:
    """Return a silence that holds now and is about an alert."""
    return next((one for one in silences if is_on(one, now) and covers(one, labels)), None)
