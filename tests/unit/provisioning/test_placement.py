"""Which cluster a new tenant comes to."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.provisioning.placement import ClusterFacts, Wish, choose, unfit

PARIS = ClusterFacts("paris", active=True, healthy=True, capacity=10, used=5, region="eu")
OSLO = replace(PARIS, key="oslo", used=2)
ANY = Wish(company_id=1)

clusters = st.lists(
    st.builds(
        ClusterFacts,
        key=st.sampled_from("abcdefgh"),
        active=st.booleans(),
        healthy=st.booleans(),
        capacity=st.integers(-1, 5),
        used=st.integers(0, 5),
        company_id=st.integers(0, 2),
        region=st.sampled_from(["", "eu", "us"]),
    ),
    unique_by=lambda cluster: cluster.key,
    max_size=8,
)
wishes = st.builds(
    Wish,
    company_id=st.integers(1, 2),
    region=st.sampled_from(["", "eu", "us"]),
    cluster=st.sampled_from(["", "", "a", "z"]),
)


def test_the_least_filled_cluster_is_chosen_by_share_and_not_by_number() -> None:
    assert choose([PARIS, OSLO], ANY) == "oslo"
    big = replace(PARIS, key="rome", capacity=1000, used=100)
    assert choose([PARIS, OSLO, big], ANY) == "rome"


def test_equals_are_told_apart_by_key() -> None:
    twins = [replace(PARIS, key="b"), replace(PARIS, key="a", capacity=20, used=10)]
    assert choose(twins, ANY) == "a"


@pytest.mark.parametrize(
    ("cluster", "wish", "why"),
    [
        (replace(PARIS, active=False), ANY, "inactive"),
        (replace(PARIS, healthy=False), ANY, "unhealthy"),
        (replace(PARIS, used=10), ANY, "full"),
        (replace(PARIS, capacity=0, used=0), ANY, "full"),
        (replace(PARIS, company_id=2), ANY, "other_company"),
        (PARIS, replace(ANY, region="us"), "other_region"),
        (PARIS, replace(ANY, cluster="oslo"), "not_wished"),
        (replace(PARIS, company_id=1), ANY, ""),
        (PARIS, replace(ANY, region="eu", cluster="paris"), ""),
    ],
)
def test_each_reason_why_a_cluster_does_not_fit(
    cluster: ClusterFacts, wish: Wish, why: str
) -> None:
    assert unfit(cluster, wish) == why


def test_the_refusal_says_for_each_cluster_why() -> None:
    with pytest.raises(Refused) as error:
        choose([replace(PARIS, used=10), replace(OSLO, healthy=False)], ANY)
    assert error.value.code == "no_cluster"
    assert error.value.facts == {"reasons": {"oslo": "unhealthy", "paris": "full"}}


def test_without_clusters_there_are_no_reasons() -> None:
    with pytest.raises(Refused) as error:
        choose([], ANY)
    assert error.value.facts == {"reasons": {}}


@given(clusters, wishes, st.randoms(use_true_random=False))
def test_the_choice_fits_and_does_not_depend_on_the_order(
    some: list[ClusterFacts], wish: Wish, chance: random.Random
) -> None:
    shuffled = chance.sample(some, len(some))
    fitting = [cluster for cluster in some if not unfit(cluster, wish)]
    if not fitting:
        with pytest.raises(Refused) as error:
            choose(shuffled, wish)
        assert set(error.value.facts["reasons"]) == {cluster.key for cluster in some}
        return
    chosen = next(cluster for cluster in fitting if cluster.key == choose(shuffled, wish))
    assert choose(some, wish) == chosen.key
    for other in fitting:
        assert chosen.used * other.capacity <= other.used * chosen.capacity
