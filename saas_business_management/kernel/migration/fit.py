"""Whether a tenant is where it belongs, and where else it should be.

Owns: the reasons, how heavy each is, which tenants make room on a full cluster. Does not own: the
figures (records), choosing the cluster it goes to (`provisioning/`), moving it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

SHARED, DEDICATED = "shared", "dedicated"
ELSEWHERE = "elsewhere"

RESIDENCY = "residency"
TIER = "tier"
NOISY = "noisy"
LARGE = "large"
RULE = "rule"
ROOM = "room"
ALONE = "alone"
# What the law or a promise asks for first, then what others suffer from, then what is tidy.
WEIGHTS = {RESIDENCY: 100, TIER: 80, NOISY: 60, ROOM: 40, LARGE: 30, RULE: 20, ALONE: 10}

NOISY_OFTEN = 3
LARGE_PERCENT = 40
LEAST_NEIGHBOURS = 3
FULL_PERCENT = 90
RELIEVED_PERCENT = 80


@dataclass(frozen=True)
class Stay:
    """A tenant where it is now.

    `hosting` is the cluster's kind, `promised` what the service tier promises. `noisy` counts
    findings of 30 days, `victims` the tenants that became slow by them. `share_percent` is its part
    of what the tenants of the cluster take, None when not known. `rule_cluster` is where a rule of
    placement would put it today, empty without one.
    """

    tenant: int
    cluster: str
    hosting: str
    promised: str = SHARED
    region: str = ""
    must_stay: str = ""
    noisy: int = 0
    victims: int = 0
    share_percent: int | None = None
    neighbours: int = 0
    rule_cluster: str = ""
    makes_room: bool = False


@dataclass(frozen=True)
class Verdict:
    """Where a tenant should be: `dedicated`, `shared` or `elsewhere`, with reasons, main first."""

    tenant: int
    target: str
    reasons: tuple[str, ...]
    weight: int


def judge(stay: Stay) -> Verdict | None:
    """Return where a tenant should be instead, None when it is where it belongs."""
    found = sorted(_reasons(stay), key=lambda code: -WEIGHTS[code])
    if not found:
        return None
    own = {TIER, NOISY, LARGE} & set(found)
    target = DEDICATED if own else SHARED if found == [ALONE] else ELSEWHERE
    return Verdict(stay.tenant, target, tuple(found), sum(WEIGHTS[code] for code in found))


def _reasons(stay: Stay) -> list[str]:
    crowded = stay.hosting != DEDICATED
    share = stay.share_percent or 0
    told = (
        (RESIDENCY, bool(stay.must_stay) and stay.must_stay != stay.region),
        (TIER, crowded and stay.promised == DEDICATED),
        (NOISY, crowded and stay.noisy >= NOISY_OFTEN and stay.victims > 0),
        (LARGE, crowded and stay.neighbours >= LEAST_NEIGHBOURS and share >= LARGE_PERCENT),
        (RULE, stay.rule_cluster not in ("", stay.cluster)),
        (ROOM, stay.makes_room),
        (ALONE, not crowded and stay.promised != DEDICATED and not stay.rule_cluster),
    )
    return [code for code, stands in told if stands]


def make_room(capacity: int, used: int, shares: Iterable[tuple[int, int]]) -> list[int]:
    """Return which tenants to move from a cluster that is 90 % full until it is 80 % full.

    `shares` are `(tenant, bytes)`: the smallest go, as they are moved soonest; of equals the first.
    """
    if capacity <= 0 or used * 100 < capacity * FULL_PERCENT:
        return []
    keep = capacity * RELIEVED_PERCENT // 100
    order = sorted(shares, key=lambda row: (row[1], row[0]))
    return [tenant for tenant, _bytes in order[: max(0, used - keep)]]
