"""Alerts on the way to a limit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.quota.thresholds import WARNED_AT, course, crossed


@pytest.mark.parametrize(
    ("used", "limit", "told"),
    [
        (0, 100, ()),
        (49, 100, ()),
        (50, 100, (50,)),
        (Decimal("79.999"), 100, (50,)),
        (80, 100, (50, 80)),
        (120, 100, (50, 80, 100, 120)),
        (10**9, None, ()),
        (0, 0, ()),
        (1, 0, WARNED_AT),
        (-5, 100, ()),
    ],
)
def test_what_is_reached_is_told(used: object, limit: object, told: tuple) -> None:
    assert crossed(used, limit) == told


def test_what_was_told_is_not_told_again() -> None:
    assert crossed(85, 100, fired=frozenset({50})) == (80,)
    assert course([85, 40, 85, 100], 100, [100, 80]) == ((80,), (), (), (100,))


@pytest.mark.parametrize(
    ("used", "limit", "thresholds", "code"),
    [
        (Decimal("NaN"), 1, (80,), "number_invalid"),
        (1, Decimal("Infinity"), (80,), "number_invalid"),
        (1, -1, (80,), "number_negative"),
        (1, 1, (-80,), "number_negative"),
        (1, None, (-80,), "number_negative"),
    ],
)
def test_what_is_no_number_is_refused(used, limit, thresholds, code) -> None:
    with pytest.raises(Refused) as caught:
        crossed(used, limit, thresholds)
    assert caught.value.code == code


@given(st.lists(st.integers(0, 300)), st.integers(1, 200), st.sets(st.integers(1, 200)))
def test_each_threshold_is_told_once_and_when_it_is_reached(used, limit, thresholds) -> None:
    told = course(used, limit, thresholds)
    flat = [one for part in told for one in part]
    assert len(flat) == len(set(flat))
    highest = max(used, default=0)
    assert set(flat) == {one for one in thresholds if highest * 100 >= limit * one}
    assert all(list(part) == sorted(part) for part in told)
