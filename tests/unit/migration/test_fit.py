"""Whether a tenant is where it belongs."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.migration import fit
from saas_business_management.kernel.migration.fit import Stay, judge, make_room

HERE = Stay(tenant=1, cluster="paris", hosting="shared", region="eu", neighbours=10)


def test_who_is_where_it_belongs_is_left_alone() -> None:
    assert judge(HERE) is None
    assert judge(replace(HERE, hosting="dedicated", promised="dedicated")) is None
    assert judge(replace(HERE, must_stay="eu", rule_cluster="paris", share_percent=39)) is None


@pytest.mark.parametrize(
    ("change", "target", "reason"),
    [
        ({"promised": "dedicated"}, "dedicated", fit.TIER),
        ({"noisy": 3, "victims": 1}, "dedicated", fit.NOISY),
        ({"share_percent": 40}, "dedicated", fit.LARGE),
        ({"must_stay": "us"}, "elsewhere", fit.RESIDENCY),
        ({"rule_cluster": "oslo"}, "elsewhere", fit.RULE),
        ({"makes_room": True}, "elsewhere", fit.ROOM),
        ({"hosting": "dedicated"}, "shared", fit.ALONE),
    ],
)
def test_each_reason_stands_for_itself(change, target, reason) -> None:
    verdict = judge(replace(HERE, **change))
    assert (verdict.target, verdict.reasons) == (target, (reason,))
    assert verdict.weight == fit.WEIGHTS[reason]


@pytest.mark.parametrize(
    "change",
    [
        {"noisy": 2, "victims": 5},
        {"noisy": 9, "victims": 0},
        {"share_percent": 99, "neighbours": 2},
        {"share_percent": None},
    ],
)
def test_just_below_a_border_nothing_is_said(change) -> None:
    assert judge(replace(HERE, **change)) is None


def test_the_heaviest_reason_comes_first() -> None:
    verdict = judge(replace(HERE, must_stay="us", promised="dedicated", rule_cluster="oslo"))
    assert verdict.reasons == (fit.RESIDENCY, fit.TIER, fit.RULE)
    assert verdict.target == "dedicated"


def test_room_is_made_with_as_few_and_as_small_as_needed() -> None:
    shares = [(number, number * 100) for number in range(1, 10)]
    assert make_room(10, 9, shares) == [1]
    assert make_room(10, 10, shares) == [1, 2]
    assert make_room(10, 8, shares) == []
    assert make_room(0, 0, shares) == []


@given(
    st.integers(1, 200),
    st.integers(0, 200),
    st.dictionaries(st.integers(1, 200), st.integers(0, 10**12), max_size=60),
)
def test_afterwards_it_is_relieved_or_nobody_is_left_to_move(capacity, used, sizes) -> None:
    moved = make_room(capacity, used, sizes.items())
    assert len(set(moved)) == len(moved)
    assert set(moved) <= set(sizes)
    if moved:
        assert used * 100 >= capacity * fit.FULL_PERCENT
        left = used - len(moved)
        assert left <= capacity * fit.RELIEVED_PERCENT // 100 or len(moved) == len(sizes)
        stay = [size for tenant, size in sizes.items() if tenant not in moved]
        assert all(sizes[one] <= min(stay, default=sizes[one]) for one in moved)
