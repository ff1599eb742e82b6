"""A tenant's share of a node: requests at once, an hour of scheduled work, the night."""

from datetime import datetime, timezone

import pytest

from saas_business_management.gateway.cache import RouteCache
from saas_business_management.gateway.limiter import Limiter
from saas_business_management.gateway.turns import Turns
from saas_business_management.kernel.gateway.limits import read_limits
from saas_business_management.kernel.gateway.route import Route
from saas_business_management.kernel.gateway.work import Night, Work, read_work
from saas_business_management.kernel.secret import Secret

NIGHT = Night(22 * 60, 6 * 60)
MAIL = {"id": 1, "interval_number": 1, "interval_type": "hours"}
HEAVY = {"id": 2, "interval_number": 1, "interval_type": "days"}


def at(hour, minute=0, month=1):
    return datetime(2026, month, 10, hour, minute, tzinfo=timezone.utc).timestamp()


@pytest.mark.parametrize(
    ("hour", "minute", "holds"),
    [(22, 0, True), (21, 59, False), (5, 59, True), (6, 0, False), (0, 0, True)],
)
def test_a_night_goes_past_midnight(hour, minute, holds):
    assert NIGHT.holds(at(hour, minute)) is holds


def test_a_night_follows_the_clock_of_its_zone_through_the_year():
    berlin = Night(22 * 60, 6 * 60, "Europe/Berlin")
    assert berlin.holds(at(21)) and not berlin.holds(at(20, 59))
    assert berlin.holds(at(20, month=7)) and not berlin.holds(at(19, 59, month=7))


def test_an_unknown_zone_counts_as_utc():
    assert Night(22 * 60, 6 * 60, "../etc").holds(at(22))


@pytest.mark.parametrize(
    ("number", "unit", "waits"),
    [
        (1, "hours", False),
        (60, "minutes", False),
        (2, "hours", True),
        (1, "days", True),
        (None, "hours", True),
    ],
)
def test_what_is_due_every_hour_never_waits(number, unit, waits):
    work = Work(night=NIGHT)
    assert work.waits(number, unit, at(12)) is waits
    assert not work.waits(number, unit, at(23))
    assert not Work().waits(number, unit, at(12))


@pytest.mark.parametrize(
    ("requests", "processes", "most"), [(0, 4, 0), (8, 4, 2), (3, 4, 1), (7, 1, 7)]
)
def test_processes_share_what_runs_at_once(requests, processes, most):
    assert Work(requests).at_once(processes) == most


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"requests": -1}, "requests"),
        ({"requests": True}, "requests"),
        ({"cron_seconds": 3601}, "cron_seconds"),
        ({"night": {"since": 1440, "until": 0}}, "night"),
        ({"night": "late"}, "night"),
        ({"night": {"since": 1, "until": 2, "zone": 3}}, "night"),
        ({"more": 1}, "more"),
    ],
)
def test_what_is_not_understood_limits_nothing_and_is_named(told, wrong):
    assert read_work(told) == (Work(), (wrong,))


def test_it_stands_beside_the_other_limits():
    limits = read_limits('{"work": {"requests": 4, "odd": 1}, "apps": {"allowed": ["crm"]}}')
    assert (limits.work, limits.apps) == (Work(4), frozenset({"crm"}))
    assert limits.problems == ("work.'odd'",)


@pytest.fixture
def turns(tmp_path):
    cache = RouteCache(tmp_path / "copy", "local", Secret("k" * 32))

    def make(limits, now):
        cache.replace([Route(1, "a.example", "t_a", 1, "active", limits=limits)])
        return Turns(cache, Limiter(), lambda: now[0])

    return make


def test_an_hour_of_work_is_spent_and_begins_anew(turns):
    now = [at(10, 59)]
    ours = turns('{"work": {"cron_seconds": 60}}', now)
    ours.took("t_a", 59.0)
    assert ours.those_due("t_a", [MAIL, HEAVY]) == [MAIL, HEAVY]
    ours.took("t_a", 1.0)
    ours.took("t_b", 500.0)
    assert ours.those_due("t_a", [MAIL, HEAVY]) == []
    now[0] = at(11)
    assert ours.those_due("t_a", [MAIL, HEAVY]) == [MAIL, HEAVY]


def test_heavy_work_waits_for_the_night(turns):
    now = [at(12)]
    ours = turns('{"work": {"night": {"since": 1320, "until": 360}}}', now)
    assert ours.those_due("t_a", [MAIL, HEAVY]) == [MAIL]
    now[0] = at(23)
    assert ours.those_due("t_a", [MAIL, HEAVY]) == [MAIL, HEAVY]


def test_without_limits_of_its_own_everything_is_due(turns):
    ours = turns("", [at(12)])
    ours.took("t_a", 3600.0)
    assert ours.those_due("t_a", [HEAVY]) == [HEAVY]
    assert ours.those_due("t_unknown", [HEAVY]) == [HEAVY]
