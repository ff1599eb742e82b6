"""Turns: each name has its own moment in every period, and none is forgotten."""

from datetime import datetime, timedelta, timezone

from saas_business_management.kernel.provisioning.spread import is_due, last_turn

NOW = datetime(2026, 11, 24, 14, tzinfo=timezone.utc)
WEEK = timedelta(days=7)


def test_what_was_never_done_is_due():
    assert is_due("acme", None, NOW, WEEK)


def test_a_turn_lies_within_the_last_period_and_comes_again_one_period_later():
    for name in ("acme", "beta", ""):
        turn = last_turn(name, NOW, WEEK)
        assert NOW - WEEK < turn <= NOW
        assert last_turn(name, NOW + WEEK, WEEK) == turn + WEEK


def test_done_after_its_turn_is_not_due_before_the_next():
    turn = last_turn("acme", NOW, WEEK)
    assert not is_due("acme", turn, turn + WEEK - timedelta(seconds=1), WEEK)
    assert is_due("acme", turn, turn + WEEK + timedelta(seconds=1), WEEK)


def test_a_missed_turn_stays_due():
    turn = last_turn("acme", NOW, WEEK)
    assert is_due("acme", turn - timedelta(seconds=1), turn + 3 * WEEK, WEEK)


def test_nothing_is_ever_older_than_a_period_when_turns_are_kept():
    at, now = NOW, NOW
    for _hour in range(24 * 30):
        now += timedelta(hours=1)
        if is_due("acme", at, now, WEEK):
            at = now
        assert now - at <= WEEK + timedelta(hours=1)


def test_many_names_do_not_come_at_once():
    hours = [int(last_turn(f"tenant {n}", NOW, WEEK).timestamp() // 3600) for n in range(1000)]
    assert max(hours.count(hour) for hour in set(hours)) < 25
