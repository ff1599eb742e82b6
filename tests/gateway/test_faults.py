"""Databases, passwords and the control plane go away and come back; visitors are not thrown out."""

from __future__ import annotations

import json
import stat
import threading
import time

import pytest

from tests.helpers.node import NodeProcess, until


@pytest.fixture
def node(fleet, acme, beta, tmp_path):
    """A node of its own whose copy of the map is of its own."""
    node = NodeProcess(fleet, tmp_path.name, max_cron_threads=0, data_dir=tmp_path / "data")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "filestore").symlink_to(fleet.data_dir / "filestore")
    node.start()
    until(copy_of(node).exists)
    yield node
    node.stop()


@pytest.fixture
def control_away(fleet, node):
    """The control plane's server stops, and is there again at the end."""
    fleet.control.stop("immediate")
    yield
    fleet.control.start()


def copy_of(node):
    """The node's copy of the map."""
    return node.data_dir / "saas" / "route_map.json"


def test_a_database_that_refuses_logins_logs_nobody_out(fleet, door, acme):
    alice = door.visitor(acme).log_in()
    fleet.adapter.stop_logins(acme.name)
    try:
        page = alice.get("/odoo", allow_redirects=False)
        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
        assert "nobody is logged out" in page.text
        answer = alice.rpc("/web/dataset/call_kw/res.partner/read", model="res.partner")
        assert answer["error"]["code"] == 503
        real = door.request("POST", "/json/2/res.partner/read", acme.host, json={"ids": [1]})
        assert (real.status_code, real.headers["Retry-After"]) == (503, "5")
    finally:
        fleet.adapter.allow_logins(acme.name)
    assert alice.is_logged_in()


def test_a_stopped_server_logs_nobody_out(fleet, door, acme):
    alice = door.visitor(acme).log_in()
    fleet.cluster.stop("immediate")
    try:
        page = alice.get("/odoo", allow_redirects=False)
        assert page.status_code == 503
    finally:
        fleet.cluster.start()
    assert alice.is_logged_in()


def test_a_new_generation_is_taken_while_serving(fleet, door, beta):
    alice = door.visitor(beta).log_in()
    seen, stop = [], threading.Event()

    def visit():
        while not stop.is_set():
            code = door.get("/web/login", beta.host).status_code
            seen.append((time.monotonic(), code))

    threads = [threading.Thread(target=visit) for _ in range(3)]
    for thread in threads:
        thread.start()
    until(lambda: len(seen) > 5)
    asked = time.monotonic()
    beta.generation += 1
    fleet.adapter.ensure_role(beta.name, beta.generation)
    fleet.routes.put(beta.name, generation=beta.generation)
    published = len(seen)
    until(lambda: [code for _at, code in seen[published:]][-8:] == [200] * 8, 30)
    stop.set()
    for thread in threads:
        thread.join()
    # Between the server's new password and the node's, a new connection is told to come again.
    assert {code for _at, code in seen} <= {200, 503}
    assert {code for at, code in seen if at < asked} == {200}
    assert alice.is_logged_in()


def test_connections_of_an_old_generation_are_ended(fleet, node, beta):
    node.get("/web/login", beta.host)
    query = (
        "SELECT string_agg(pid::text, ',') FROM pg_stat_activity"
        f" WHERE datname = '{beta.name}' AND application_name = 'odoo-{node.process.pid}'"
    )
    before = set(fleet.cluster.sql(query).split(","))
    assert before
    beta.generation += 1
    fleet.adapter.ensure_role(beta.name, beta.generation)
    fleet.routes.put(beta.name, generation=beta.generation)
    until(lambda: not before & set(fleet.cluster.sql(query).split(",")))
    assert node.get("/web/login", beta.host).status_code == 200


def test_another_database_under_the_same_name_is_seen_at_once(fleet, node):
    tenant = fleet.make_tenant("swap.localhost")
    name = tenant.name
    title = "INSERT INTO ir_config_parameter (key, value) VALUES ('web.web_app_name', 'before')"
    fleet.sql(tenant, title)
    manifest = "/web/manifest.webmanifest"
    assert node.get(manifest, tenant.host).json()["name"] == "before"
    fleet.routes.put(name, state="migrating")
    until(lambda: node.get("/", tenant.host).status_code == 503)
    until(lambda: not int(fleet.cluster.sql(connections_to(name))))
    fleet.cluster.sql(f"ALTER DATABASE {name} RENAME TO {name}_r1")
    fleet.cluster.sql(f"CREATE DATABASE {name} TEMPLATE {name}_r1")
    fleet.cluster.sql("UPDATE ir_config_parameter SET value = 'after' WHERE value = 'before'", name)
    fleet.adapter.ensure_role(name, 2)
    fleet.routes.put(name, state="active", generation=2)
    until(lambda: node.get("/web/login", tenant.host).status_code == 200)
    assert node.get(manifest, tenant.host).json()["name"] == "after"
    fleet.routes.put(name, state="gone", host=None)


def connections_to(name: str) -> str:
    """The query that counts the sessions in a database."""
    return f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"


def test_a_deleted_database_is_let_go(fleet, node):
    tenant = fleet.make_tenant("gone.localhost")
    assert node.get("/web/login", tenant.host).status_code == 200
    fleet.routes.put(tenant.name, state="gone", host=None)
    until(lambda: node.get("/web/login", "gone.localhost").status_code == 404)
    until(lambda: not int(fleet.cluster.sql(connections_to(tenant.name))))
    fleet.adapter.drop_database(tenant.name)
    fleet.adapter.drop_role(tenant.name)


def test_the_copy_is_for_the_nodes_eyes_only(node):
    until(copy_of(node).exists)
    assert stat.S_IMODE(copy_of(node).stat().st_mode) == 0o600
    assert stat.S_IMODE(copy_of(node).parent.stat().st_mode) == 0o700


def test_a_node_serves_and_starts_while_the_control_plane_is_away(fleet, node, acme, control_away):
    alice = node.visitor(acme).log_in()
    node.stop()
    node.start()
    assert node.health()["ok"] is True
    assert alice.is_logged_in()
    assert node.get("/", "nobody.localhost").status_code == 404
    age = node.health()["map_age_seconds"]
    until(lambda: node.health()["map_age_seconds"] > age)
    fleet.control.start()
    until(lambda: node.health()["map_age_seconds"] < age)
    fleet.routes.put(acme.name, state="suspended", reason="payment")
    until(lambda: node.get("/", acme.host).status_code == 402)
    fleet.routes.put(acme.name, state="active", reason=None)
    until(lambda: node.get("/web/login", acme.host).status_code == 200)


DAMAGES = {
    "flipped": lambda content: content.replace(b"active", b"actIve", 1),
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "a tenant moved": lambda content: content.replace(b"acme.localhost", b"beta.localhost", 1),
    "another node": lambda content: json.dumps(json.loads(content.split(b"\n")[0])).encode(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_copy_is_refused_and_reported(fleet, node, acme, damage, control_away):
    node.stop()
    content = copy_of(node).read_bytes()
    copy_of(node).write_bytes(DAMAGES[damage](content))
    node.start(wait=False)
    found = until(lambda: node.health(), 60, node.process.log_tail)
    assert found == {"ok": False, "node": "local", "map_age_seconds": None, "routes": 0}
    page = node.get("/web/login", acme.host)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "route_copy_damaged" in node.log
    fleet.control.start()
    until(lambda: node.get("/web/login", acme.host).status_code == 200)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda path: path.chmod(0o644), "secret_file_open_to_others"),
        (lambda path: path.unlink(), "secret_file_missing"),
        (lambda path: path.write_text("{"), "secret_file_invalid"),
        (
            lambda path: path.write_text(path.read_text().replace('"local"', '"paris"')),
            "secret_file_of_another_node",
        ),
    ],
)
def test_a_node_without_a_good_secret_file_does_not_start(fleet, spoil, code, tmp_path):
    node = NodeProcess(fleet, f"spoilt-{code}")
    node.write_conf()
    spoil(node.folder / "node.json")
    node.fleet = _Written(node.folder / "node.json", fleet)
    node.start(wait=False)
    until(lambda: node.process.pid is None, 60, node.process.log_tail)
    assert code in node.log
    assert fleet.cluster_secret.reveal() not in node.log


class _Written:
    """A fleet whose secret file is already written."""

    def __init__(self, path, fleet) -> None:
        self.path, self.cluster = path, fleet.cluster

    def secret_file(self, path):
        return self.path
