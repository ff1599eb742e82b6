"""Alerts: what holds of a tenant's backups, each by itself."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.backup import alert
from saas_business_management.kernel.backup.alert import (
    are_many_lost,
    conditions,
    is_failing,
    lost_lately,
)
from saas_business_management.kernel.backup.evidence import FAILED, PASSED, Check, Standing
from saas_business_management.kernel.backup.schedule import Made, Schedule

NOW = datetime(2026, 3, 10, 12, tzinfo=timezone.utc)
DAY = timedelta(days=1)
WEEK = 7 * DAY


def check(level, days, outcome=PASSED):
    return Check(level, outcome, NOW - days * DAY)


def standing(since=30, stored=0.1, proof=None, failure=None):
    stored_at = None if stored is None else NOW - stored * DAY
    return Standing(Made(NOW - since * DAY, stored_at), proof, failure)


@pytest.mark.parametrize(
    ("told", "held"),
    [
        (standing(proof=check(2, 1)), set()),
        (standing(since=3), set()),
        (standing(proof=check(2, 6.99)), set()),
        (standing(proof=check(2, 7)), {"proof_overdue"}),
        (standing(since=7), {"proof_overdue"}),
        (standing(stored=1.5, proof=check(2, 1)), set()),
        (standing(stored=1.51, proof=check(2, 1)), {"backup_gap"}),
        (standing(since=2, stored=None), {"backup_gap"}),
        (standing(since=1, stored=None), set()),
        (standing(proof=check(2, 2), failure=check(1, 1, FAILED)), {"proof_failed"}),
        (standing(proof=check(2, 1), failure=check(1, 2, FAILED)), set()),
        (
            standing(stored=2, proof=check(2, 9), failure=check(1, 1, FAILED)),
            {"backup_gap", "proof_failed", "proof_overdue"},
        ),
    ],
)
def test_every_condition_is_told_by_itself(told, held):
    assert conditions(Schedule(), told, NOW, WEEK) == held


def test_without_a_policy_nobody_is_alarmed():
    assert conditions(None, standing(stored=9), NOW, WEEK) == frozenset()


def test_no_proof_is_overdue_that_nobody_promised():
    assert conditions(Schedule(), standing(since=30), NOW, None) == frozenset()
    failed = standing(failure=check(1, 1, FAILED))
    assert conditions(Schedule(), failed, NOW, None) == {"proof_failed"}


@pytest.mark.parametrize(
    ("failed", "stored", "expected"),
    [(None, None, False), (None, 1, False), (1, None, True), (2, 1, False), (1, 2, True)],
)
def test_a_target_fails_until_a_good_backup_follows(failed, stored, expected):
    at = lambda days: None if days is None else NOW - days * DAY  # noqa: E731
    assert is_failing(at(failed), at(stored)) is expected


def test_every_event_has_its_name():
    assert len(set(alert.EVENTS)) == 5


@pytest.mark.parametrize(
    ("lately", "stood", "told", "many"),
    [
        (0, 0, False, False),
        (1, 3, False, False),
        (2, 2, False, False),
        (3, 3, False, True),
        (3, 59, False, True),
        (3, 60, False, False),
        (5, 100, False, False),
        (6, 100, False, True),
        (51, 1000, False, True),
        (50, 1000, False, False),
        (1, 1000, True, True),
        (0, 3, True, False),
    ],
)
def test_many_are_three_and_more_than_one_in_twenty_until_a_day_without(lately, stood, told, many):
    assert are_many_lost(lately, stood, told=told) is many


@pytest.mark.parametrize(
    ("hours", "count"), [((), 0), ((0, 23.9), 2), ((24,), 0), ((23.99, 24, 24.01, 99), 1)]
)
def test_what_was_lost_a_day_ago_is_not_lost_lately(hours, count):
    assert lost_lately([NOW - timedelta(hours=one) for one in hours], NOW) == count
