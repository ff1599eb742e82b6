"""A slice of Odoo's own HTTP and RPC tests, run in a process behind the gateway."""

from __future__ import annotations

import re
import subprocess

import pytest

from dev import paths
from dev.shell import clean_environment
from tests.helpers.node import NodeProcess

CLASSES = (
    "EchoReplyHttpWithDB EchoReplyJsonWithDB EchoReplyHttpNoDB ErrorHttp JsonError Greeting Models"
    " Session EnsureDb StaticUpload Security Cors WebJson_2"
).split()
TAGS = ",".join(["/test_rpc:TestRpcPath", *(f"/test_http:TestHttp{name}" for name in CLASSES)])
# A client that chooses among databases, or comes in the name of an unknown host, is refused here.
REFUSED_BY_DESIGN = {
    "TestHttpEnsureDb.test_ensure_db1_grant_db",
    "TestHttpEnsureDb.test_ensure_db2_use_session_db",
    "TestHttpEnsureDb.test_ensure_db3_change_db",
    "TestHttpEnsureDb.test_ensure_db4_unicode",
    "TestHttpSession.test_session03_logout_15_0_geoip",
    "TestHttpSession.test_session12_x_odoo_database_good_no_prior_session",
    "TestHttpSession.test_session13_x_odoo_database_bad_no_prior_session",
    "TestHttpSession.test_session15_x_odoo_database_with_prior_session_different",
    "TestHttpWebJson_2.test_webjson2_multi_db_good_header",
}
FAILURE = re.compile(r" (?:FAIL|ERROR): (Test\w+\.\w+)")
COUNT = re.compile(r"(\d+) post-tests in")


@pytest.fixture
def suite(fleet):
    """A tenant under the host that Odoo's tests ask for, and a process to run them in."""
    tenant = fleet.make_tenant("127.0.0.1")
    login = {"db_user": fleet.strong_role(), "db_password": fleet.strong_role()}
    node = NodeProcess(fleet, "suite", max_cron_threads=0, **login)
    yield tenant, node
    fleet.routes.put(tenant.name, state="gone", host=None)


def test_odoos_own_tests_pass_but_where_a_client_may_not_choose(suite):
    tenant, node = suite
    log = node.folder / "suite.log"
    options = ["-d", tenant.name, "-i", "test_http,test_rpc", "--stop-after-init"]
    limits = ["--limit-time-real=0", f"--logfile={log}", f"--test-tags={TAGS}"]
    subprocess.run(
        [paths.ODOO_BIN, "-c", node.write_conf(), *options, *limits],
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        timeout=600,
        check=False,
    )
    said = log.read_text()
    assert "the gateway is installed" in said
    assert set(FAILURE.findall(said)) == REFUSED_BY_DESIGN
    assert int(COUNT.search(said)[1]) > 70
