"""How often somebody may try to log in."""

import pytest

from saas_business_management.kernel.gateway.bucket import (
    LOGIN,
    NEIGHBOURS,
    SLOT,
    SOURCE,
    SOURCE_OF_LOGIN,
    Buckets,
    LoginRule,
    Rate,
)

SECRET = bytes(16)


def make_buckets(burst, seconds, sets=10):
    memory = memoryview(bytearray(sets * NEIGHBOURS * SLOT.size))
    return Buckets(Rate(burst, seconds), memory, SECRET)


def test_a_burst_and_then_one_after_each_while():
    buckets, key = make_buckets(3, 10), ("a",)
    for _ in range(3):
        assert buckets.wait_seconds(key, 100) == 0
        buckets.take(key, 100)
    assert buckets.wait_seconds(key, 100) == 10
    assert buckets.wait_seconds(key, 104) == 6
    assert buckets.wait_seconds(key, 110) == 0
    buckets.take(key, 110)
    assert buckets.wait_seconds(key, 110) == 10
    assert buckets.wait_seconds(key, 1000) == 0


def test_an_empty_bucket_is_never_emptier():
    buckets, key = make_buckets(2, 10), ("a",)
    for _ in range(50):
        buckets.take(key, 0)
    assert buckets.wait_seconds(key, 0) == 10


def test_keys_do_not_share_and_the_fullest_bucket_gives_way():
    buckets = make_buckets(1, 10, sets=1)
    for number in range(NEIGHBOURS):
        buckets.take((f"k{number}",), number)
    assert buckets.wait_seconds(("other",), 8) == 0
    buckets.take(("other",), 8)
    waits = [buckets.wait_seconds((f"k{number}",), 8) for number in range(NEIGHBOURS)]
    assert waits == [0, *range(3, 10)]
    assert buckets.wait_seconds(("other",), 8) == 10


def test_any_text_can_be_a_key():
    buckets = make_buckets(1, 10)
    buckets.take(("t_a", "\ud800"), 0)
    assert buckets.wait_seconds(("t_a", "\ud800"), 0) == 10
    assert buckets.wait_seconds(("t_a", "\ud801"), 0) == 0


@pytest.fixture
def rule():
    return LoginRule(memoryview(bytearray(LoginRule.MEMORY_BYTES)), SECRET)


def fail(rule, times, source="s1", login="alice", database="t_a", now=0.0):
    for _ in range(times):
        rule.failed(database, source, login, now)


def test_a_source_waits_after_its_burst_and_others_do_not(rule):
    fail(rule, SOURCE.burst)
    assert rule.wait_seconds("t_a", "s1", "", 0) == SOURCE.seconds
    assert rule.wait_seconds("t_a", "s1", "bob", 0) == SOURCE.seconds
    assert rule.wait_seconds("t_a", "s2", "alice", 0) == 0
    assert rule.wait_seconds("t_b", "s1", "alice", 0) == 0
    assert rule.wait_seconds("t_a", "s1", "", SOURCE.seconds) == 0


def test_a_login_tried_from_everywhere_keeps_three_tries_for_each_source(rule):
    for number in range(LOGIN.burst):
        fail(rule, 1, source=f"s{number}")
    owner = "owner"
    for _ in range(SOURCE_OF_LOGIN.burst):
        assert rule.wait_seconds("t_a", owner, "alice", 0) == 0
        fail(rule, 1, source=owner)
    assert rule.wait_seconds("t_a", owner, "alice", 0) > 0
    assert rule.wait_seconds("t_a", "fresh", "alice", 0) == 0
    assert rule.wait_seconds("t_a", owner, "bob", 0) == 0


def test_a_failure_without_a_login_counts_for_its_source_alone(rule):
    fail(rule, SOURCE.burst, login="")
    assert rule.wait_seconds("t_a", "s2", "", 0) == 0
    assert rule.wait_seconds("t_a", "s1", "", 0) > 0
