"""One quantity of many events."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.metering.aggregate import (
    KINDS,
    LEVELS,
    WEIGHTED,
    Meter,
    Usage,
    measure,
    summary,
)
from saas_business_management.kernel.period import Bounds

from .parts import NOON, START, used

MARCH = Bounds(START, START + timedelta(days=30))
EVENTS = [
    used("3", START, "1", user="u1"),
    used("7.5", START + timedelta(days=1), "2", user="u2"),
    used("2", START + timedelta(days=2), "3", user="u1"),
    used("2", START + timedelta(days=3), "4"),
]
numbers = st.decimals(-(10**9), 10**9, places=3, allow_nan=False)
batches = st.lists(numbers, max_size=12).map(
    lambda found: [
        used(value, START + timedelta(hours=place), f"{place:02}", user=str(place % 3))
        for place, value in enumerate(found)
    ]
)
meters = st.sampled_from([*KINDS, *WEIGHTED]).map(lambda kind: Meter(kind, "user"))


@pytest.mark.parametrize(
    ("kind", "quantity"),
    [
        ("count", "4"),
        ("sum", "14.5"),
        ("max", "7.5"),
        ("min", "2"),
        ("last", "2"),
        ("average", "3.625"),
        ("unique_count", "2"),
    ],
)
def test_each_kind_makes_its_quantity(kind: str, quantity: str) -> None:
    assert str(measure(Meter(kind, "user"), EVENTS).raw) == quantity
    assert str(summary(EVENTS, "user")[kind]) == quantity


def test_without_a_property_nobody_counts_what_is_unique() -> None:
    assert set(summary(EVENTS)) == set(KINDS) - {"unique_count"}


@pytest.mark.parametrize(
    ("kind", "told", "code"),
    [("median", "", "meter_kind_unknown"), ("unique_count", "", "meter_property_missing")],
)
def test_a_meter_that_cannot_be_computed_is_refused(kind: str, told: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        Meter(kind, told)
    assert caught.value.code == code
    assert caught.value.facts == ({"kind": kind} if kind == "median" else {})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("carry", [True, False])
def test_without_events_a_level_is_carried_and_a_flow_is_nothing(kind: str, carry: bool) -> None:
    found = measure(Meter(kind, "user", carry), [], Decimal(30))
    assert found.raw == (30 if carry and kind in LEVELS else 0)


def test_corrections_never_make_a_bill_negative_and_are_not_carried() -> None:
    found = measure(Meter("sum"), [used("5", event_id="a"), used("-8", event_id="b")])
    assert (found.raw, found.billable, found.carried) == (-3, 0, 0)
    assert Usage(Decimal(3)).billable == 3


def test_what_lies_outside_the_period_does_not_count() -> None:
    events = [
        used("1", START - timedelta(seconds=1), "a"),
        used("2", START, "b"),
        used("4", MARCH.end - timedelta(seconds=1), "c"),
        used("8", MARCH.end, "d"),
    ]
    assert measure(Meter("sum"), events, within=MARCH).raw == 6
    assert measure(Meter("last"), events, within=MARCH).raw == 4
    assert measure(Meter("last", carry_forward=True), events[:1], Decimal(9), MARCH).raw == 9


def test_a_level_counts_for_as_long_as_it_held() -> None:
    events = [used("10", START + timedelta(days=15), "a"), used("4", START, "b")]
    assert measure(Meter("time_weighted"), events, within=MARCH).raw == 7
    assert measure(Meter("weighted_sum"), events, within=MARCH).raw == 9
    late = [used("10", START + timedelta(days=15), "a")]
    assert measure(Meter("time_weighted"), late, Decimal(2), MARCH).raw == 5
    carried = Meter("time_weighted", carry_forward=True)
    assert measure(carried, late, Decimal(2), MARCH).raw == 6
    assert measure(carried, [], Decimal(2), MARCH).raw == 2
    assert measure(Meter("weighted_sum", "", True), late, Decimal(2), MARCH).raw == 7


def test_time_needs_a_period() -> None:
    for kind in WEIGHTED:
        with pytest.raises(Refused) as caught:
            measure(Meter(kind), EVENTS)
        assert caught.value.code == "meter_period_missing"


def test_at_one_instant_the_last_is_told_by_the_id() -> None:
    one, other = used("1", NOON, "a"), used("2", NOON, "b")
    assert measure(Meter("last"), [one, other]).raw == 2
    assert measure(Meter("last"), [other, one]).raw == 2


@given(batches, meters, st.randoms())
def test_the_order_of_receipt_changes_nothing(events, meter, chance) -> None:
    mixed = list(events)
    chance.shuffle(mixed)
    assert measure(meter, events, within=MARCH) == measure(meter, mixed, within=MARCH)


@given(batches, st.integers(0, 12))
def test_sums_of_parts_are_the_sum(events, cut) -> None:
    for kind in ("sum", "count"):
        parts = [measure(Meter(kind), part).raw for part in (events[:cut], events[cut:])]
        assert sum(parts) == measure(Meter(kind), events).raw


@given(batches)
def test_a_weighted_level_lies_between_the_smallest_and_the_largest(events) -> None:
    levels = [Decimal(0), *(one.value for one in events)]
    found = measure(Meter("time_weighted"), events, within=MARCH).raw
    assert min(levels) <= found <= max(levels)
