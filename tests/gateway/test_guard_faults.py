"""Nobody is served in a wrong state, nobody else is cut off: whatever fails around the guard."""

from __future__ import annotations

import os
import threading
import time

import pytest

from tests.gateway.test_faults import copy_of
from tests.helpers.node import NodeProcess, until

OUTAGE_SECONDS = 600 if os.environ.get("SAAS_PROOF") == "1" else 25
LOGIN = "/web/login"
HOUR = 3600
# Without a notice the table is read every minute.
HEARD_SECONDS = 20


@pytest.fixture
def node(fleet, acme, beta, tmp_path):
    """A node of its own that reads everything again each second."""
    node = NodeProcess(
        fleet,
        tmp_path.name,
        max_cron_threads=0,
        data_dir=tmp_path / "data",
        saas_full_read_seconds=1,
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "filestore").symlink_to(fleet.data_dir / "filestore")
    node.start()
    until(copy_of(node).exists)
    yield node
    node.stop()


@pytest.fixture
def suspended(fleet, node, beta):
    """A tenant that is closed, which the node knows and has on its disk."""
    written = copy_of(node).stat().st_mtime_ns
    fleet.routes.put(beta.name, state="suspended", reason="payment")
    until(lambda: code(node, beta) == 402)
    until(lambda: copy_of(node).stat().st_mtime_ns > written)
    yield beta
    fleet.routes.put(beta.name, state="active", reason=None)


@pytest.fixture
def control_away(fleet, node):
    """The control plane's server stops, and is there again at the end."""
    fleet.control.stop("immediate")
    yield
    fleet.control.start()


def code(node, tenant) -> int:
    """The status of a tenant's login page."""
    return node.get(LOGIN, tenant.host).status_code


def seen_for(node, tenants, seconds: float) -> list[set[int]]:
    """What each tenant answers over some time."""
    found: list[set[int]] = [set() for _ in tenants]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for tenant, codes in zip(tenants, found, strict=True):
            codes.add(code(node, tenant))
        time.sleep(0.05)
    return found


def test_without_the_control_plane_every_state_stays(fleet, node, acme, suspended, control_away):
    assert seen_for(node, (acme, suspended), OUTAGE_SECONDS) == [{200}, {402}]
    fleet.control.start()
    fleet.routes.put(suspended.name, state="active", reason=None)
    until(lambda: code(node, suspended) == 200, 15)


def test_a_killed_node_comes_back_in_the_right_state(fleet, node, acme, suspended, control_away):
    node.process.kill()
    node.start()
    assert seen_for(node, (acme, suspended), 2) == [{200}, {402}]


def test_a_node_that_dies_right_after_a_closing_does_not_open_it_again(fleet, node, acme, beta):
    written = copy_of(node).stat().st_mtime_ns
    fleet.routes.put(beta.name, state="suspended", reason="payment")
    try:
        until(lambda: code(node, beta) == 402)
        until(lambda: copy_of(node).stat().st_mtime_ns > written)
        node.process.kill()
        fleet.control.stop("immediate")
        node.start()
        assert (code(node, beta), code(node, acme)) == (402, 200)
    finally:
        fleet.control.start()
        fleet.routes.put(beta.name, state="active", reason=None)


def test_a_lost_notification_is_caught_up_by_the_next_full_reading(fleet, node, acme, beta):
    silently = "SET session_replication_role = replica; UPDATE saas_route SET state = '{}',"
    silently += f" reason = 'payment' WHERE database = '{beta.name}'"
    assert code(node, beta) == 200
    for state, expected in (("suspended", 402), ("active", 200)):
        fleet.control.sql(silently.format(state), "control")
        until(lambda expected=expected: code(node, beta) == expected, 20)
        assert code(node, acme) == 200


@pytest.mark.parametrize("shift", [HOUR, -HOUR])
def test_a_clock_that_is_off_by_an_hour_changes_nothing(
    fleet, node, acme, suspended, control_away, shift
):
    node.stop()
    at = time.time() + shift
    os.utime(copy_of(node), (at, at))
    node.start()
    assert seen_for(node, (acme, suspended), 1) == [{200}, {402}]
    assert node.health()["map_age_seconds"] >= 0
    fleet.control.start()
    fleet.routes.put(acme.name, tenant_name="Acme seen")
    until(lambda: node.health()["map_age_seconds"] < 60, 15)


def test_a_thousand_changes_in_a_row_end_in_the_last_state(fleet, prefork, acme, beta):
    stop, seen = threading.Event(), {acme.host: set(), beta.host: set()}

    def visit(tenant):
        while not stop.is_set():
            seen[tenant.host].add(code(prefork, tenant))

    threads = [threading.Thread(target=visit, args=[tenant]) for tenant in (acme, beta)]
    for thread in threads:
        thread.start()
    for number in range(1000):
        closed = {"state": "suspended", "reason": "payment"}
        opened = {"state": "active", "reason": None}
        fleet.routes.put(beta.name, **(opened if number % 2 else closed))
    until(lambda: [code(prefork, beta) for _ in range(8)] == [200] * 8, HEARD_SECONDS)
    fleet.routes.put(beta.name, state="suspended", reason="payment")
    until(lambda: [code(prefork, beta) for _ in range(8)] == [402] * 8, HEARD_SECONDS)
    fleet.routes.put(beta.name, state="active", reason=None)
    until(lambda: [code(prefork, beta) for _ in range(8)] == [200] * 8, HEARD_SECONDS)
    stop.set()
    for thread in threads:
        thread.join()
    assert seen[acme.host] == {200}
    assert seen[beta.host] <= {200, 402}
