"""One tenant cannot take all of a node, and too much at once throws nobody out."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.helpers.node import until

SLEEP = "env.cr.execute('SELECT pg_sleep({})')"
PATH = "/web/dataset/call_kw/ir.actions.server/run"


@pytest.fixture
def crowd(threaded, acme):
    """Sends the same slow action many times at once and gives the answers."""
    visitor = threaded.visitor(acme).log_in()
    cookies = visitor.session.cookies.get_dict()

    def send(count: int, seconds: float) -> list:
        action = visitor.make_action(SLEEP.format(seconds))["result"][0]
        params = {"model": "ir.actions.server", "method": "run", "args": [[action]], "kwargs": {}}
        body = {"jsonrpc": "2.0", "id": 1, "params": params}

        def one(_number):
            return threaded.request("POST", PATH, acme.host, json=body, cookies=cookies).json()

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(one, range(count)))

    return send


def test_more_requests_than_connections_wait_for_their_turn(crowd):
    began = time.monotonic()
    answers = crowd(12, 0.7)
    assert [answer.get("error") for answer in answers] == [None] * 12
    assert time.monotonic() - began > 1.3, "no more than seven ran at once"


def test_who_waits_too_long_is_told_to_come_again_and_stays_logged_in(crowd, threaded, acme):
    answers = crowd(20, 1.5)
    codes = [answer.get("error", {}).get("data", {}).get("code") for answer in answers]
    assert set(codes) == {None, "busy"}
    assert codes.count(None) >= 7
    assert crowd(3, 0.01) == [{"jsonrpc": "2.0", "id": 1, "result": False}] * 3


def test_a_page_says_when_to_come_again(crowd, fleet, threaded, acme, beta):
    asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(crowd, 8, 8)
        until(lambda: int(fleet.cluster.sql(asleep)) >= 7)
        page = threaded.get("/web/login", acme.host)
        other = threaded.get("/web/login", beta.host)
        slow.result()
    assert (page.status_code, page.headers.get("Retry-After")) == (503, "1")
    assert "is busy" in page.text
    assert other.status_code == 200, "another tenant does not wait"
