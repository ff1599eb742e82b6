"""Where rules of placement lead a tenant."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.provisioning.placement import (
    DEDICATED,
    SHARED,
    ClusterFacts,
    Wish,
    choose,
    unfit,
)
from saas_business_management.kernel.provisioning.rule import Placed, Rule, Subject, matches, place

PARIS = ClusterFacts("paris", active=True, healthy=True, capacity=10, used=5, region="eu")
OSLO = replace(PARIS, key="oslo", used=2)
OWN = replace(PARIS, key="own", used=0, hosting=DEDICATED)
ALL = [PARIS, OSLO, OWN]
WISH = Wish(company_id=1, customer=7)

subjects = st.builds(
    Subject,
    plan=st.integers(0, 3),
    tier=st.integers(0, 3),
    region=st.sampled_from(["", "eu", "us"]),
    tags=st.frozensets(st.integers(1, 3)),
    modules=st.frozensets(st.sampled_from(["crm", "mrp", "pos"])),
)
rules = st.builds(
    Rule,
    key=st.integers(1, 9),
    plans=st.frozensets(st.integers(0, 3), max_size=2),
    tiers=st.frozensets(st.integers(0, 3), max_size=2),
    regions=st.frozensets(st.sampled_from(["eu", "us"])),
    tags=st.frozensets(st.integers(1, 3), max_size=2),
    modules=st.one_of(st.none(), st.frozensets(st.sampled_from(["crm", "mrp", "pos"]))),
    clusters=st.frozensets(st.sampled_from(["paris", "oslo", "own"]), max_size=2),
    hosting=st.sampled_from(["", SHARED, DEDICATED]),
    below_percent=st.integers(0, 100),
    strict=st.booleans(),
)


def test_without_a_rule_it_is_the_least_filled() -> None:
    assert place(ALL, WISH, [], Subject()) == Placed(choose(ALL, WISH))


def test_the_first_rule_that_matches_decides() -> None:
    first, second = Rule(1, plans=frozenset({1}), clusters=frozenset({"paris"})), Rule(2)
    assert place(ALL, WISH, [first, second], Subject(plan=1)) == Placed("paris", 1)
    assert place(ALL, WISH, [first, second], Subject(plan=2)) == Placed("own", 2)


def test_a_rule_that_cannot_be_kept_is_passed_over_or_refuses() -> None:
    rule = Rule(1, hosting=DEDICATED)
    assert place([PARIS], WISH, [rule], Subject()) == Placed("paris", 0, (1,))
    with pytest.raises(Refused) as caught:
        place([PARIS], WISH, [replace(rule, strict=True)], Subject())
    assert caught.value.facts["reasons"] == {"paris": "other_hosting"}


def test_a_rule_for_clusters_that_are_not_there_says_so() -> None:
    rule = Rule(1, clusters=frozenset({"rome"}), strict=True)
    with pytest.raises(Refused) as caught:
        place([PARIS], WISH, [rule], Subject())
    assert caught.value.facts["reasons"] == {"paris": "not_wished"}


def test_a_cluster_of_its_own_is_no_cluster_of_others() -> None:
    taken = replace(OWN, customers=frozenset({8}))
    wish = replace(WISH, hosting=DEDICATED)
    assert unfit(taken, wish) == "taken"
    assert unfit(replace(OWN, customers=frozenset({7})), wish) == ""


def test_a_loaded_cluster_is_left_out() -> None:
    assert unfit(PARIS, replace(WISH, below_percent=50)) == "loaded"
    assert unfit(PARIS, replace(WISH, below_percent=51)) == ""


def test_data_that_has_to_stay_goes_nowhere_else_by_any_rule() -> None:
    away = replace(WISH, region="us")
    with pytest.raises(Refused):
        place(ALL, away, [Rule(1), Rule(2, clusters=frozenset({"paris"}))], Subject())


@pytest.mark.parametrize(
    ("rule", "subject", "held"),
    [
        (Rule(1), Subject(), True),
        (Rule(1, tiers=frozenset({2})), Subject(tier=2), True),
        (Rule(1, tiers=frozenset({2})), Subject(tier=1), False),
        (Rule(1, tags=frozenset({1, 2})), Subject(tags=frozenset({1})), False),
        (Rule(1, tags=frozenset({1})), Subject(tags=frozenset({1, 3})), True),
        (Rule(1, modules=frozenset()), Subject(modules=frozenset({"crm"})), False),
        (Rule(1, modules=frozenset({"crm"})), Subject(modules=frozenset({"crm", "a"})), True),
        (Rule(1, regions=frozenset({"eu"})), Subject(), False),
    ],
)
def test_all_conditions_have_to_hold(rule, subject, held) -> None:
    assert matches(rule, subject) is held


@given(st.lists(rules, max_size=4), subjects)
def test_whatever_the_rules_the_cluster_fits_and_keeps_its_rule(some, subject) -> None:
    try:
        placed = place(ALL, WISH, some, subject)
    except Refused:
        assert any(rule.strict and matches(rule, subject) for rule in some)
        return
    cluster = next(one for one in ALL if one.key == placed.cluster)
    assert unfit(cluster, WISH) == ""
    if placed.rule:
        kept = [one for one in some if one.key == placed.rule and matches(one, subject)]
        assert any(not one.clusters or cluster.key in one.clusters for one in kept)
        assert any(one.hosting in ("", cluster.hosting) for one in kept)
