"""A move whose ground shakes: servers that restart, a destination that is gone, full or other; a
customer who works while the tenant is away.
"""

import http.client
import os
import signal

import pytest

from dev.http import LOOPBACK
from tests.helpers.crash import Crash, until
from tests.helpers.postgres import VERSIONS
from tests.helpers.second_place import SecondPlace

from .matrix import ORDERS, PROOF

MODES = ("fast", "immediate")
SMALL_BYTES = 256 << 10
FROZEN = "move_tenant.carry.before"
# Before each step that asks one of both servers for something.
PLACES = [
    f"move_tenant.{step}.before"
    for step in ("look", "role", "try", "close", "make", "carry", "compare", "switch", "open")
]
STATE = "SELECT state, error_code FROM saas_job WHERE id = %s"
WAITED_LONG = """
UPDATE saas_job SET due_at = now() AT TIME ZONE 'UTC', blocked_at = blocked_at - interval '1 day'
 WHERE id = %s
"""
LIVES_AT = """
SELECT c.key FROM saas_tenant t JOIN saas_cluster c ON c.id = t.cluster_id WHERE t.id = %s
"""
RENAMED = """
UPDATE saas_module SET technical_name = %s WHERE technical_name = %s
   AND cluster_id = (SELECT id FROM saas_cluster WHERE key = %s)
"""
FORGOTTEN = "UPDATE saas_cluster SET active = false WHERE key = %s"
FILLING = """
SELECT 1 FROM pg_stat_activity WHERE application_name = 'saas restore' AND left(usename, 2) = 't_'
"""
MOVE = ORDERS["move"]


def other(crash: Crash, tenant: int) -> str:
    """Return the key of the cluster where a tenant does not live."""
    return "local" if crash.control(LIVES_AT, tenant)[0][0] == "far" else "far"


def server(crash: Crash, key: str):
    """Return the PostgreSQL server of a cluster."""
    return crash.far.cluster if key == "far" else crash.stack.tenant_cluster


def page_of(crash: Crash, tenant: int) -> tuple[int, str]:
    """Return what a visitor of a tenant sees."""
    port, host = crash.address_of(tenant)
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
    try:
        connection.request("GET", "/web/login", headers={"Host": f"{host}:{port}"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def go_on(crash: Crash, case) -> None:
    """Let a worker that was halted go on to its end."""
    os.kill(case.child.pid, signal.SIGCONT)
    crash.mother.wait(case.child)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("which", ["source", "destination"])
def test_a_move_arrives_whichever_server_went_down_meanwhile(crash, count, which, mode):
    first = MODES.index(mode) + 2 * (which == "source")
    for point in PLACES if PROOF else PLACES[first::6]:
        count(f"{which} of a move restarted")
        case = MOVE.place_and_stop(crash, point, stale=60)
        there = other(crash, case.links["tenant"])
        here = {"far": "local", "local": "far"}[there]
        # Once the switch is written down, the tenant lives where it goes to.
        swapped = {"source": there, "destination": here}
        named = {"source": here, "destination": there}
        late = PLACES.index(point) > PLACES.index("move_tenant.switch.before")
        server(crash, (swapped if late else named)[which]).restart(mode)
        go_on(crash, case)
        assert case.resume()["state"] == "done", point
        assert MOVE.complaints(case) == [], point


def test_a_destination_that_is_away_is_waited_for_and_given_up_when_it_stays_away(crash, count):
    count("destination gone")
    tenant = crash.ready_for("move")
    there = server(crash, other(crash, tenant))
    there.stop()
    try:
        case = crash.order("move", tenant=tenant)
        assert crash.control(STATE, case.job)[0][0] == "waiting"
        crash.control(WAITED_LONG, case.job)
        crash.run("work")
        # The way back needs the destination, too: it is tried until that is there again.
        assert crash.control(STATE, case.job)[0][0] in ("undoing", "failed")
        assert page_of(crash, tenant)[0] == 200
    finally:
        there.start()
    assert case.resume()["state"] == "failed"
    assert case.complaints("tenant_not_moved") == []


def test_a_destination_that_goes_away_in_the_freeze_gives_the_tenant_back(crash, count):
    count("destination gone")
    tenant = crash.ready_for("move")
    there = server(crash, other(crash, tenant))
    case = crash.order_and_stop("move", FROZEN, stale=60, tenant=tenant)
    there.stop()
    try:
        go_on(crash, case)
        crash.control(WAITED_LONG, case.job)
        crash.run("work")
        # Whoever works there is not kept waiting until the destination can be cleared up.
        until(lambda: page_of(crash, tenant)[0] == 200, "the tenant is still closed", 20)
        assert crash.run("commit", tenant=tenant).result == "confirmed"
    finally:
        there.start()
    assert case.resume()["state"] == "failed"
    assert case.complaints("tenant_not_moved") == []


def test_files_that_do_not_fit_are_refused_and_nobody_notices(crash, count):
    count("destination full")
    tenant = crash.ready_for("move")
    settings = crash.far.settings if other(crash, tenant) == "far" else crash.stack.settings
    folder = settings.node_data / "filestore"
    folder.mkdir(exist_ok=True)
    case = crash.order(
        "move", tenant=tenant, small_disk={"folder": str(folder), "size": SMALL_BYTES}
    )
    end = crash.run("state", job=case.job).result
    assert (end["state"], end["error_code"]) == ("failed", "disk_full")
    assert "MB" in end["error_text"]
    assert case.complaints("tenant_not_moved") == []


def test_a_module_that_the_destination_does_not_have_is_named(crash, count):
    count("module missing at the destination")
    tenant = crash.ready_for("move")
    there = other(crash, tenant)
    crash.control(RENAMED, "away", "contacts", there)
    try:
        case = crash.order("move", tenant=tenant)
    finally:
        crash.control(RENAMED, "contacts", "away", there)
    end = crash.run("state", job=case.job).result
    assert (end["state"], end["error_code"]) == ("failed", "move_modules")
    assert "contacts" in end["error_text"]
    assert case.complaints("tenant_not_moved") == []


@pytest.mark.skipif(len(set(VERSIONS)) < 2, reason="one version of PostgreSQL is here")
def test_an_older_server_is_no_destination(crash, count):
    count("older server")
    tenant = crash.ready_for("move")
    older = SecondPlace(crash.stack, "older", "older.localhost", min(VERSIONS, key=int))
    older.start()
    try:
        crash.use_code()
        assert crash.run("second_cluster", key=older.key).result == "ready"
        case = crash.order("move", tenant=tenant, to=older.key)
        end = crash.run("state", job=case.job).result
        assert (end["state"], end["error_code"]) == ("failed", "move_server_older")
        assert case.complaints("tenant_not_moved") == []
    finally:
        crash.control(FORGOTTEN, older.key)
        older.destroy()


def test_who_works_in_the_freeze_is_asked_to_wait_and_loses_nothing(crash, count):
    count("customer in the freeze")
    tenant = crash.ready_for("move")
    case = crash.order_and_stop("move", FROZEN, stale=60, tenant=tenant)
    status, page = page_of(crash, tenant)
    assert status == 503
    assert "being moved or brought up to date" in page
    # Not even with the password that nodes have.
    assert crash.run("commit", tenant=tenant).status != 0
    go_on(crash, case)
    assert case.resume()["state"] == "done"
    assert MOVE.complaints(case) == []
    assert page_of(crash, tenant)[0] == 200
    assert crash.run("commit", tenant=tenant).result == "confirmed"


def test_a_copy_that_a_dead_worker_filled_by_half_is_made_anew(crash, count):
    count("inside a move")
    tenant = crash.ready_for("move")
    there = server(crash, other(crash, tenant))
    case = crash.order_in_background("move", tenant=tenant)
    until(lambda: there.sql(FILLING).strip(), "the load did not begin", 60)
    crash.mother.kill(case.child)
    until(lambda: not there.sql(FILLING).strip(), "the load outlived its worker")
    assert case.resume()["state"] == "done"
    assert MOVE.complaints(case) == []
