"""Choosing the cluster of a new tenant.

Owns: the order of preference, the reasons why a cluster is left out. Does not own: rules of the
platform (`rule.py`), capacity forecasts, moving tenants later (`migration/fit.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from ..errors import Refused

SHARED, DEDICATED, HYBRID = "shared", "dedicated", "hybrid"


@dataclass(frozen=True)
class ClusterFacts:
    """One cluster. `company_id` 0 = for all companies; `capacity` and `used` count databases.

    `customers` are those who have a tenant there.
    """

    key: str
    active: bool
    healthy: bool
    capacity: int
    used: int
    company_id: int = 0
    region: str = ""
    hosting: str = SHARED
    customers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Wish:
    """What the tenant needs. An empty region, cluster or hosting means any.

    `customer` 0 = not known yet. A cluster filled to `below_percent` or more is left out; 0 = any
    is taken.
    """

    company_id: int
    region: str = ""
    cluster: str = ""
    hosting: str = ""
    customer: int = 0
    below_percent: int = 0


def choose(clusters: Iterable[ClusterFacts], wish: Wish) -> str:
    """Return the key of the least filled fitting cluster; of equals the first by key.

    Raises:
        Refused: `no_cluster`; the fact `reasons` says for each cluster by key why it does not fit.
    """
    reasons: dict[str, str] = {}
    fitting: list[ClusterFacts] = []
    for cluster in clusters:
        why = unfit(cluster, wish)
        if why:
            reasons[cluster.key] = why
        else:
            fitting.append(cluster)
    if not fitting:
        raise Refused("no_cluster", reasons=dict(sorted(reasons.items())))
    return min(fitting, key=_filled).key


def unfit(cluster: ClusterFacts, wish: Wish) -> str:
    """Return why a cluster cannot take the tenant, empty when it can.

    One of `not_wished`, `inactive`, `other_company`, `other_region`, `unhealthy`, `full`,
    `other_hosting`, `taken`, `loaded`.
    """
    obstacles = (
        ("not_wished", bool(wish.cluster) and cluster.key != wish.cluster),
        ("inactive", not cluster.active),
        ("other_company", cluster.company_id not in (0, wish.company_id)),
        ("other_region", bool(wish.region) and cluster.region != wish.region),
        ("unhealthy", not cluster.healthy),
        ("full", cluster.used >= cluster.capacity),
        ("other_hosting", wish.hosting not in ("", cluster.hosting)),
        ("taken", wish.hosting == DEDICATED and bool(cluster.customers - ({wish.customer} - {0}))),
        ("loaded", _is_loaded(cluster, wish.below_percent)),
    )
    return next((why for why, stands in obstacles if stands), "")


def _is_loaded(cluster: ClusterFacts, below_percent: int) -> bool:
    return below_percent > 0 and cluster.used * 100 >= cluster.capacity * below_percent


def _filled(cluster: ClusterFacts) -> tuple[Fraction, str]:
    return Fraction(cluster.used, cluster.capacity), cluster.key
