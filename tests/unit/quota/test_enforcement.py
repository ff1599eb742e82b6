"""What nodes, a tenant's database and its state are told."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from saas_business_management.kernel.quota.enforcement import (
    CALLS,
    GB,
    MOST,
    STORAGE,
    TRAFFIC,
    USERS,
    State,
    database_limits,
    node_limits,
    room_differs,
    wants_restriction,
    wants_suspension,
    worst,
    worst_level,
)
from saas_business_management.kernel.quota.terms import (
    BLOCK,
    BLOCKED,
    CHARGE,
    OK,
    OVER,
    SUSPEND,
    THROTTLE,
    UNKNOWN,
    WARNED,
    Terms,
)


def state(meter, limit, used=0, *, policy=BLOCK, grace=0, level=OK, hard=100, **more):
    terms = Terms(policy=policy, grace_days=grace, hard=hard)
    amounts = [None if one is None else Decimal(one) for one in (limit, used)]
    forced = more.pop("in_force", level == BLOCKED)
    return State(meter, *amounts, terms, level, forced, over=level in (OVER, BLOCKED), **more)


@pytest.mark.parametrize(
    ("states", "users", "room"),
    [
        ([], None, None),
        ([state(USERS, None)], None, None),
        ([state(USERS, 10)], 10, None),
        ([state(USERS, 10, hard=125)], 12, None),
        ([state(USERS, 10, policy=CHARGE)], None, None),
        ([state(USERS, 10, grace=3)], None, None),
        ([state(USERS, 10, grace=3, level=BLOCKED)], 10, None),
        ([state(STORAGE, 10, "2.5")], None, 7_500_000_000),
        ([state(STORAGE, 10, 12)], None, 0),
        # At most all of it, as long as nothing was read.
        ([state(STORAGE, 10, None, level=UNKNOWN)], None, 10 * GB),
        ([state(STORAGE, 10**30)], None, MOST),
    ],
)
def test_what_a_database_is_told(states, users, room):
    assert database_limits(states) == {"users": users, "storage_room": room}


@pytest.mark.parametrize(
    ("before", "now", "differs"),
    [
        (None, None, False),
        (None, 5, True),
        (5, None, True),
        (0, 1, True),
        (GB, 0, True),
        (9 * GB, 9 * GB - GB // 10, False),
        (9 * GB, 8 * GB, True),
        (GB, GB - GB // 20, False),
        (GB, GB - GB // 5, True),
    ],
)
def test_when_a_database_hears_of_another_room(before, now, differs):
    assert room_differs(before, now, Decimal(10)) is differs


def test_what_nodes_are_told_while_it_is_in_force():
    end = datetime(2026, 4, 1, tzinfo=timezone.utc)
    at = int(end.timestamp())
    told = {"policy": THROTTLE, "level": BLOCKED, "rate": 30, "ends_at": end, "forced_since": end}
    calls = state(CALLS, 100, 100, **told)
    bytes_ = state(TRAFFIC, 5, 6, level=BLOCKED, people=True)
    assert node_limits([calls, bytes_]) == {
        "api": {"policy": "throttle", "rate": 30, "since": at, "until": at, "limit": 100},
        "traffic": {
            "policy": "block",
            "rate": 0,
            "since": None,
            "until": None,
            "limit": 5 * GB,
            "people": True,
        },
    }
    assert node_limits([state(CALLS, 100, 100, grace=3, level=OVER)]) == {}
    assert node_limits([state(CALLS, 100, 100, policy=SUSPEND, level=BLOCKED)]) == {}
    assert node_limits([state(USERS, 10, 10, level=BLOCKED)]) == {}


def test_who_will_be_closed_is_restricted_first():
    warned = state(USERS, 10, 11, policy=SUSPEND, grace=3, level=OVER)
    assert (wants_restriction([warned]), wants_suspension([warned])) == (True, "")
    over = state(USERS, 10, 11, policy=SUSPEND, grace=3, level=BLOCKED)
    assert (wants_restriction([over]), wants_suspension([over])) == (False, USERS)
    assert not wants_restriction([state(USERS, 10, 11, policy=BLOCK, level=OVER)])


def test_the_worst_comes_first():
    some = [state(STORAGE, 1, level=WARNED), state(CALLS, 1, level=BLOCKED), state(USERS, 1)]
    assert worst(some).meter == CALLS
    assert worst([state(USERS, 1), state(STORAGE, 1, level=UNKNOWN)]) is None
    assert worst_level([OK, UNKNOWN]) == UNKNOWN
    assert worst_level([OK, WARNED, UNKNOWN]) == WARNED
    assert (worst_level([OK]), worst_level([])) == (OK, "")
