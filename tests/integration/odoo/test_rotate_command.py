"""`odoo saas rotate …` as it is typed, on a prepared control plane: new secrets work, old ones no
more.
"""

import json
import tempfile
from pathlib import Path

import pytest

from .test_command_line import Terminal, refusal

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def terminal():
    folder = Path(tempfile.mkdtemp(prefix="saas-rotate-"))
    terminal = Terminal(folder)
    yield terminal
    terminal.close()


def stored(terminal):
    query = "SELECT prov_password_sealed, cluster_secret_sealed FROM saas_cluster"
    ((prov, secret),) = terminal.rows(terminal.stack.control_cluster, "control", query)
    return prov, secret


def logged(terminal):
    query = "SELECT action FROM saas_audit_entry ORDER BY id"
    rows = terminal.rows(terminal.stack.control_cluster, "control", query)
    return [action for (action,) in rows]


def works(terminal):
    """Have the cluster tested with whatever is stored now; the provisioner is really asked."""
    done = terminal.type("work", "--once")
    assert done.returncode == 0, done.stderr
    terminal.shell('env["saas.cluster"].search([])._test_connection()\nenv.cr.commit()')
    terminal.type("work", "--once")
    query = "SELECT ok FROM saas_cluster_check WHERE code = 'server_reachable'"
    return terminal.rows(terminal.stack.control_cluster, "control", query) == [(True,)]


def test_the_provisioner_gets_a_new_password_that_works(terminal):
    before = stored(terminal)
    done = terminal.type("rotate", "provisioner", "--cluster", "local")
    assert done.returncode == 0, done.stderr
    assert stored(terminal)[0] != before[0]
    assert works(terminal)
    assert "provisioner_password_rotated" in logged(terminal)


def test_the_nodes_get_new_passwords(terminal):
    file = Path(terminal.stack.settings.node_secret_file)
    before = json.loads(file.read_text())
    prepared = terminal.type("rotate", "nodes", "--secret-file", str(file), "--prepare")
    assert prepared.returncode == 0, prepared.stderr
    assert json.loads(file.read_text())["bus"]["password"] == before["bus"]["password"]
    done = terminal.type("rotate", "nodes", "--secret-file", str(file))
    assert done.returncode == 0, done.stderr
    after = json.loads(file.read_text())
    for section in ("bus", "control"):
        assert after[section]["password"] != before[section]["password"]
        assert "next_password" not in after[section]
        assert after[section]["password"] not in done.stdout + done.stderr
    assert terminal.prepare().returncode == 0, "cluster-prepare keeps what is in the file"


def test_stored_secrets_get_a_new_key_and_old_keys_go(terminal):
    done = terminal.type("rotate", "keyring")
    # Passwords of provisioner, monitor and saas_limits, and the cluster secret.
    assert done.stdout.startswith("4 stored secrets"), done.stderr
    assert all(one.startswith("v1:k2:") for one in stored(terminal))
    assert terminal.type("rotate", "keyring", "--forget-old").returncode == 0
    assert works(terminal)
    assert logged(terminal)[-2:] == ["keyring_rotated", "keyring_old_forgotten"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["tenant"], 2, "odoo saas: “rotate tenant” needs --subdomain."),
        (["tenant", "--subdomain", "nobody"], 1, "There is no tenant “nobody” with a database."),
        (["provisioner"], 2, "odoo saas: “rotate provisioner” needs --cluster."),
        (["provisioner", "--cluster", "locla"], 1, "Did you mean “local”?"),
        (["nodes", "--secret-file", "/no/such"], 1, "secret file"),
        (["keyrng"], 2, "Did you mean 'keyring'?"),
    ],
)
def test_a_mistake_costs_one_line(terminal, words, status, said):
    assert said in refusal(terminal.type("rotate", *words), status)


def test_all_tenants_of_a_cluster_may_be_none(terminal):
    done = terminal.type("rotate", "tenants", "--cluster", "local")
    assert "for 0 tenants" in done.stdout, done.stderr
