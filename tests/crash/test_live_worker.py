"""A real worker process of the control plane dies; the next one is back at work within a lease."""

import time

import pytest

from tests.helpers.crash import REAL, STALE_SECONDS, until

from .matrix import PROOF

DONE = "SELECT 1 FROM saas_job WHERE id = %s AND state = 'done'"
LEASE = "SELECT 1 FROM saas_job_lease WHERE job_id = %s"
# Of those that follow it too, such as the first look at the front door.
LEASES = "SELECT 1 FROM saas_job_lease"
CRONS = "UPDATE ir_cron SET active = %s WHERE cron_name LIKE 'SaaS: Run operations%%'"
STALE = 30 if PROOF else STALE_SECONDS
# Forty seconds for a lease of thirty, besides what a worker needs to start on this machine.
WITHIN_SECONDS = STALE * 4 / 3
POINTS = ["provision_tenant.database.cluster.clone.after", "provision_tenant.open.committed"]


@pytest.fixture
def worker(crash):
    """The stack's own worker, not started yet; its crons are on."""
    conf = crash.stack.settings.control_conf
    before = conf.read_text()
    conf.write_text(
        before.replace(f"saas_stale_seconds = {STALE_SECONDS}", f"saas_stale_seconds = {STALE}")
    )
    crash.control(CRONS, True)
    yield crash.stack.worker
    crash.stack.worker.stop()
    crash.stack.settings.environment.pop("SAAS_FAILPOINT", None)
    crash.control(CRONS, False)
    conf.write_text(before)


@pytest.mark.parametrize("point", POINTS if PROOF else POINTS[:1])
def test_the_next_worker_resumes_within_a_lease(crash, count, worker, point):
    count("live worker killed")
    crash.golden(REAL)
    crash.stack.settings.environment["SAAS_FAILPOINT"] = f"{point}:kill"
    began = time.monotonic()
    crash.stack.start_worker()
    case = crash.order("provision", template=REAL, work=False)
    until(lambda: worker.pid is None, "the worker did not die", 180)
    died = time.monotonic()
    crash.stack.settings.environment.pop("SAAS_FAILPOINT")
    crash.stack.start_worker()
    until(lambda: crash.control(DONE, case.job), "nobody resumed", 300)
    assert time.monotonic() - died < WITHIN_SECONDS + 2 * (died - began)
    # It lives on, and lets go of its lease in a transaction after the one that ended the work.
    until(lambda: not crash.control(LEASE, case.job), "the lease was kept", STALE)
    until(lambda: not crash.control(LEASES), "a follower kept its lease", 60)
    assert case.complaints("tenant_open") == []
    worker.stop()
    crash.discard(case.spent)
