"""How many standby copies to make and which to give up."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.provisioning.standby import (
    BUILDING,
    READY,
    Pool,
    Standby,
    how_many_to_make,
    pick,
    which_to_drop,
)

POOL = Pool(wanted=3, published=4, active=True, capacity_left=100)
READY_4 = (Standby("t_a", 4, READY), Standby("t_b", 4, READY))

pools = st.builds(
    Pool,
    wanted=st.integers(-1, 6),
    published=st.integers(0, 3),
    active=st.booleans(),
    capacity_left=st.integers(-2, 6),
    standbys=st.lists(
        st.builds(
            Standby,
            name=st.uuids().map(str),
            version=st.integers(1, 4),
            stage=st.sampled_from([BUILDING, READY]),
        ),
        max_size=8,
    ).map(tuple),
    stale=st.booleans(),
    newer_build=st.booleans(),
)


def test_what_is_wanted_and_not_there_is_made() -> None:
    assert how_many_to_make(POOL) == 3
    building = Standby("t_c", 4, BUILDING)
    assert how_many_to_make(replace(POOL, standbys=READY_4)) == 1
    assert how_many_to_make(replace(POOL, standbys=(*READY_4, building))) == 0


def test_never_more_than_the_cluster_takes() -> None:
    assert how_many_to_make(replace(POOL, capacity_left=2)) == 2
    assert how_many_to_make(replace(POOL, capacity_left=0)) == 0
    assert how_many_to_make(replace(POOL, capacity_left=-5)) == 0


def test_none_for_a_template_that_is_inactive_or_unpublished() -> None:
    assert how_many_to_make(replace(POOL, published=0)) == 0
    assert how_many_to_make(replace(POOL, active=False)) == 0


def test_a_stale_version_is_copied_until_a_newer_one_is_being_built() -> None:
    assert how_many_to_make(replace(POOL, stale=True)) == 3
    assert how_many_to_make(replace(POOL, stale=True, newer_build=True)) == 0


def test_copies_of_an_older_version_are_dropped_when_a_newer_is_published() -> None:
    newer = replace(POOL, published=5, standbys=READY_4)
    assert which_to_drop(newer) == ["t_a", "t_b"]
    assert how_many_to_make(newer) == 3


def test_the_youngest_too_many_are_dropped() -> None:
    assert which_to_drop(replace(POOL, wanted=1, standbys=READY_4)) == ["t_b"]
    assert which_to_drop(replace(POOL, wanted=0, standbys=READY_4)) == ["t_a", "t_b"]


def test_an_inactive_template_keeps_no_copies() -> None:
    assert which_to_drop(replace(POOL, active=False, standbys=READY_4)) == ["t_a", "t_b"]


def test_the_oldest_ready_copy_of_the_published_version_is_picked() -> None:
    standbys = (Standby("t_0", 3, READY), Standby("t_1", 4, BUILDING), *READY_4)
    assert pick(standbys, 4) == "t_a"
    assert pick(standbys, 5) == ""


@given(pools)
def test_a_pool_is_never_filled_and_emptied_at_once(pool: Pool) -> None:
    dropped = set(which_to_drop(pool))
    ready = {standby.name for standby in pool.standbys if standby.stage == READY}
    good = {standby.name for standby in pool.standbys if standby.version == pool.published}
    assert dropped <= ready
    assert 0 <= how_many_to_make(pool) <= max(0, pool.capacity_left)
    if how_many_to_make(pool):
        assert not dropped & good


@given(pools)
def test_after_a_round_the_pool_is_right_and_a_second_round_does_nothing(pool: Pool) -> None:
    dropped = set(which_to_drop(pool))
    kept = tuple(standby for standby in pool.standbys if standby.name not in dropped)
    made = how_many_to_make(pool)
    fresh = tuple(Standby(f"new {number}", pool.published, READY) for number in range(made))
    after = replace(pool, standbys=kept + fresh, capacity_left=pool.capacity_left - made)
    assert which_to_drop(after) == []
    assert how_many_to_make(after) == 0
