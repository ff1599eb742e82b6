"""Whether an event counts."""

from datetime import timedelta

import pytest

from saas_business_management.kernel.metering import status
from saas_business_management.kernel.metering.judgement import Subscription, judge

from .parts import NOON, START, ago, event, rules

OLD = START - timedelta(days=400)
ENDED = {"SUB-1": Subscription(START, NOON)}
LONG_RUNNING = {"SUB-1": Subscription(OLD)}
CLOSED = {"SUB-1": Subscription(OLD, closed_before=START)}


@pytest.mark.parametrize(
    ("sent", "known", "word"),
    [
        ({}, {}, status.ACCEPTED),
        ({"ts": ago(minutes=-5)}, {}, status.ACCEPTED),
        ({"ts": ago(minutes=-5, seconds=-1)}, {}, status.REJECTED_FUTURE),
        ({}, {"allowed": frozenset({"SUB-1"})}, status.ACCEPTED),
        ({}, {"allowed": frozenset({"SUB-2"})}, status.REJECTED_FORBIDDEN),
        ({"subscription_ref": "X"}, {}, status.QUARANTINED_UNKNOWN_SUBSCRIPTION),
        ({}, {"meters": frozenset({"calls"})}, status.ACCEPTED),
        ({}, {"meters": frozenset({"seats"})}, status.QUARANTINED_UNKNOWN_METER),
        ({"ts": START.isoformat()}, {}, status.ACCEPTED),
        ({"ts": "2025-02-28T23:59:59Z"}, {}, status.QUARANTINED_OUT_OF_SUBSCRIPTION),
        (
            {"ts": NOON.isoformat()},
            {"subscriptions": ENDED},
            status.QUARANTINED_OUT_OF_SUBSCRIPTION,
        ),
        ({"ts": ago(seconds=1)}, {"subscriptions": ENDED}, status.ACCEPTED),
        ({"ts": ago(days=35)}, {"subscriptions": LONG_RUNNING}, status.ACCEPTED),
        (
            {"ts": ago(days=35, seconds=1)},
            {"subscriptions": LONG_RUNNING},
            status.QUARANTINED_TOO_OLD,
        ),
        (
            {"ts": ago(days=36)},
            {"subscriptions": LONG_RUNNING, "backfill": True},
            status.ACCEPTED,
        ),
        ({"ts": START.isoformat()}, {"subscriptions": CLOSED}, status.ACCEPTED),
        (
            {"ts": "2025-02-28T23:59:59Z"},
            {"subscriptions": CLOSED},
            status.QUARANTINED_PERIOD_CLOSED,
        ),
        (
            {"ts": ago(days=100)},
            {"subscriptions": CLOSED, "backfill": True},
            status.QUARANTINED_PERIOD_CLOSED,
        ),
    ],
)
def test_an_event_is_judged_by_what_is_known(sent: dict, known: dict, word: str) -> None:
    assert judge(event(**sent), None, rules(**known)) == word
    assert word in status.STATUSES


def test_identity_comes_before_everything_that_time_changes() -> None:
    old = event(ts=ago(days=300), subscription_ref="gone")
    assert judge(old, old.digest, rules()) == status.DUPLICATE
    assert judge(old, "another", rules()) == status.CONFLICT


def test_who_may_not_write_learns_nothing_of_what_is_known() -> None:
    one = event()
    forbidden = rules(allowed=frozenset())
    assert judge(one, one.digest, forbidden) == status.REJECTED_FORBIDDEN
