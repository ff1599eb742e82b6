"""What follows from looks at the records, over days."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.hosts import recheck
from saas_business_management.kernel.hosts.proof import STATUSES
from saas_business_management.kernel.hosts.recheck import Standing, ask_again, follow

START = datetime(2026, 3, 3, 10, 42, tzinfo=timezone.utc)
WRONG = [status for status in STATUSES if status not in ("found", "unknown")]


def waiting(**more) -> Standing:
    return Standing("waiting", False, START, **more)


def live(**more) -> Standing:
    return Standing("live", True, START, **more)


def played(standing: Standing, status: str, start: datetime, hours: float):
    """Look whenever it is time, for some hours; return the end, its time and the mails."""
    now, mails = start, []
    while now <= start + timedelta(hours=hours):
        standing = follow(standing, status, now)
        mails += [(now - start, standing.mail)] if standing.mail else []
        if standing.next_at is None:
            break
        now = standing.next_at
    return standing, now, mails


def test_a_name_that_is_found_works_at_once_and_is_looked_at_daily():
    found = follow(waiting(), "found", START)
    assert (found.state, found.holds, found.mail) == ("live", True, "works")
    assert found.next_at == START + timedelta(days=1)
    assert follow(found, "found", START).mail == ""


@pytest.mark.parametrize("status", WRONG)
def test_a_name_that_is_waited_for_is_looked_at_every_5_minutes_up_to_48_hours(status):
    one = follow(waiting(), status, START)
    assert (one.state, one.next_at) == ("waiting", START + timedelta(minutes=5))
    end, _now, mails = played(waiting(), status, START, 60)
    assert (end.state, end.holds) == ("change", False)
    assert mails == [(timedelta(hours=48), "change")]


def test_a_name_that_never_comes_is_given_up_after_30_days():
    end, now, mails = played(waiting(), "not_visible_yet", START, 24 * 90)
    assert (end.next_at, len(mails)) == (None, 1)
    assert timedelta(days=29) < now - START < timedelta(days=31)


def test_one_look_that_finds_it_wrong_changes_nothing_for_visitors():
    one = follow(live(), "points_elsewhere", START)
    assert (one.state, one.holds, one.mail) == ("live", True, "")
    assert one.next_at == START + timedelta(minutes=5)
    again = follow(one, "found", one.next_at)
    assert (again.failures, again.mail) == (0, "")


@pytest.mark.parametrize("status", WRONG)
def test_two_looks_begin_a_grace_of_three_days_with_mails_before_its_end(status):
    end, now, mails = played(live(), status, START, 72.5)
    assert (end.state, end.holds) == ("change", False)
    assert [kind for _at, kind in mails] == ["change"] * 3
    begun, reminded, closed = (at for at, _kind in mails)
    assert begun == timedelta(minutes=5)
    assert timedelta(hours=48) <= reminded - begun <= timedelta(hours=49)
    assert timedelta(hours=72) <= closed - begun <= timedelta(hours=73)
    assert now > START + timedelta(days=3)


def test_no_answer_is_not_wrong_however_long_it_lasts():
    end, _now, mails = played(live(), "unknown", START, 24 * 60)
    assert (end, mails) == (live(next_at=end.next_at), [])
    grace = Standing("change", True, START, 2, START + timedelta(days=3))
    end, _now, mails = played(grace, "unknown", START, 24 * 30)
    assert (end.holds, mails) == (True, [])
    end, _now, mails = played(waiting(), "unknown", START, 24 * 30)
    assert (end.state, mails) == ("waiting", [])


def test_in_its_grace_a_mended_name_is_as_before():
    grace = Standing("change", True, START, 9, START + timedelta(days=3), reminded=True)
    end = follow(grace, "found", START + timedelta(days=2))
    assert end == live(next_at=START + timedelta(days=3), mail="works")


def test_a_name_that_was_closed_works_again_when_it_is_mended():
    lost = Standing("change", False, START - recheck.TRY_FOR, 40)
    assert follow(lost, "found", START).mail == "works"
    assert follow(lost, "txt_missing", START).mail == ""


def test_who_asks_for_a_look_makes_a_lost_name_wait_anew_and_shortens_no_grace():
    now = START + timedelta(days=9)
    lost = Standing("change", False, START)
    assert ask_again(lost, now) == Standing("waiting", False, now, next_at=now)
    grace = Standing("change", True, START, 2, now + timedelta(hours=1))
    assert ask_again(grace, now).grace_until == grace.grace_until


def test_every_status_and_state_gives_a_standing_that_is_looked_at_or_over():
    for status in STATUSES:
        for state, holds in (
            ("waiting", False),
            ("live", True),
            ("change", True),
            ("change", False),
        ):
            one = follow(Standing(state, holds, START), status, START + timedelta(hours=1))
            assert one.state in ("waiting", "live", "change")
            assert one.holds or one.state != "live"
            assert one.next_at is not None
