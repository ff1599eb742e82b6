"""Requests held back by a route's limits, with clocks that are turned by hand."""

import json
import os
from dataclasses import replace

import pytest

from saas_business_management.gateway.limiter import Limiter
from saas_business_management.kernel.gateway.kind import Kind
from saas_business_management.kernel.gateway.route import Route

ROUTE = Route(1, "acme.localhost", "t_a", 1, "active", tenant_name="Acme")
CALL = (Kind.JSON2, "/json/2/res.partner/read")
PAGE = (Kind.PAGE, "/odoo")


class Clock:
    """Stands until it is turned."""

    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limiter(clock):
    return Limiter(clock, clock)


def limited(**limits) -> Route:
    return replace(ROUTE, limits=json.dumps(limits))


def test_without_limits_everything_passes(limiter):
    assert limiter.answer(ROUTE, *CALL) is None


def test_a_block_ends_at_its_instant(limiter, clock):
    route = limited(api={"policy": "block", "until": 1010.5})
    assert limiter.answer(route, *CALL).retry_seconds == 11
    assert limiter.answer(route, *PAGE) is None
    clock.now = 1010.5
    assert limiter.answer(route, *CALL) is None


def test_who_waits_as_long_as_he_is_told_is_let_through(limiter, clock):
    route = limited(api={"policy": "throttle", "rate": 20})
    assert [limiter.answer(route, *CALL) for _ in range(2)] == [None, None]
    told = limiter.answer(route, *CALL)
    assert (told.code, told.retry_seconds) == ("slow_api", 3)
    clock.now += 2.9
    assert limiter.answer(route, *CALL).retry_seconds == 1
    clock.now += 0.1
    assert limiter.answer(route, *CALL) is None
    assert limiter.answer(route, *CALL).retry_seconds == 3, "asking costs nothing, passing does"


def test_over_a_long_time_the_rate_holds(limiter, clock):
    route = limited(api={"policy": "throttle", "rate": 60})
    passed = 0
    for _ in range(3000):  # ten minutes, five calls a second
        passed += limiter.answer(route, *CALL) is None
        clock.now += 0.2
    assert 600 <= passed <= 606


def test_tenants_rates_and_people_have_tokens_of_their_own(limiter):
    route = limited(traffic={"policy": "throttle", "rate": 1, "people": True})
    for one in (route, replace(route, database="t_b")):
        assert limiter.answer(one, *CALL) is None
        assert limiter.answer(one, *CALL)
        assert limiter.answer(one, *PAGE) is None
        assert limiter.answer(one, *PAGE).code == "slow_traffic"
    faster = limited(traffic={"policy": "throttle", "rate": 2, "people": True})
    assert limiter.answer(faster, *CALL) is None


def test_processes_count_together(limiter):
    route = limited(api={"policy": "throttle", "rate": 10})
    child = os.fork()
    if not child:
        os._exit(0 if limiter.answer(route, *CALL) is None else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert limiter.answer(route, *CALL).code == "slow_api"


def test_what_is_not_understood_is_logged_once_and_holds_nobody(limiter, caplog):
    route = replace(ROUTE, limits='{"api": {"policy": "close"}, "x": 1}')
    for _ in range(3):
        assert limiter.answer(route, *CALL) is None
    assert [record.message for record in caplog.records] == [
        "limits of t_a: not understood and ignored: 'x', api.policy"
    ]
