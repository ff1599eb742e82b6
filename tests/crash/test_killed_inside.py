"""A worker killed while a server or a program was busy for it."""

import pytest

from tests.helpers.crash import REAL, STUB, until
from tests.helpers.held import databases_held

from .matrix import ORDERS, PROOF

PHASES = ("base", "assets", *(("locale", "modules", "settings") if PROOF else ()))
CREATING = """
SELECT 1 FROM pg_stat_activity
 WHERE query LIKE '%CREATE DATABASE%' AND state = 'active' AND pid <> pg_backend_pid()
"""
DUMPING = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'saas backup'"
# The role of the database that is filled, never the provisioner.
FILLING = """
SELECT 1 FROM pg_stat_activity WHERE application_name = %s AND left(usename, 2) = 't_'
"""
SESSIONS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname LIKE 'g\\_%' AND backend_type = 'client backend'
"""


@pytest.mark.parametrize("phase", PHASES)
def test_a_build_killed_inside_a_phase_begins_anew(crash, count, phase, tmp_path):
    count("inside a phase")
    crash.golden(STUB)
    mark = tmp_path / "mark"
    crash.use_stub("--halt", phase, "--mark", str(mark))
    case = crash.order_in_background("build", template=STUB)
    until(mark.exists, "the phase did not begin", 90)
    crash.mother.kill(case.child)
    until(lambda: crash.tenants(SESSIONS) == [(0,)], "the phase outlived its worker")
    crash.use_stub()
    assert case.resume()["state"] == "done"
    assert case.complaints("version_published") == []
    assert list(crash.scratch.glob("saas-odoo-*/odoo.conf")) == []
    crash.discard(case.spent)


def test_a_copy_whose_customer_died_is_adopted(crash, count):
    count("inside CREATE DATABASE")
    crash.golden(REAL)
    crash.no_standby(REAL)
    with databases_held(crash.stack.tenant_cluster.dsn()):
        case = crash.order_in_background("provision", template=REAL)
        until(lambda: crash.tenants(CREATING), "the copy did not begin")
        crash.mother.kill(case.child)
    assert case.resume()["state"] == "done"
    assert case.complaints("tenant_open") == []
    crash.discard(case.spent)


def test_a_backup_killed_while_it_dumps_is_made_anew_and_nothing_goes_on_without_it(crash, count):
    count("inside a dump")
    case = ORDERS["back up"].place_in_background(crash)
    until(lambda: crash.tenants(DUMPING), "the dump did not begin")
    crash.mother.kill(case.child)
    until(lambda: not crash.tenants(DUMPING), "the dump outlived its worker")
    assert case.resume()["state"] == "done"
    assert ORDERS["back up"].complaints(case) == []


@pytest.mark.parametrize(
    ("label", "application"), [("prove restore", "saas restore"), ("bring in", "saas import")]
)
def test_a_database_killed_while_it_is_filled_is_made_anew(crash, count, label, application):
    count("inside a load")
    case = ORDERS[label].place_in_background(crash)
    until(lambda: crash.tenants(FILLING, application), "the load did not begin")
    crash.mother.kill(case.child)
    until(lambda: not crash.tenants(FILLING, application), "the load outlived its worker")
    assert case.resume()["state"] == "done"
    assert ORDERS[label].complaints(case) == []


def test_a_download_killed_while_it_is_written_is_begun_anew(crash, count):
    count("inside a download")
    case = ORDERS["export"].place_in_background(crash)
    until(lambda: list(crash.downloads.glob(".*.part")), "no file was begun")
    crash.mother.kill(case.child)
    assert list(crash.downloads.glob(".*.part"))
    assert case.resume()["state"] == "done"
    assert ORDERS["export"].complaints(case) == []
