"""Rules of placement: which tenants go where, the first that matches and can be kept decides.

Owns: matching, the order, what happens when a rule cannot be kept, telling why. Does not own:
whether a cluster fits (`placement.py`), reading a rule (records).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..errors import Refused
from .placement import ClusterFacts, Wish, choose


@dataclass(frozen=True)
class Subject:
    """The tenant: ids of plan, service tier and compliance tags, names of its modules."""

    plan: int = 0
    tier: int = 0
    region: str = ""
    tags: frozenset[int] = frozenset()
    modules: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rule:
    """One rule. Empty conditions hold for every tenant; all that are given have to hold.

    `modules` None = whatever modules; otherwise at least one of these. `strict` = refuse a tenant
    that matches when no cluster keeps the rule, instead of going on to the next one.
    """

    key: int
    plans: frozenset[int] = frozenset()
    tiers: frozenset[int] = frozenset()
    regions: frozenset[str] = frozenset()
    tags: frozenset[int] = frozenset()
    modules: frozenset[str] | None = None
    clusters: frozenset[str] = frozenset()
    hosting: str = ""
    below_percent: int = 0
    strict: bool = False


@dataclass(frozen=True)
class Placed:
    """Where a tenant goes and by which rule; 0 = by the least filled cluster.

    `passed` names the rules that matched but could not be kept.
    """

    cluster: str
    rule: int = 0
    passed: tuple[int, ...] = ()


def matches(rule: Rule, subject: Subject) -> bool:
    """Tell whether a rule is about this tenant."""
    return all(
        (
            not rule.plans or subject.plan in rule.plans,
            not rule.tiers or subject.tier in rule.tiers,
            not rule.regions or subject.region in rule.regions,
            rule.tags <= subject.tags,
            rule.modules is None or bool(rule.modules & subject.modules),
        )
    )


def place(
    clusters: Iterable[ClusterFacts], wish: Wish, rules: Iterable[Rule], subject: Subject
) -> Placed:
    """Return the cluster by the first rule, in the order given, that matches and can be kept.

    Without one, the least filled cluster that fits.

    Raises:
        Refused: `no_cluster`, with the reasons of the strict rule or else of no rule.
    """
    clusters, passed = list(clusters), []
    for rule in rules:
        if not matches(rule, subject):
            continue
        try:
            return Placed(_by(rule, clusters, wish), rule.key, tuple(passed))
        except Refused:
            if rule.strict:
                raise
            passed.append(rule.key)
    return Placed(choose(clusters, wish), 0, tuple(passed))


def _by(rule: Rule, clusters: list[ClusterFacts], wish: Wish) -> str:
    """Return the cluster that keeps a rule.

    Raises:
        Refused: `no_cluster`.
    """
    named = [one for one in clusters if not rule.clusters or one.key in rule.clusters]
    if not named:
        reasons = {one.key: "not_wished" for one in clusters}
        raise Refused("no_cluster", reasons=dict(sorted(reasons.items())))
    asked = replace(wish, hosting=rule.hosting, below_percent=rule.below_percent)
    return choose(named, asked)
