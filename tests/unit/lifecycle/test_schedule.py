"""What comes by itself and when: every state to its end, notices once, nobody surprised."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.lifecycle import states
from saas_business_management.kernel.lifecycle.schedule import (
    ARCHIVED,
    DELETED,
    DELETION_REQUESTED,
    TRIAL_ENDED,
    Planned,
    Policy,
    Standing,
    data_kept_until,
    forecast,
    format_days,
    is_due,
    marks,
    next_move,
    notice_due,
    parse_days,
    sandbox_end,
)

DAY = date(2026, 3, 1)
POLICY = Policy()
TRIAL = Standing(states.TRIAL, DAY, trial_end_on=date(2026, 3, 14))


def told(standing, policy=POLICY):
    return [(one.event, one.state, one.on.isoformat()) for one in forecast(standing, policy)]


def test_a_trial_that_nobody_ends_goes_all_the_way_by_the_default_numbers():
    assert told(TRIAL) == [
        (TRIAL_ENDED, states.SUSPENDED, "2026-03-15"),
        (ARCHIVED, states.ARCHIVED, "2026-04-14"),
        (DELETION_REQUESTED, states.DELETING, "2026-06-13"),
        (DELETED, states.DELETED, "2026-06-20"),
    ]


def test_the_plan_says_what_the_end_of_a_trial_leads_to():
    converts = replace(TRIAL, trial_end_rule=states.CONVERT)
    assert told(converts) == [(TRIAL_ENDED, states.ACTIVE, "2026-03-15")]
    cancels = replace(TRIAL, trial_end_rule=states.CANCEL)
    assert told(cancels)[:2] == [
        (TRIAL_ENDED, states.ARCHIVED, "2026-03-15"),
        (DELETION_REQUESTED, states.DELETING, "2026-05-14"),
    ]


@pytest.mark.parametrize("state", [states.DRAFT, states.PROVISIONING, states.ACTIVE, states.FAILED])
def test_nothing_happens_by_itself_in_other_states(state):
    assert next_move(Standing(state, DAY), POLICY) is None


def test_what_is_closed_for_security_waits_for_a_person():
    for state in (states.SUSPENDED, states.ARCHIVED):
        assert told(Standing(state, DAY, reason=states.SECURITY)) == []
        assert told(Standing(state, DAY, reason=states.PAYMENT)) != []


def test_a_deletion_keeps_the_day_that_was_set_though_the_policy_changes():
    standing = Standing(states.DELETING, DAY, deletion_on=date(2026, 3, 8))
    longer = replace(POLICY, deletion_undo_days=90)
    assert told(standing, longer) == [(DELETED, states.DELETED, "2026-03-08")]


def test_data_is_kept_to_the_day_before_it_is_destroyed_and_open_tenants_have_no_such_day():
    assert data_kept_until(Standing(states.ARCHIVED, DAY), POLICY) == date(2026, 5, 6)
    assert data_kept_until(Standing(states.ACTIVE, DAY), POLICY) is None
    assert data_kept_until(TRIAL, POLICY) is None
    held = Standing(states.SUSPENDED, DAY, reason=states.SECURITY)
    assert data_kept_until(held, POLICY) is None


SANDBOX = Standing(states.ACTIVE, DAY, ends_on=date(2026, 3, 31))


def test_a_sandbox_is_archived_after_its_last_day_and_goes_the_way_of_all_archived_ones():
    assert told(SANDBOX) == [
        (ARCHIVED, states.ARCHIVED, "2026-04-01"),
        (DELETION_REQUESTED, states.DELETING, "2026-05-31"),
        (DELETED, states.DELETED, "2026-06-07"),
    ]
    assert data_kept_until(SANDBOX, POLICY) is None


@pytest.mark.parametrize(
    ("standing", "first"),
    [
        (Standing(states.SUSPENDED, DAY, ends_on=date(2026, 3, 9)), (ARCHIVED, "2026-03-10")),
        (Standing(states.SUSPENDED, DAY, ends_on=date(2026, 9, 1)), (ARCHIVED, "2026-03-31")),
        (replace(TRIAL, ends_on=date(2026, 3, 14)), (ARCHIVED, "2026-03-15")),
        (replace(TRIAL, ends_on=date(2026, 3, 15)), (TRIAL_ENDED, "2026-03-15")),
        (
            Standing(states.ARCHIVED, DAY, ends_on=date(2026, 3, 9)),
            (DELETION_REQUESTED, "2026-04-30"),
        ),
    ],
)
def test_of_two_ends_the_first_counts(standing, first):
    event, _state, on = told(standing)[0]
    assert (event, on) == first


def test_a_sandbox_that_becomes_suspended_by_its_trial_still_ends_on_its_day():
    standing = replace(TRIAL, ends_on=date(2026, 3, 20))
    assert told(standing)[:2] == [
        (TRIAL_ENDED, states.SUSPENDED, "2026-03-15"),
        (ARCHIVED, states.ARCHIVED, "2026-03-21"),
    ]


def test_what_is_closed_for_security_is_not_ended_by_a_date():
    held = Standing(states.SUSPENDED, DAY, reason=states.SECURITY, ends_on=date(2026, 3, 9))
    assert told(held) == []


@pytest.mark.parametrize("state", [states.DRAFT, states.PROVISIONING, states.FAILED])
def test_a_sandbox_that_never_opened_has_no_end(state):
    assert told(replace(SANDBOX, state=state)) == []


def test_a_sandbox_ends_after_today_and_within_a_year():
    assert sandbox_end(DAY, None, 30) == date(2026, 3, 31)
    assert sandbox_end(DAY, date(2026, 3, 2), 30) == date(2026, 3, 2)
    assert sandbox_end(DAY, DAY + timedelta(days=365), 30) == date(2027, 3, 1)
    for wrong in (DAY, DAY - timedelta(days=1), DAY + timedelta(days=366)):
        with pytest.raises(Refused) as refused:
            sandbox_end(DAY, wrong, 30)
        assert refused.value.code == "sandbox_end"


def run(planned, policy, from_on, absent=frozenset()):
    """Look every day but the absent ones; return what was sent when, and when it was done."""
    sent, today = {}, from_on
    while today < planned.on + timedelta(days=200):
        if today not in absent:
            days = notice_due(planned, policy, sent, today)
            if days:
                sent[days] = today
            if is_due(planned, policy, sent, today):
                return sent, today
        today += timedelta(days=1)
    raise AssertionError("it never came")


ENDS = Planned(DELETION_REQUESTED, states.DELETING, date(2026, 6, 13))


def test_notices_go_out_on_their_days_and_the_move_on_its_own():
    sent, done = run(ENDS, POLICY, DAY)
    assert sent == {30: date(2026, 5, 14), 7: date(2026, 6, 6), 1: date(2026, 6, 12)}
    assert done == ENDS.on


def test_who_comes_late_gets_the_nearest_notice_alone():
    sent, done = run(ENDS, POLICY, date(2026, 6, 8))
    assert sent == {7: date(2026, 6, 8), 1: date(2026, 6, 12)}
    assert done == ENDS.on


def test_when_nobody_looked_in_time_the_notice_comes_first_and_the_move_waits():
    sent, done = run(ENDS, POLICY, date(2026, 6, 20))
    assert sent == {1: date(2026, 6, 20)}
    assert done == date(2026, 6, 21)


def test_a_move_without_notices_is_made_on_its_day():
    silent = replace(POLICY, notice_days={})
    assert run(ENDS, silent, DAY) == ({}, ENDS.on)


@given(
    from_on=st.dates(date(2026, 4, 1), date(2026, 7, 30)),
    days=st.sets(st.integers(1, 60), min_size=1, max_size=4),
    gaps=st.sets(st.integers(0, 120), max_size=40),
)
def test_whatever_happens_a_customer_was_told_before_and_each_notice_came_once(from_on, days, gaps):
    policy = replace(POLICY, notice_days={DELETION_REQUESTED: parse_days(format_days([*days]))})
    absent = frozenset(from_on + timedelta(days=gap) for gap in gaps)
    sent, done = run(ENDS, policy, from_on, absent)
    assert done >= ENDS.on
    assert set(sent) <= days
    assert min(sent.values()) + timedelta(days=min(days)) <= done


@given(from_on=st.dates(date(2026, 4, 1), date(2026, 6, 12)))
def test_who_looks_only_on_the_marked_days_misses_nothing(from_on):
    every_day = run(ENDS, POLICY, from_on)
    looked = {from_on, *(mark for mark in marks(ENDS, POLICY) if mark > from_on)}
    span = (ENDS.on - from_on).days + 1
    absent = {from_on + timedelta(days=one) for one in range(span)} - looked
    assert run(ENDS, POLICY, from_on, absent) == every_day


def test_days_have_one_form():
    assert parse_days(" 1,30 ;7,7") == (30, 7, 1)
    assert format_days((30, 7, 1)) == "30, 7, 1"
    assert parse_days("") == ()
    for text in ("x", "0", "366", "-1", "1.5", "1 2"):
        with pytest.raises(ValueError):
            parse_days(text)
