"""The secret of a cluster changes while people work: a node serves before, during and after."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import pytest

from dev import paths
from dev.files import write_private
from dev.ports import free_port
from saas_business_management.adapters.postgres.cluster import PostgresCluster
from saas_business_management.jobs import rotate_secrets
from saas_business_management.kernel.secret import Secret
from tests.gateway.test_rotation import Crowd
from tests.helpers.node import Fleet, NodeProcess, Tenant, until

NEW = Secret("the-new-secret-of-the-cluster-with-256-bits")


@dataclass
class Stage:
    """A node of its own, two tenants that only this test uses, and the cluster as the operation
    reaches it once it has begun.
    """

    fleet: Fleet
    node: NodeProcess
    first: Tenant
    second: Tenant
    moved: PostgresCluster

    @property
    def file(self) -> str:
        return str(self.node.folder / "node.json")

    def prepare(self) -> None:
        """Let the node know the next secret."""
        rotate_secrets.write_cluster_secrets(self.file, self.fleet.cluster_secret, NEW)

    def finish(self) -> None:
        """Take the old one out of its file."""
        rotate_secrets.write_cluster_secrets(self.file, NEW, None)

    def change(self, tenant: Tenant, publish: bool = True) -> int:
        """What the operation has done to a tenant; return how many sessions had to be ended."""
        self.moved.ensure_role(tenant.name, tenant.generation + 1)
        moment = self.moved.moment()
        if publish:
            tenant.generation += 1
            self.fleet.routes.put(tenant.name, generation=tenant.generation)
        return self.moved.end_sessions_before(tenant.name, moment, 20 if publish else 0)

    def start_again(self) -> None:
        """Restart the node with the file as it is."""
        self.node.stop()
        self.node.process.start([paths.ODOO_BIN, "-c", self.node.folder / "odoo.conf"])
        until(self.node.health, 60, self.node.process.log_tail)

    def serves(self, tenant: Tenant) -> bool:
        return self.node.get("/web/login", tenant.host).status_code == 200


@pytest.fixture
def stage(fleet, request):
    name = f"secret{time.monotonic_ns() % 10**6}"
    data = fleet.folder / name / "data"
    # The copy of the route map is this node's own; the others know only the old secret.
    data.mkdir(parents=True)
    (data / "filestore").symlink_to(fleet.data_dir / "filestore")
    tenants = [fleet.make_tenant(f"{letter}-{name}.localhost") for letter in "ab"]
    node = NodeProcess(fleet, name, data_dir=data, max_cron_threads=0).start()
    moved = PostgresCluster(
        fleet._login("saas_prov"),
        NEW,
        fleet.database_connections,
        older_secret=fleet.cluster_secret,
    )
    yield Stage(fleet, node, *tenants, moved)
    node.stop()
    moved.close()
    for tenant in tenants:
        fleet.adapter.ensure_role(tenant.name, tenant.generation)


def test_nobody_is_refused_while_tenant_after_tenant_changes(stage):
    visitor = stage.node.visitor(stage.second).log_in()
    stage.prepare()
    with Crowd(stage.node, stage.first) as crowd:
        time.sleep(0.5)
        assert stage.change(stage.first) == 0, "a session had to be ended by force"
        before = len(crowd.answers)
        until(lambda: len(crowd.answers) > before + 8, 30)
    assert crowd.errors == []
    assert set(crowd.answers) <= {200, 503}
    assert crowd.answers.count(503) < len(crowd.answers) / 10
    # The other one has not changed yet: sessions go on, and logging in works.
    assert visitor.is_logged_in()
    assert stage.node.visitor(stage.second).log_in().is_logged_in()
    stage.change(stage.second)
    assert visitor.is_logged_in()
    assert stage.node.visitor(stage.first).log_in().is_logged_in()
    stage.finish()
    stage.start_again()
    assert visitor.is_logged_in()
    assert stage.node.visitor(stage.second).log_in().is_logged_in()


def test_a_control_plane_that_dies_before_it_tells_the_nodes_is_not_noticed(stage):
    visitor = stage.node.visitor(stage.first).log_in()
    stage.prepare()
    stage.change(stage.first, publish=False)
    assert visitor.is_logged_in()
    stage.fleet.routes.put(stage.first.name, generation=stage.first.generation + 1)
    stage.first.generation += 1
    assert visitor.is_logged_in()


def test_a_standby_copy_that_keeps_its_generation_is_served_when_it_is_claimed(stage):
    stage.prepare()
    standby = stage.fleet.make_tenant(None, state="standby")
    until(lambda: f"standby {standby.name} is warm" in stage.node.log, 30)
    stage.moved.ensure_role(standby.name, 1)
    stage.moved.end_sessions_before(standby.name, stage.moved.moment(), 0)
    host = f"claimed-{stage.first.host}"
    stage.fleet.routes.put(standby.name, host=host, state="active")
    standby.host = host
    until(lambda: stage.serves(standby), 20)
    stage.fleet.adapter.ensure_role(standby.name, 1)


def test_a_node_without_the_file_is_shut_out_and_goes_on_when_it_comes(stage):
    visitor = stage.node.visitor(stage.first).log_in()
    stage.change(stage.first)
    until(lambda: visitor.get("/web/login").status_code == 503, 20)
    stage.prepare()
    until(visitor.is_logged_in, 20)


def test_a_node_that_starts_without_the_control_plane_opens_its_copy_after_the_change(stage):
    stage.prepare()
    stage.change(stage.first)
    stage.change(stage.second)
    assert stage.serves(stage.first)
    copy = stage.node.data_dir / "saas" / "route_map.json"
    # Whatever is written after both secrets are known is sealed for the one that stays.
    until(copy.exists, 10)
    time.sleep(4)
    known = copy.read_bytes()
    stage.fleet.routes.put(stage.second.name, tenant_name="Renamed")
    until(lambda: copy.read_bytes() != known, 10)
    stage.finish()
    found = json.loads((stage.node.folder / "node.json").read_text())
    found["control"]["port"] = free_port()
    write_private(stage.node.folder / "node.json", json.dumps(found))
    stage.start_again()
    until(lambda: stage.serves(stage.first), 20, stage.node.process.log_tail)
    assert "is refused" not in stage.node.log.split("HTTP service")[-1]


def test_another_signing_secret_logs_everybody_of_one_tenant_out(stage):
    mine, other = (stage.node.visitor(one).log_in() for one in (stage.first, stage.second))
    secret = Secret("another secret that signs sessions")
    stage.moved.set_database_secret(stage.first.name, stage.first.generation, secret)
    until(lambda: not mine.is_logged_in(), 10)
    assert other.is_logged_in()
    assert stage.node.visitor(stage.first).log_in().is_logged_in()
    kept = stage.fleet.sql(
        stage.first, "SELECT value FROM ir_config_parameter WHERE key = 'database.secret'"
    )
    assert kept.strip() == secret.reveal()
