"""An upgrade or a copy whose ground shakes, a customer who works meanwhile, two who want the same
tenant at once.
"""

import os
import signal

import pytest

from tests.helpers.crash import until

from .matrix import ORDERS, PROOF

UPGRADE = ORDERS["upgrade"]
CHANGED = "upgrade_tenant.examine.before"
PLACES = [
    f"upgrade_tenant.{step}.before"
    for step in ("look", "pause", "stage", "update", "examine", "turn", "still", "swap", "open")
]
SESSIONS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname LIKE 't\\_%\\_r%' AND backend_type = 'client backend'
"""
REPORT = "SELECT report ->> 'again' FROM saas_upgrade ORDER BY id DESC LIMIT 1"
UNDER_WAY = "SELECT count(*) FROM saas_job WHERE kind = 'upgrade_tenant' AND state = 'waiting'"
SMALL_BYTES = 4 << 20


def small(crash) -> dict:
    """A disk of a few megabytes below the filestores, as one worker sees it."""
    return {"folder": str(crash.stack.settings.node_data / "filestore"), "size": SMALL_BYTES}


def test_what_a_customer_writes_while_the_copy_is_changed_is_not_lost(crash, count):
    count("customer in an upgrade")
    tenant = crash.ready_for("upgrade")
    case = crash.order_and_stop("upgrade", CHANGED, stale=60, tenant=tenant)
    assert crash.run("commit", tenant=tenant).result == "confirmed"
    os.kill(case.child.pid, signal.SIGCONT)
    crash.mother.wait(case.child)
    assert case.resume()["state"] == "done"
    # The audit compares with what was confirmed, and that the change is in there once.
    assert UPGRADE.complaints(case) == []
    assert crash.control(REPORT) == [("true",)]


@pytest.mark.parametrize("phase", ["upgrade", "prove"])
def test_a_change_killed_in_the_middle_is_made_on_a_new_copy(crash, count, phase, tmp_path):
    count("inside an upgrade")
    tenant, mark = crash.ready_for("upgrade"), tmp_path / "mark"
    crash.use_stub("--halt", phase, "--mark", str(mark))
    crash.use_code()
    case = crash.order_in_background("upgrade", tenant=tenant)
    until(mark.exists, "the phase did not begin", 90)
    crash.mother.kill(case.child)
    until(lambda: crash.tenants(SESSIONS) == [(0,)], "the phase outlived its worker")
    crash.use_stub()
    crash.use_code()
    assert case.resume()["state"] == "done"
    assert UPGRADE.complaints(case) == []


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_an_upgrade_arrives_though_its_server_goes_down(crash, count, mode):
    for point in PLACES if PROOF else PLACES[3 * (mode == "fast") + 1 :: 6]:
        count("server of an upgrade restarted")
        case = UPGRADE.place_and_stop(crash, point, stale=60)
        crash.stack.tenant_cluster.restart(mode)
        os.kill(case.child.pid, signal.SIGCONT)
        crash.mother.wait(case.child)
        assert case.resume()["state"] == "done", point
        assert UPGRADE.complaints(case) == [], point


def test_a_module_that_the_cluster_lost_is_named_before_anything_happens(crash, count):
    count("module missing")
    tenant = crash.ready_for("upgrade")
    # Its addons path is the played one's, which knows three modules.
    crash.use_stub()
    case = crash.order("upgrade", tenant=tenant)
    end = crash.run("state", job=case.job).result
    assert (end["state"], end["error_code"]) == ("failed", "upgrade_missing")
    assert "contacts" in end["error_text"]
    assert case.complaints("tenant_not_upgraded", "failed") == []


@pytest.mark.parametrize(
    ("deed", "rule"), [("upgrade", "tenant_not_upgraded"), ("copy", "tenant_not_copied_live")]
)
def test_a_disk_too_small_is_refused_before_anything_is_written(crash, count, deed, rule):
    count("disk too small")
    tenant = crash.ready_for(deed)
    case = crash.order(deed, tenant=tenant, small_disk=small(crash))
    end = crash.run("state", job=case.job).result
    assert (end["state"], end["error_code"]) == ("failed", "disk_full")
    assert case.complaints(rule, "failed") == []


def test_of_two_who_upgrade_one_tenant_one_is_refused(crash, count):
    count("two upgrades at once")
    tenant = crash.ready_for("upgrade")
    with crash.barrier(2) as barrier:
        children = [
            crash.begin("press_upgrade", tenant=tenant, barrier=barrier) for _one in range(2)
        ]
    said = [crash.mother.wait(child).result for child in children]
    assert sorted(len(one) for one in said) == [0, 1], said
    assert crash.control(UNDER_WAY) == [(1,)]
    (job,) = crash.control("SELECT max(id) FROM saas_job WHERE kind = 'upgrade_tenant'")[0]
    assert crash.run("finish", job=job).result["state"] == "done"
    assert crash.judge(["tenant_upgraded", tenant]) == []


def test_of_two_campaigns_started_at_once_one_gets_the_tenant(crash, count):
    count("two campaigns at once")
    tenant = crash.ready_for("upgrade")
    campaigns = [crash.run("plan_campaign", tenant=tenant).result for _one in range(2)]
    with crash.barrier(2) as barrier:
        children = [crash.begin("press_start", campaign=one, barrier=barrier) for one in campaigns]
    said = [crash.mother.wait(child).result for child in children]
    assert sorted(len(one) for one in said) == [0, 1], said
    told = crash.run("carry_out", campaigns=campaigns).result
    assert ["done", "done"] in [list(one) for one in told], told
    assert sorted(one[0] for one in told) != ["done", "done"]
    assert crash.judge(["tenant_upgraded", tenant]) == []
