"""`odoo saas rotate cluster-secret` as it is typed; the operation meets real records and roles."""

import json
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg2
import pytest

from dev.shell import clean_environment
from saas_business_management.kernel.secret import Secret, derive_password

from .test_command_line import Terminal, refusal

pytestmark = pytest.mark.slow

# A tenant and a standby copy, as far as their passwords go: records and roles.
TENANT_AND_STANDBY = """
from odoo.addons.saas_business_management.jobs.ports import build_ports
cluster = env["saas.cluster"].search([])
port = build_ports(cluster._to_spec()).cluster
env["saas.plan"].create({"name": "Standard", "code": "standard"})
module = env["saas.module"].create(
    {"technical_name": "contacts", "title": "Contacts", "cluster_id": cluster.id})
template = env["saas.template"].create(
    {"name": "Retail", "code": "retail", "cluster_id": cluster.id, "module_ids": module.ids})
tenant = env["saas.tenant"].create({
    "name": "Acme", "subdomain": "acme", "admin_name": "Alice", "admin_email": "a@acme.example",
    "template_id": template.id, "cluster_id": cluster.id})
for stage, values in (("claimed", {"tenant_id": tenant.id}), ("standby", {})):
    row = env["saas.database"]._reserve("tenant", cluster, **values)
    port.ensure_role(row.name, 1)
    row.stage = stage
tenant._set({"database_id": tenant.env["saas.database"].search([("stage", "=", "claimed")]).id})
env.cr.commit()
"""


@pytest.fixture(scope="module")
def terminal():
    folder = Path(tempfile.mkdtemp(prefix="saas-secret-"))
    terminal = Terminal(folder)
    terminal.shell(TENANT_AND_STANDBY)
    yield terminal
    terminal.close()


@pytest.fixture(scope="module")
def file(terminal):
    return Path(terminal.stack.settings.node_secret_file)


def control(terminal, query):
    return terminal.rows(terminal.stack.control_cluster, "control", query)


def secrets(file):
    found = json.loads(file.read_text())
    return found["cluster_secret"], found.get("cluster_secret_next")


def opens(terminal, secret):
    """The stages of the databases whose roles take a password made from a secret."""
    rows = control(terminal, "SELECT name, generation, stage FROM saas_database ORDER BY stage")
    return [stage for name, generation, stage in rows if _opens(terminal, secret, name, generation)]


def _opens(terminal, secret, name, generation):
    password = derive_password(Secret(secret), name, generation).reveal()
    cluster = terminal.stack.tenant_cluster
    with pytest.raises(psycopg2.OperationalError) as told:
        psycopg2.connect(
            host=cluster.host, port=cluster.port, user=name, password=password, dbname="saas_bus"
        )
    # With the right password it is the database that is closed to it.
    return "permission denied for database" in str(told.value)


def work_until_done(terminal, most=20):
    """Be the control worker until the change is over."""
    query = "SELECT state FROM saas_job WHERE kind = 'rotate_cluster_secret' ORDER BY id DESC"
    for _time in range(most):
        done = terminal.type("work", "--once")
        assert done.returncode == 0, done.stderr
        if control(terminal, query)[0] == ("done",):
            return
        time.sleep(1)
    raise AssertionError(control(terminal, "SELECT kind, state, error_text FROM saas_job"))


def test_prepared_it_stands_in_the_file_and_nothing_uses_it(terminal, file):
    before, _none = secrets(file)
    done = terminal.type("rotate", "cluster-secret", "--secret-file", str(file), "--prepare")
    assert done.returncode == 0, done.stderr
    assert "Copy it to every node" in done.stdout
    now, following = secrets(file)
    assert (now, following != now) == (before, True)
    assert file.stat().st_mode & 0o777 == 0o600
    assert opens(terminal, now) == ["claimed", "standby"]
    assert terminal.prepare().returncode == 0
    assert secrets(file) == (now, following), "cluster-prepare keeps both"


def test_then_every_role_changes_and_the_file_forgets_the_old_one(terminal, file):
    old, new = secrets(file)
    done = terminal.type("rotate", "cluster-secret", "--secret-file", str(file))
    assert done.returncode == 0, done.stderr
    assert "is ordered" in done.stdout
    assert secrets(file) == (old, new)
    work_until_done(terminal)
    assert opens(terminal, new) == ["claimed", "standby"]
    assert opens(terminal, old) == []
    done = terminal.type("rotate", "cluster-secret", "--secret-file", str(file))
    assert "and no other" in done.stdout, done.stderr
    assert secrets(file) == (new, None)
    assert new not in done.stdout + done.stderr
    logged = control(terminal, "SELECT action FROM saas_audit_entry ORDER BY id")
    actions = [action for (action,) in logged]
    assert actions.index("cluster_secret_change_begun") < actions.index("cluster_secret_rotated")


def test_waiting_it_does_all_of_it(terminal, file):
    old, _none = secrets(file)
    typed = subprocess.Popen(
        [terminal.command, "rotate", "cluster-secret", "--secret-file", str(file), "--wait"],
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        for _time in range(40):
            terminal.type("work", "--once")
            if typed.poll() is not None:
                break
        said = typed.communicate(timeout=180)[0]
    finally:
        typed.kill()
    assert typed.returncode == 0, said
    assert "and no other" in said
    new, following = secrets(file)
    assert (new != old, following) == (True, None)
    assert opens(terminal, new) == ["claimed", "standby"]


# One of each sort; a fifth death would have a person look.
KILLED_AT = ("begin.after", "standbys.cluster.ensure_role.after", "order.committed", "forget.after")


def work_until_killed(terminal, point, most=15):
    """Be the control worker that is ended at a point."""
    for _time in range(most):
        kill = f"rotate_cluster_secret.{point}:kill"
        done = terminal.type("work", "--once", SAAS_FAILPOINT=kill)
        if done.returncode:
            assert done.returncode in (-9, 137), done.stderr
            return
        time.sleep(1)
    raise AssertionError(f"never at {point}")


def test_workers_killed_on_the_way_are_replaced_and_leave_nothing_half_done(terminal, file):
    old, _none = secrets(file)
    with open(terminal.stack.settings.control_conf, "a") as conf:
        conf.write("saas_failpoints = 1\nsaas_stale_seconds = 2\n")
    done = terminal.type("rotate", "cluster-secret", "--secret-file", str(file))
    assert done.returncode == 0, done.stderr
    _old, new = secrets(file)
    for point in KILLED_AT:
        work_until_killed(terminal, point)
        # Whatever was reached, each role opens with one of the two that nodes know.
        assert sorted(opens(terminal, old) + opens(terminal, new)) == ["claimed", "standby"]
    work_until_done(terminal)
    assert (opens(terminal, old), opens(terminal, new)) == ([], ["claimed", "standby"])


def test_sessions_are_ended_where_tenants_are_open(terminal):
    done = terminal.type("rotate", "sessions", "--cluster", "local")
    assert done.returncode == 0, done.stderr
    assert "is ordered for 0 tenants" in done.stdout
    assert "Closed, and left as they are: 1." in done.stdout
    closed = refusal(terminal.type("rotate", "sessions", "--subdomain", "acme"))
    assert "is closed" in closed
    assert "needs --subdomain" in refusal(terminal.type("rotate", "sessions"), 2)
    unknown = refusal(terminal.type("rotate", "sessions", "--subdomain", "nobody"))
    assert "There is no tenant “nobody”" in unknown


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ([], 2, "odoo saas: “rotate cluster-secret” needs --secret-file."),
        (["--secret-file", "/no/such"], 1, "secret file"),
    ],
)
def test_a_mistake_costs_one_line(terminal, words, status, said):
    assert said in refusal(terminal.type("rotate", "cluster-secret", *words), status)
