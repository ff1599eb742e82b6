"""Badges: what may be said, and that it falls when the evidence ages."""

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saas_business_management.kernel.backup import evidence
from saas_business_management.kernel.backup.evidence import (
    FAILED,
    PASSED,
    PROOF_DAYS,
    RANK,
    Badge,
    Check,
    Standing,
    backup_badge,
    is_verified,
    proof_due,
    tenant_badge,
)
from saas_business_management.kernel.backup.schedule import HOURS, Made, Schedule

NOW = datetime(2026, 3, 10, 12, tzinfo=timezone.utc)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAILY = Schedule()


def check(level, days=0.0, outcome=PASSED):
    return Check(level, outcome, NOW - days * DAY)


def standing(since=30, stored=0.1, proof=None, failure=None):
    stored_at = None if stored is None else NOW - stored * DAY
    return Standing(Made(NOW - since * DAY, stored_at), proof, failure)


@pytest.mark.parametrize(
    ("told", "state", "why"),
    [
        (standing(proof=check(2, 1)), "proven", "restored"),
        (standing(proof=check(3, 6.9)), "proven", "restored"),
        (standing(proof=check(2, 7)), "unproven", "proof_old"),
        (standing(proof=check(2, 2), failure=check(1, 1, FAILED)), "unproven", "check_failed"),
        (standing(proof=check(2, 1), failure=check(1, 1, FAILED)), "unproven", "check_failed"),
        (standing(proof=check(2, 1), failure=check(1, 2, FAILED)), "proven", "restored"),
        (standing(failure=check(0, 2, FAILED)), "unproven", "check_failed"),
        (standing(since=3), "stored", "awaits_proof"),
        (standing(since=7), "unproven", "never_proven"),
        (standing(since=1, stored=None), "unproven", "awaits_first"),
        (standing(since=1.6, stored=None), "gap", "never"),
        (standing(stored=1.5), "unproven", "never_proven"),
        (standing(stored=1.51), "gap", "too_old"),
        (standing(stored=1.51, proof=check(2, 1)), "gap", "too_old"),
    ],
)
def test_a_tenant_is_as_good_as_its_evidence(told, state, why):
    badge = tenant_badge(DAILY, told, NOW)
    assert (badge.state, badge.why) == (state, why)
    assert (badge.at, badge.level) == speaks_for(why, told)


def speaks_for(why, told):
    """The instant and the level of the evidence that a tenant's badge has to name."""
    if why in ("restored", "proof_old"):
        return told.proof.at, told.proof.level
    if why == "check_failed":
        return told.failure.at, told.failure.level
    stored_at = told.made.stored_at
    return stored_at, 0 if why in ("awaits_proof", "never_proven") else None


def test_without_a_schedule_nothing_is_claimed():
    badge = tenant_badge(None, standing(proof=check(2, 1)), NOW)
    assert badge == Badge("none", "no_policy")


def test_a_premium_policy_wants_its_proof_daily():
    told = standing(proof=check(2, 1.5))
    assert tenant_badge(DAILY, told, NOW).state == "proven"
    assert tenant_badge(DAILY, told, NOW, proof_within=DAY).state == "unproven"


def test_the_badge_names_its_evidence_and_when_it_falls():
    proof = check(2, 1)
    badge = tenant_badge(DAILY, standing(stored=0.5, proof=proof), NOW)
    assert (badge.at, badge.level) == (proof.at, 2)
    assert badge.falls_at == NOW + DAY
    hourly = tenant_badge(Schedule(HOURS), standing(stored=0.01, proof=proof), NOW)
    assert hourly.falls_at == NOW - 0.01 * DAY + 1.5 * HOUR


@pytest.mark.parametrize(
    ("checks", "hours", "state", "why"),
    [
        ([], 1, "stored", "awaits_reading"),
        ([check(0)], 23, "stored", "awaits_reading"),
        ([check(0)], 24, "unproven", "never_read"),
        ([check(1, 3)], 100, "stored", "read"),
        ([check(2, 3), check(1, 1)], 100, "proven", "restored"),
        ([check(3, 29.9)], 900, "proven", "restored"),
        ([check(2, 30)], 900, "stored", "read"),
        ([check(2, 90)], 9000, "unproven", "proof_old"),
        ([check(2, 3), check(1, 1, FAILED)], 100, "unproven", "check_failed"),
        ([check(2, 1, FAILED), check(1, 1)], 100, "unproven", "check_failed"),
        ([check(1, 2, FAILED), check(1, 1)], 100, "stored", "read"),
    ],
)
def test_a_backup_is_as_good_as_its_checks(checks, hours, state, why):
    stored_at = NOW - hours * HOUR
    badge = backup_badge(stored_at, checks, NOW)
    assert (badge.state, badge.why) == (state, why)
    least = {"restored": 2, "read": 1, "proof_old": 1}.get(why, 0)
    told = [one for one in checks if one.level >= least]
    newest = max(told, key=lambda one: one.at, default=None)
    if why in ("awaits_reading", "never_read"):
        assert (badge.at, badge.level) == (stored_at, 0)
    else:
        assert (badge.at, badge.level) == (newest.at, newest.level)
    span = {"restored": 30 * DAY, "read": 90 * DAY, "awaits_reading": DAY}.get(why)
    assert badge.falls_at == (badge.at + span if span else None)


@pytest.mark.parametrize(
    ("checks", "verified"),
    [
        ([], False),
        ([check(0)], False),
        ([check(1)], True),
        ([check(1, 3), check(0, 1)], True),
        ([check(2, 3), check(0, 1, FAILED)], False),
        ([check(1, 3, FAILED), check(1, 1)], True),
        ([check(1, 3, FAILED), check(0, 1)], False),
    ],
)
def test_verified_is_read_in_full_and_not_failed_since(checks, verified):
    assert is_verified(checks) is verified


checks = st.builds(
    lambda level, hours, failed: Check(level, FAILED if failed else PASSED, NOW - hours * HOUR),
    st.sampled_from(evidence.LEVELS),
    st.floats(0, 3000),
    st.booleans(),
)
steps = st.lists(st.floats(0, 400), max_size=12)


def _falls(badges):
    """Assert that badges in the order of time never rise, and fall when they said."""
    for (before, _then), (after, now) in pairwise(badges):
        assert RANK[after.state] <= RANK[before.state]
        if before.falls_at and now >= before.falls_at + timedelta(seconds=1):
            assert RANK[after.state] < RANK[before.state]
        elif before.falls_at is None or now < before.falls_at:
            assert after.state == before.state


@settings(max_examples=200)
@given(st.floats(0, 3000), st.lists(checks, max_size=6), steps)
def test_without_new_evidence_a_backups_badge_only_falls(hours, told, later):
    stored_at, now, badges = NOW - hours * HOUR, NOW, []
    for step in [0, *later]:
        now += step * HOUR
        badges.append((backup_badge(stored_at, told, now), now))
    _falls(badges)


@settings(max_examples=200)
@given(
    st.floats(0, 90),
    st.none() | st.floats(0, 30),
    st.none() | checks,
    st.none() | checks,
    st.sampled_from([Schedule(HOURS), Schedule(HOURS, 6), DAILY, Schedule("weekly")]),
    steps,
)
def test_without_new_evidence_a_tenants_badge_only_falls(
    since, stored, proof, failure, plan, later
):
    proof = proof and Check(2, PASSED, proof.at)
    failure = failure and Check(failure.level, FAILED, failure.at)
    told, now, badges = standing(since, stored, proof, failure), NOW, []
    for step in [0, *later]:
        now += step * HOUR
        badges.append((tenant_badge(plan, told, now), now))
    _falls(badges)


@given(st.floats(0, 3000))
def test_evidence_that_is_taken_away_takes_the_badge_with_it(hours):
    told = standing(proof=check(2, 1))
    assert tenant_badge(DAILY, told, NOW).state == "proven"
    assert tenant_badge(DAILY, standing(), NOW).state == "unproven"
    badge = backup_badge(NOW - hours * HOUR - DAY, [], NOW)
    assert badge.state == "unproven"


@pytest.mark.parametrize(
    ("hours", "checks", "still_hours", "fresh"),
    [
        (23, (check(1, 0.5),), None, True),
        (23, (check(2, 0.5),), None, True),
        (24, (check(1, 0.5),), None, False),
        (23, (), None, False),
        (23, (check(0, 0.5),), None, False),
        (23, (check(1, 0.5), check(2, 0.1, FAILED)), None, False),
        (23, (check(1, 0.5, FAILED), check(2, 0.1)), None, True),
        (300, (check(1, 6.9),), 301, True),
        (300, (check(1, 6.9),), 277, True),
        (300, (check(1, 6.9),), 276, False),
        (300, (check(1, 7),), 300, False),
        (300, (check(1, 9), check(0, 1)), 300, False),
        (300, (check(1, 9), check(2, 1)), 300, True),
        (300, (), 301, False),
        (3, (check(1, 0.1),), 1, True),
    ],
)
def test_only_a_verified_and_recent_backup_stands_in_for_its_tenant(
    hours, checks, still_hours, fresh
):
    still = None if still_hours is None else NOW - still_hours * HOUR
    assert evidence.is_fresh(NOW - hours * HOUR, checks, NOW, still) is fresh


def test_a_proof_is_due_a_fifth_of_its_time_before_it_is_too_old():
    days = timedelta(days=PROOF_DAYS) * 4 / 5
    assert proof_due(None, NOW)
    assert proof_due(NOW - days, NOW)
    assert not proof_due(NOW - days + timedelta(seconds=1), NOW)
    assert proof_due(NOW - timedelta(days=2), NOW, 2)
    assert not proof_due(NOW - timedelta(days=2), NOW, 3)
