"""The course of an incident: a table of moves, and when one opens by itself.

Owns: states, events, guards, who may make which move; which firing alerts make an incident, how
grave it is. Does not own: alerts, writing the state (`models/saas_incident_course.py`), times to
recovery (`recovery.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from ..errors import Refused
from ..transition_table import OPERATOR, Move, choose, possible
from .layers import CRITICAL as CRITICAL_ALERT
from .layers import INFO

VALIDATING, INVESTIGATING, IDENTIFIED = "validating", "investigating", "identified"
MONITORING, RESOLVED, POST_MORTEM = "monitoring", "resolved", "post_mortem"
STATES = (VALIDATING, INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED, POST_MORTEM)
OPEN = (VALIDATING, INVESTIGATING, IDENTIFIED, MONITORING)
OVER = (RESOLVED, POST_MORTEM)

MINOR, MAJOR, CRITICAL = "minor", "major", "critical"
# From least to worst.
SEVERITIES = (MINOR, MAJOR, CRITICAL)


@dataclass(frozen=True)
class Facts:
    """What a decision knows: the right of who acts, a reason, whether the cause was written."""

    is_operator: bool = False
    reason: str = ""
    has_root_cause: bool = False

    def may(self, right: str) -> bool:
        """Tell whether who acts has a right."""
        return right == OPERATOR and self.is_operator


TABLE = (
    Move("investigate", (VALIDATING, IDENTIFIED, MONITORING), INVESTIGATING),
    Move("identify", (VALIDATING, INVESTIGATING, MONITORING), IDENTIFIED),
    Move("watch", (INVESTIGATING, IDENTIFIED), MONITORING),
    Move("resolve", OPEN, RESOLVED),
    Move("reopen", OVER, INVESTIGATING, needs_reason=True),
    Move("review", (RESOLVED,), POST_MORTEM, guards=("has_root_cause",)),
)
GUARDS = {"has_root_cause": lambda facts: facts.has_root_cause}
EVENTS = tuple(move.event for move in TABLE)
# The event that leads to a state.
EVENT_TO = {move.target: move.event for move in TABLE if move.event != "reopen"}


def decide(state: str, event: str, facts: Facts) -> str:
    """Return the state that the event leads to.

    Raises:
        Refused: `incident_move`, with `why` as the variant: not_from_here, no_right, no_reason or
            has_root_cause.
    """
    row, why = choose(TABLE, GUARDS, state, event, facts)
    if row is None:
        raise Refused("incident_move", state=state, why=why)
    return row.target


def possible_events(state: str, facts: Facts) -> tuple[str, ...]:
    """Return the events that may happen now, in the order of the table."""
    return possible(TABLE, GUARDS, EVENTS, state, facts)


# Opening by itself

ALIVE_BY_DAY = timedelta(minutes=5)
ALIVE_BY_NIGHT = timedelta(minutes=10)
# Local hours: from the first, until before the second.
NIGHT = (22, 7)
LEAST_TENANTS = 3
# One in so many tenants of a cluster.
SPREAD_ONE_IN = 5
GRAVE_ONE_IN = 2

ALIVE, SPREAD, UNHEEDED = "alive", "spread", "unheeded"


@dataclass(frozen=True)
class Firing:
    """An alert that fires since an aware instant; 0 for no cluster or no tenant."""

    alert: int
    rule: int
    severity: str
    since: datetime
    cluster: int = 0
    tenant: int = 0


@dataclass(frozen=True)
class Opening:
    """An incident that is to be opened: why, for which cluster and rule (0 for none in common)."""

    why: str
    severity: str
    cluster: int
    rule: int
    alerts: tuple[int, ...]


def is_night(now: datetime, zone: tzinfo) -> bool:
    """Tell whether people sleep: by the clock on the wall, whatever time of the year."""
    hour = now.astimezone(zone).hour
    return hour >= NIGHT[0] or hour < NIGHT[1]


def spread_from(tenants: int) -> int:
    """Return how many tenants of so many have to fire: a fifth, rounded up, and at least three."""
    return max(LEAST_TENANTS, -(-tenants // SPREAD_ONE_IN))


def to_open(
    firing: Iterable[Firing], tenants_of: Mapping[int, int], now: datetime, zone: tzinfo
) -> list[Opening]:
    """Return the incidents that these alerts make.

    `tenants_of` counts the open tenants of each cluster. What fires on many tenants of a cluster is
    one incident; what is left is one for each rule and cluster, or tenant where there is none.
    """
    alerts = sorted(firing, key=lambda one: one.alert)
    spread = _spread(alerts, tenants_of)
    taken = {alert for one in spread for alert in one.alerts}
    return spread + _alive([one for one in alerts if one.alert not in taken], now, zone)


def _spread(alerts: list[Firing], tenants_of: Mapping[int, int]) -> list[Opening]:
    by_cluster: dict[int, list[Firing]] = {}
    for one in alerts:
        if one.cluster and one.severity != INFO:
            by_cluster.setdefault(one.cluster, []).append(one)
    found = []
    for cluster, here in sorted(by_cluster.items()):
        fire = len({one.tenant for one in here if one.tenant})
        there = tenants_of.get(cluster, 0)
        if fire >= spread_from(there):
            severity = CRITICAL if fire * GRAVE_ONE_IN >= there else MAJOR
            rules = {one.rule for one in here}
            rule = rules.pop() if len(rules) == 1 else 0
            alerts_here = tuple(one.alert for one in here)
            found.append(Opening(SPREAD, severity, cluster, rule, alerts_here))
    return found


def _alive(alerts: list[Firing], now: datetime, zone: tzinfo) -> list[Opening]:
    least = ALIVE_BY_NIGHT if is_night(now, zone) else ALIVE_BY_DAY
    lasting = [one for one in alerts if one.severity == CRITICAL_ALERT and now - one.since >= least]
    return _grouped(ALIVE, lasting)


def to_open_unheeded(firing: Iterable[Firing]) -> list[Opening]:
    """Return the incidents of alerts that nobody took in hand, however short they live."""
    return _grouped(UNHEEDED, sorted(firing, key=lambda one: one.alert))


def _grouped(why: str, alerts: list[Firing]) -> list[Opening]:
    groups: dict[tuple[int, int, int], list[int]] = {}
    for one in alerts:
        key = (one.rule, one.cluster, 0 if one.cluster else one.tenant)
        groups.setdefault(key, []).append(one.alert)
    return [
        Opening(why, MAJOR, cluster, rule, tuple(found))
        for (rule, cluster, _tenant), found in groups.items()
    ]
