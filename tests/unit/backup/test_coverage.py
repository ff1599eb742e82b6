"""The strip of the last days: what a day is called, and that it follows the evidence."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.backup.coverage import (
    BROKE,
    DAYS,
    FAILED,
    GONE,
    KEPT,
    MISSED,
    NOT_DUE,
    PROVEN,
    RUNNING,
    STATES,
    STORED,
    Attempt,
    Plan,
    strip,
)
from saas_business_management.kernel.backup.evidence import FAILED as BAD
from saas_business_management.kernel.backup.evidence import PASSED as GOOD
from saas_business_management.kernel.backup.evidence import Check
from saas_business_management.kernel.backup.schedule import HOURS, WEEKLY, Schedule, last_turn

UTC, BRUSSELS = ZoneInfo("UTC"), ZoneInfo("Europe/Brussels")
NOW = datetime(2026, 3, 10, 12, tzinfo=timezone.utc)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAILY = Plan(Schedule(), UTC, "acme", NOW - 60 * DAY)
HOURLY = replace(DAILY, schedule=Schedule(HOURS, every=6))


def kept(days=0.0, *checks, state=KEPT):
    at = NOW - days * DAY
    return Attempt(state, at, at, checks)


def check(level, outcome=GOOD, days=0.0):
    return Check(level, outcome, NOW - days * DAY)


def today(*attempts, plan=DAILY, now=NOW):
    return strip(plan, attempts, now)[-1]


def daily_ones(state=KEPT, plan=DAILY):
    """One backup at each of the last turns."""
    made = []
    for back in range(20):
        turn = last_turn(plan.schedule, plan.zone, plan.key, NOW - back * DAY)
        made.append(Attempt(state, turn, turn))
    return made


def test_a_strip_has_one_cell_a_day_and_today_is_the_last():
    cells = strip(DAILY, daily_ones(), NOW)
    assert [one.day for one in cells] == [date(2026, 3, 10) - n * DAY for n in range(13, -1, -1)]
    assert {one.state for one in cells} == {STORED}
    assert len(strip(DAILY, (), NOW, days=3)) == 3


@pytest.mark.parametrize(
    ("attempts", "state"),
    [
        ((), MISSED),
        ((kept(0.1),), STORED),
        ((kept(0.1, state=GONE),), STORED),
        ((kept(0.1, check(1)),), STORED),
        ((kept(0.1, check(2)),), PROVEN),
        ((kept(0.1, check(3)),), PROVEN),
        ((kept(0.1, check(2, days=0.05), check(1)),), PROVEN),
        ((kept(0.1, check(2, days=0.05), check(1, BAD)),), FAILED),
        ((kept(0.1, check(2, BAD)),), FAILED),
        ((kept(0.1, check(2, BAD, 0.05), check(2)),), PROVEN),
        ((kept(0.1, check(2, BAD)), kept(0.2)), STORED),
        ((Attempt(BROKE, NOW - HOUR),), FAILED),
        ((Attempt(BROKE, NOW - HOUR), kept(0.2)), STORED),
        ((Attempt(RUNNING, NOW - HOUR),), MISSED),
    ],
)
def test_a_day_is_as_good_as_its_best_backup(attempts, state):
    assert today(*attempts).state == state


def test_new_evidence_flips_the_cell_of_its_day_and_no_other():
    made = daily_ones()
    before = strip(DAILY, made, NOW)
    made[3] = replace(made[3], checks=(check(2),))
    proven = strip(DAILY, made, NOW)
    made[3] = replace(made[3], checks=(check(2, days=1), check(1, BAD)))
    damaged = strip(DAILY, made, NOW)
    gone = strip(DAILY, made[:3] + made[4:], NOW)
    told = [[cells[-4].state for cells in (before, proven, damaged, gone)]]
    assert told == [[STORED, PROVEN, FAILED, MISSED]]
    for cells in (proven, damaged, gone):
        assert cells[:-4] + cells[-3:] == before[:-4] + before[-3:]


def test_a_cell_tells_when_it_was_stored_and_proven():
    cell = today(kept(0.3, check(2, days=0.25)), kept(0.2, check(2, days=0.1)))
    assert (cell.stored_at, cell.proven_at) == (NOW - 0.2 * DAY, NOW - 0.1 * DAY)
    assert (cell.stored, cell.turns, cell.is_gone) == (2, 1, False)
    assert today(kept(0.2, state=GONE)).is_gone
    assert today(Attempt(RUNNING, NOW - HOUR)).is_running
    assert today(Attempt(BROKE, NOW - HOUR)).failed_at == NOW - HOUR


def test_a_turn_that_came_just_now_is_not_missed_yet():
    turn = last_turn(DAILY.schedule, UTC, DAILY.key, NOW)
    assert today(now=turn + timedelta(minutes=59)).state == NOT_DUE
    assert today(now=turn + HOUR).state == MISSED


def test_nothing_is_due_before_a_policy_counts_or_without_one():
    young = replace(DAILY, since_at=NOW - 3 * DAY)
    states = [one.state for one in strip(young, (), NOW)]
    assert states[:-4] == [NOT_DUE] * 10 and states[-2:] == [MISSED] * 2
    nobody = Plan(None, UTC)
    assert {one.state for one in strip(nobody, (), NOW)} == {NOT_DUE}
    assert strip(nobody, (kept(1),), NOW)[-2].state == STORED


def test_a_weekly_policy_misses_one_day_a_week():
    weekly = replace(DAILY, schedule=Schedule(WEEKLY, weekday=2))
    states = {one.day.weekday(): one.state for one in strip(weekly, (), NOW)}
    assert states[2] == MISSED
    assert {states[day] for day in states if day != 2} == {NOT_DUE}


def test_a_day_belongs_to_the_zone_of_the_tenant():
    late = Attempt(KEPT, *[datetime(2026, 3, 9, 23, 30, tzinfo=timezone.utc)] * 2)
    assert strip(DAILY, [late], NOW)[-2].state == STORED
    assert strip(replace(DAILY, zone=BRUSSELS), [late], NOW)[-1].state == STORED


def test_where_several_are_due_a_day_with_a_gap_is_missed():
    every_six = [kept(n / 4) for n in range(60)]
    assert {one.state for one in strip(HOURLY, every_six, NOW)} == {STORED}
    holed = [one for one in every_six if not 3 < (NOW - one.at) / DAY < 3.5]
    states = [one.state for one in strip(HOURLY, holed, NOW)]
    assert states.count(MISSED) == 1 and states[-4] == MISSED
    failed = [*holed, Attempt(BROKE, NOW - 3.2 * DAY)]
    assert [one.state for one in strip(HOURLY, failed, NOW)][-4] == FAILED


def test_a_gap_that_began_before_the_strip_is_seen_in_it():
    old = [kept(DAYS + 0.6), *(kept(n / 4) for n in range(4 * DAYS - 6))]
    assert strip(HOURLY, old, NOW)[0].state == MISSED


attempts = st.lists(
    st.builds(
        lambda state, hours, stored, checks: Attempt(
            state, NOW - hours * HOUR, (NOW - hours * HOUR) if stored else None, tuple(checks)
        ),
        st.sampled_from([RUNNING, KEPT, GONE, BROKE]),
        st.integers(0, 500),
        st.booleans(),
        st.lists(
            st.builds(
                lambda level, outcome, hours: Check(level, outcome, NOW - hours * HOUR),
                st.sampled_from([0, 1, 2, 3]),
                st.sampled_from([GOOD, BAD]),
                st.integers(0, 300),
            ),
            max_size=3,
        ),
    ),
    max_size=12,
)


@given(attempts, st.sampled_from([DAILY, HOURLY, Plan(None, BRUSSELS)]))
def test_nothing_is_called_better_than_its_evidence(made, plan):
    cells = strip(plan, made, NOW)
    assert len(cells) == DAYS and {one.state for one in cells} <= set(STATES)
    for cell in cells:
        assert (cell.stored_at is not None) == (cell.stored > 0)
        if cell.state in (PROVEN, STORED):
            assert cell.stored
        if cell.state == PROVEN:
            assert cell.proven_at
        if cell.state == FAILED:
            assert cell.failed_at
