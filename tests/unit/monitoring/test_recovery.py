"""Times to recovery, and what came back."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.monitoring.recovery import (
    Past,
    Times,
    mean,
    recurrences,
    times,
)

START = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


def after(minutes):
    return START + timedelta(minutes=minutes)


def test_each_time_has_its_own_beginning():
    assert times(START, after(2), after(5), after(60)) == Times(120, 180, 3600)


def test_what_did_not_happen_has_no_time_and_nothing_is_negative():
    assert times(START, after(2), None, None) == Times(120, None, None)
    assert times(after(5), START, after(1), after(2)) == Times(0, 60, 0)


def test_the_mean_is_of_what_is_known():
    assert mean([60, None, 121]) == 90
    assert mean([None]) is None
    assert mean([]) is None


def past(number, days_before=0, rules=(), cause=""):
    return Past(number, frozenset(rules), cause, START - timedelta(days=days_before))


@pytest.mark.parametrize(
    ("other", "repeats"),
    [
        (past(1, 30, rules=[4]), True),
        (past(1, 30.001, rules=[4]), False),
        (past(1, -1, rules=[4]), False),
        (past(1, 3, rules=[5]), False),
        (past(1, 3, cause=" disk  FULL "), True),
        (past(1, 3, cause="disk"), False),
        (past(9, 0, rules=[4]), False),
    ],
)
def test_the_same_rule_or_cause_within_thirty_days(other, repeats):
    one = past(9, rules=[4], cause="Disk full")
    assert recurrences(one, [other]) == ((1,) if repeats else ())


def test_no_cause_is_like_no_other_and_the_newest_is_first():
    assert recurrences(past(9), [past(1, 1)]) == ()
    others = [past(1, 9, [4]), past(2, 3, [4]), past(3, 5, [4])]
    assert recurrences(past(9, rules=[4]), others) == (2, 3, 1)
