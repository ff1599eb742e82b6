"""An outside service is up, down after two misses, and unknown when we could not ask."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.monitoring import dependency
from saas_business_management.kernel.monitoring.dependency import (
    Seen,
    Standing,
    doubt,
    hear,
    judge,
    meets,
    numbers,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
LATER = NOW + timedelta(minutes=5)
UP = Standing("up", "", NOW, 0)
MISS = Seen("address_silent", silent=True)
REFUSED = Seen("address_inside", refused=True)


@pytest.mark.parametrize(
    ("status", "body", "wanted", "marker", "problem"),
    [
        (200, b"", 0, "", ""),
        (399, b"", 0, "", ""),
        (400, b"", 0, "", "wrong_status"),
        (204, b"", 200, "", "wrong_status"),
        (503, b"", 503, "", ""),
        (200, b"all fine", 0, "fine", ""),
        (200, b"all wrong", 0, "fine", "no_marker"),
        (500, b"fine", 0, "fine", "wrong_status"),
        (200, "geht's schön".encode(), 0, "schön", ""),
    ],
)
def test_an_answer_meets_what_is_expected_or_says_what_is_wrong(
    status, body, wanted, marker, problem
):
    assert meets(status, body, wanted, marker) == problem


def test_one_miss_leaves_it_up_and_two_in_a_row_make_it_down():
    first = judge(UP, MISS, LATER)
    assert first == Standing("up", "address_silent", NOW, 1)
    second = judge(first, MISS, LATER)
    assert second == Standing("down", "address_silent", LATER, 2)
    third = judge(second, Seen("wrong_status"), LATER + timedelta(minutes=5))
    assert third == Standing("down", "wrong_status", LATER, 3)
    assert judge(third, Seen(milliseconds=9), LATER) == Standing("up", "", LATER, 0)


def test_an_answer_between_two_misses_starts_anew():
    standing = UP
    for seen in (MISS, Seen(milliseconds=4), MISS):
        standing = judge(standing, seen, LATER)
    assert (standing.state, standing.misses) == ("up", 1)


def test_what_we_did_not_ask_is_unknown_and_never_down():
    standing = UP
    for _number in range(5):
        standing = judge(standing, REFUSED, LATER)
    assert standing == Standing("unknown", "address_inside", LATER, 0)
    assert numbers(REFUSED, standing) == {}


def test_a_service_seen_first_in_trouble_is_unknown_until_the_second_miss():
    first = judge(Standing(), MISS, NOW)
    assert (first.state, first.misses) == ("unknown", 1)
    assert judge(first, MISS, NOW).state == "down"


def test_a_round_in_which_nobody_answers_is_our_own_network():
    seen = doubt({1: MISS, 2: MISS, 3: MISS, 4: REFUSED})
    assert [one.problem for one in seen.values()] == ["our_network"] * 3 + ["address_inside"]
    assert all(one.refused for one in seen.values())


@pytest.mark.parametrize(
    "seen",
    [
        {1: MISS, 2: MISS},
        {1: MISS, 2: MISS, 3: Seen("wrong_status")},
        {1: MISS, 2: MISS, 3: Seen()},
    ],
    ids=["too few", "one answers wrongly", "one answers"],
)
def test_otherwise_a_silent_service_is_its_own_fault(seen):
    assert doubt(seen) == seen


@pytest.mark.parametrize(
    ("age", "problem", "refused"),
    [
        (None, "never_checked", True),
        (timedelta(0), "", False),
        (timedelta(minutes=20), "", False),
        (timedelta(minutes=20, seconds=1), "heartbeat_late", False),
    ],
)
def test_a_service_that_calls_us_may_miss_two_calls(age, problem, refused):
    beat_at = None if age is None else NOW - age
    found = hear(beat_at, timedelta(minutes=10), NOW)
    assert (found.problem, found.refused) == (problem, refused)


def test_figures_are_those_that_somebody_knows():
    told = {"dependency_up": 1, "dependency_misses": 0, "dependency_ms": 12}
    assert numbers(Seen(milliseconds=12), UP) == told
    missed = numbers(MISS, Standing("down", "address_silent", NOW, 2))
    assert missed == {"dependency_up": 0, "dependency_misses": 2}


def test_what_nobody_checks_for_too_long_is_unknown():
    assert dependency.forget(UP, LATER) == Standing("unknown", "stale", LATER, 0)
