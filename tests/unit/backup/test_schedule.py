"""Turns of a schedule: where they stand in a year with two changes of the clock."""

from datetime import datetime, timedelta, timezone
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saas_business_management.kernel.backup import schedule
from saas_business_management.kernel.backup.schedule import Made, Schedule
from saas_business_management.kernel.errors import Refused

UTC = timezone.utc
PARIS, NEW_YORK, SYDNEY = (
    ZoneInfo(name) for name in ("Europe/Paris", "America/New_York", "Australia/Sydney")
)
# Half-hour changes, changes at midnight, a day that was left out, no changes at all.
ZONES = [PARIS, NEW_YORK, SYDNEY] + [
    ZoneInfo(name)
    for name in ("Australia/Lord_Howe", "America/Havana", "Africa/Cairo", "Asia/Kolkata", "UTC")
]
KEY = "5f0e3a52-7c41-4f7e-9f2a-0a5c9b2f6d11"
NIGHT = Schedule(schedule.DAILY, start_minute=22 * 60, end_minute=5 * 60)
PINNED = [
    "2026-06-01T22:18:29+00:00",
    "2026-06-01T23:58:42+00:00",
    "2026-06-07T23:58:42+00:00",
    "2026-06-01T13:58:42+00:00",
]
keys = st.uuids().map(str)
zones = st.sampled_from(ZONES)
minutes = st.integers(0, schedule.DAY_MINUTES - 1)
schedules = st.builds(
    Schedule,
    unit=st.sampled_from(schedule.UNITS),
    every=st.integers(1, 24),
    weekday=st.integers(0, 6),
    start_minute=minutes,
    end_minute=minutes,
)
instants = st.integers(0, 6 * 365 * 86400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def year(plan, zone, key, start=datetime(2026, 1, 1, tzinfo=UTC)):
    end = start + timedelta(days=365)
    return list(takewhile(lambda one: one < end, schedule.turns(plan, zone, key, start)))


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("start", [0, 30, 60, 90, 119, 120, 150, 179, 180, 1380])
@pytest.mark.parametrize("length", [1, 15, 60, 240, 1439])
def test_every_day_of_a_year_has_one_turn_inside_its_window(zone, start, length):
    plan = Schedule(start_minute=start, end_minute=(start + length) % schedule.DAY_MINUTES)
    found = year(plan, zone, KEY)
    assert 364 <= len(found) <= 366
    for before, after in pairwise(found):
        assert timedelta(hours=22) < after - before < timedelta(hours=26)
    for turn in found:
        assert _inside(plan, turn.astimezone(zone)), turn


def _inside(plan, local):
    minute = local.hour * 60 + local.minute + local.second / 60
    start, end = plan.start_minute, plan.end_minute
    if start < end:
        inside = start <= minute <= end
    else:
        inside = minute >= start or minute <= end
    # A window that the clock jumps over is the moment of the jump.
    return inside or _jumped(local, minute, start)


def _jumped(local, minute, start):
    before = (local.astimezone(UTC) - timedelta(seconds=1)).astimezone(local.tzinfo)
    return before.utcoffset() < local.utcoffset() and start <= minute


def test_a_window_that_is_left_out_is_the_moment_the_clock_is_put_forward():
    plan = Schedule(start_minute=2 * 60 + 15, end_minute=2 * 60 + 45)
    turn = schedule.next_turn(plan, PARIS, KEY, datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert turn == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert turn.astimezone(PARIS).hour == 3


def test_a_window_that_comes_twice_has_one_turn():
    plan = Schedule(start_minute=2 * 60, end_minute=3 * 60)
    start = datetime(2026, 10, 24, 12, tzinfo=UTC)
    found = list(islice(schedule.turns(plan, PARIS, KEY, start), 2))
    assert datetime(2026, 10, 25, 0, tzinfo=UTC) <= found[0] < datetime(2026, 10, 25, 2, tzinfo=UTC)
    assert found[1].astimezone(PARIS).day == 26


def test_a_window_over_midnight_belongs_to_the_day_it_starts():
    weekly = Schedule(schedule.WEEKLY, weekday=6, start_minute=22 * 60, end_minute=5 * 60)
    for turn in year(weekly, PARIS, KEY):
        local = turn.astimezone(PARIS)
        assert (local - timedelta(hours=6)).weekday() == 6


def test_two_equal_ends_are_a_whole_day():
    plan = Schedule(start_minute=60, end_minute=60)
    spread = {
        schedule.next_turn(plan, UTC, str(number), datetime(2026, 1, 1, tzinfo=UTC)).hour
        for number in range(400)
    }
    assert spread == set(range(24))


def test_a_fleet_is_spread_over_the_window():
    begins = datetime(2026, 6, 1, 22, tzinfo=PARIS)
    counts = [0] * 7
    for number in range(1000):
        turn = schedule.next_turn(NIGHT, PARIS, f"tenant-{number}", begins)
        counts[int((turn - begins) / timedelta(hours=1))] += 1
    assert min(counts) > 100 and max(counts) < 190


def test_every_six_hours_means_six_hours_whatever_the_clock_does():
    found = year(Schedule(schedule.HOURS, every=6), PARIS, KEY)
    assert {after - before for before, after in pairwise(found)} == {timedelta(hours=6)}
    assert len(found) == 365 * 4


def test_hourly_turns_come_twenty_five_times_on_the_long_day():
    found = year(Schedule(schedule.HOURS), PARIS, KEY)
    per_day = {}
    for turn in found:
        day = turn.astimezone(PARIS).date()
        per_day[day] = per_day.get(day, 0) + 1
    assert sorted({*per_day.values()} - {1}) == [23, 24, 25]


@settings(max_examples=150)
@given(schedules, zones, keys, instants)
def test_turns_come_in_order_after_the_instant_and_the_last_is_the_one_before(
    plan, zone, key, after
):
    found = list(islice(schedule.turns(plan, zone, key, after), 4))
    assert all(one > after for one in found)
    assert found == sorted(set(found))
    for before, turn in pairwise(found):
        assert schedule.last_turn(plan, zone, key, turn) == turn
        assert schedule.last_turn(plan, zone, key, turn - timedelta(seconds=1)) == before
        assert schedule.next_turn(plan, zone, key, before) == turn


@settings(max_examples=150)
@given(schedules, zones, keys, instants)
def test_a_tenant_that_keeps_its_turns_never_has_a_gap(plan, zone, key, since):
    stored_at = None
    for turn in islice(schedule.turns(plan, zone, key, since), 12):
        made = Made(since, stored_at)
        just_before = turn - timedelta(seconds=1)
        if just_before > since:
            assert not schedule.is_due(plan, zone, key, made, just_before)
            assert not schedule.is_gap(plan, made, just_before)
            assert schedule.next_due(plan, zone, key, made, just_before) == turn
        assert schedule.is_due(plan, zone, key, made, turn)
        stored_at = turn + timedelta(seconds=3)


@settings(max_examples=150)
@given(schedules, zones, keys, instants, st.integers(0, 10**6))
def test_a_missed_turn_stays_due_and_becomes_a_gap(plan, zone, key, since, seconds):
    made = Made(since)
    turn = schedule.next_turn(plan, zone, key, since)
    late = turn + timedelta(seconds=seconds)
    assert schedule.is_due(plan, zone, key, made, late)
    assert schedule.next_due(plan, zone, key, made, late) == late
    assert not schedule.is_gap(plan, made, since + plan.gap_limit)
    assert schedule.is_gap(plan, made, since + plan.gap_limit + timedelta(seconds=1))


def test_a_turn_stays_where_it_is_from_release_to_release():
    after = datetime(2026, 6, 1, 12, tzinfo=UTC)
    plans = (NIGHT, Schedule(), Schedule(schedule.WEEKLY), Schedule(schedule.HOURS, every=6))
    found = [schedule.next_turn(plan, PARIS, KEY, after) for plan in plans]
    assert [one.isoformat() for one in found] == PINNED


def test_a_backup_that_shows_the_very_turn_has_kept_it():
    turn = schedule.last_turn(NIGHT, PARIS, KEY, datetime(2026, 6, 2, 12, tzinfo=UTC))
    made = Made(turn - timedelta(days=9), turn)
    following = schedule.next_turn(NIGHT, PARIS, KEY, turn)
    assert schedule.next_due(NIGHT, PARIS, KEY, made, turn + timedelta(hours=1)) == following


def test_a_failed_try_is_made_again_after_a_pause():
    turn = schedule.last_turn(NIGHT, PARIS, KEY, datetime(2026, 6, 2, 12, tzinfo=UTC))
    made = Made(turn - timedelta(days=3), turn - timedelta(days=1), turn + timedelta(minutes=1))
    asked = [
        schedule.is_due(NIGHT, PARIS, KEY, made, turn + timedelta(minutes=minute))
        for minute in (2, 60, 61)
    ]
    assert asked == [False, False, True]


def test_a_try_for_an_earlier_turn_does_not_hold_up_the_next():
    turn = schedule.last_turn(NIGHT, PARIS, KEY, datetime(2026, 6, 2, 12, tzinfo=UTC))
    made = Made(turn - timedelta(days=3), None, turn - timedelta(minutes=5))
    assert schedule.is_due(NIGHT, PARIS, KEY, made, turn)


def test_a_backup_made_by_hand_before_the_turn_does_not_replace_it():
    turn = schedule.last_turn(NIGHT, PARIS, KEY, datetime(2026, 6, 2, 12, tzinfo=UTC))
    made = Made(turn - timedelta(days=9), turn - timedelta(hours=2))
    assert schedule.is_due(NIGHT, PARIS, KEY, made, turn)
    after = Made(turn - timedelta(days=9), turn)
    assert not schedule.is_due(NIGHT, PARIS, KEY, after, turn)


@pytest.mark.parametrize(
    ("plan", "hours"),
    [
        (Schedule(schedule.HOURS), 1.5),
        (Schedule(schedule.HOURS, every=6), 9),
        (Schedule(every=6), 36),
        (Schedule(schedule.WEEKLY, every=3), 252),
    ],
)
def test_a_gap_is_one_and_a_half_times_the_schedule(plan, hours):
    assert plan.gap_limit == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"unit": "monthly"}, "backup_schedule_unit"),
        ({"every": 0}, "backup_schedule_hours"),
        ({"every": 25}, "backup_schedule_hours"),
        ({"weekday": 7}, "backup_schedule_weekday"),
        ({"weekday": -1}, "backup_schedule_weekday"),
        ({"start_minute": 1440}, "backup_schedule_window"),
        ({"end_minute": -1}, "backup_schedule_window"),
    ],
)
def test_what_is_no_schedule_is_refused(values, code):
    with pytest.raises(Refused) as told:
        Schedule(**values)
    assert told.value.code == code
