"""A standby copy is ready in every process before anybody asks, and a claim is only a row."""

from __future__ import annotations

import time

import pytest

from tests.helpers.node import NodeProcess, until

COLD = ("Registry loaded", "Generating routing map")


def warm_lines(node, name: str) -> int:
    """How many processes said that the copy is warm."""
    return sum("is warm" in line and name in line for line in node.log.splitlines())


def cold_lines(node, name: str) -> int:
    """How often something was loaded for the database or for nobody in particular."""
    return sum(any(word in line for word in COLD) for line in node.log.splitlines())


@pytest.mark.parametrize(("mode", "pages"), [("threaded", 1), ("prefork", 2)])
def test_a_claimed_standby_is_served_without_loading_anything(fleet, request, mode, pages):
    node = request.getfixturevalue(mode)
    standby = fleet.make_tenant(None, state="standby")
    until(lambda: warm_lines(node, standby.name) == pages, 30)
    time.sleep(0.5)
    loaded = cold_lines(node, standby.name)
    host = f"claimed-{mode}.localhost"
    assert node.get("/web/login", host).status_code == 404
    fleet.settle(standby, host)
    fleet.routes.put(standby.name, host=host, state="active", tenant_name="Claimed")
    began = time.monotonic()
    page = until(lambda: _page(node, host))
    seconds = time.monotonic() - began
    assert 'name="password"' in page.text
    assert cold_lines(node, standby.name) == loaded
    assert seconds < 5, seconds
    for _ in range(6):
        assert node.get("/web/login", host).status_code == 200
    assert node.visitor(standby).log_in().is_logged_in()
    assert cold_lines(node, standby.name) <= loaded + 1, "the backend's own menu may be built"


def _page(node, host):
    answer = node.get("/web/login", host)
    return answer if answer.status_code == 200 else None


def test_a_standby_is_reached_under_no_host(fleet, door):
    standby = fleet.make_tenant(None, state="standby")
    for host in (standby.name, f"{standby.name}.localhost", "standby.invalid", ""):
        assert door.get("/web/login", host).status_code in (400, 404)
    fleet.routes.put(standby.name, state="gone")


def test_a_standby_that_waits_is_warm_after_a_restart(fleet, acme):
    standby = fleet.make_tenant(None, state="standby")
    node = NodeProcess(fleet, "restarted", max_cron_threads=0).start()
    try:
        until(lambda: warm_lines(node, standby.name) == 1, 30, node.process.log_tail)
        node.stop()
        node.start()
        until(lambda: warm_lines(node, standby.name) == 2, 30, node.process.log_tail)
    finally:
        node.stop()
        fleet.routes.put(standby.name, state="gone")


def test_a_standby_whose_database_is_missing_harms_nobody(fleet, threaded, acme):
    name = "t_bbbbbbbbbbbbbbbbbbbbbbbbbb"
    fleet.routes.put(name, state="standby")
    until(lambda: f"{name} cannot be reached" in threaded.log, 15)
    assert threaded.get("/web/login", acme.host).status_code == 200
    fleet.routes.put(name, state="gone")
