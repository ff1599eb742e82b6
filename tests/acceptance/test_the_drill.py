"""A drill: a tenant comes back on another cluster, with servers, code and a node of its own, is
looked at there, and nothing stays behind.
"""

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dev import config, paths
from dev.http import status_of, wait_for
from dev.ports import free_port
from dev.postgres import PrivateCluster
from dev.processes import Managed

from .conftest import Provider
from .test_isolation import make_walled, shell
from .test_made_backup import SWITCH_ON, look, seen
from .test_restored import inside, page, told

KEY = "second"
READY = """
import json
cluster = env["saas.cluster"].search([("key", "=", "second")])
print("FOUND " + json.dumps([
    cluster.state,
    [[one.code, one.ok] for one in cluster.check_ids if not one.ok],
]))
"""
TEST = """
env["saas.cluster"].search([("key", "=", "second")]).action_test_connection()
env.cr.commit()
"""
DRILL = """
tenant = env["saas.tenant"].search([("subdomain", "=", "walled")])
made = tenant.backup_ids.filtered(lambda one: one.state == "stored")
made.sorted("id")[-1:].action_drill()
env.cr.commit()
"""
DRILLED = """
import json
jobs = env["saas.job"].search([("kind", "=", "prove_restore")], order="id desc")
job = jobs.filtered(lambda one: one.cluster_id.key == "second")[:1]
checks = job.backup_id.check_ids.filtered(lambda one: one.level == "3")
print("FOUND " + json.dumps({
    "job": [job.state, job.error_text, job.step_now, (job.error_trace or "")[-900:]],
    "cluster": job.cluster_id.key,
    "stage": job.database_id.stage,
    "check": checks[:1].read(["outcome", "failure", "text", "restore_seconds"]),
    "level": job.backup_id.level,
    "badge": job.backup_id.badge,
    "tenant": [job.tenant_id.cluster_id.key, job.tenant_id.backup_proven_level],
}, default=str))
"""
FORGET = """
env["saas.cluster"].search([("key", "=", "second")]).active = False
env.cr.commit()
"""
OURS = "SELECT datname FROM pg_database WHERE datname ~ '^[tg]_[a-z2-7]{26}'"
ROLES = OURS.replace("datname", "rolname").replace("pg_database", "pg_roles")


class Second:
    """Another cluster of the same installation: its PostgreSQL, its folders, its node."""

    def __init__(self, provider: Provider) -> None:
        stack = provider.stack
        self.settings = replace(
            stack.settings,
            folder=stack.settings.folder / "second",
            node_port=free_port(),
            node_gevent_port=free_port(),
            node_options={"saas_node": KEY},
        )
        version = stack.settings.postgres_version
        self.cluster = PrivateCluster(self.settings.folder / "pg", version=version, fast=True)
        self.node = Managed("node", self.settings.folder)
        self.stack = stack

    def start(self) -> None:
        """Have it prepared, known to the control plane, and its node answering."""
        self.cluster.start()
        config.write_node(self.settings, self.stack.tree, self.cluster)
        self.settings.node_secret_file.parent.mkdir(mode=0o700, parents=True)
        self.stack.saas("cluster-prepare", *self._arguments())
        self.node.start([paths.ODOO_BIN, "-c", self.settings.node_conf])
        wait_for(
            lambda: status_of(self.settings.node_port, "/saas/health") == 200,
            "the second node",
            seconds=120,
            alive=lambda: self.node.pid is not None,
            hint=self.node.log_tail,
        )

    def _arguments(self) -> list[str]:
        control = self.stack.control_cluster
        options = {
            "key": KEY,
            "name": "Second",
            "host": self.cluster.host,
            "port": self.cluster.port,
            "superuser": self.cluster.superuser,
            "superuser-password-file": self.cluster.superuser_password_file,
            "control-host": control.host,
            "control-port": control.port,
            "control-superuser": control.superuser,
            "control-superuser-password-file": control.superuser_password_file,
            "node-url": self.settings.node_url,
            "public-url-pattern": self.settings.public_url_pattern,
            "base-host": "second.localhost",
            "filestore": self.settings.node_data / "filestore",
            "odoo-command": paths.ODOO_BIN,
            "addons-path": config.addons_path(self.stack.tree),
            "pg-bin": self.cluster.binaries.folder,
            "secret-out": self.settings.node_secret_file,
        }
        return [word for name, value in options.items() for word in (f"--{name}", str(value))]

    def left(self) -> list[str]:
        """Databases, roles and folders of ours that are there."""
        files = self.settings.node_data / "filestore"
        # The folder for what is being made stays; what lies in it would be a leftover.
        folders = [one.name for one in files.glob("**/*") if one.name != ".staging"]
        return [*self.cluster.sql(OURS).split(), *self.cluster.sql(ROLES).split(), *folders]

    def destroy(self) -> None:
        """Stop and remove it."""
        self.node.kill()
        self.cluster.destroy()
        shutil.rmtree(self.settings.folder, ignore_errors=True)


@pytest.fixture
def second(provider: Provider) -> Iterator[Second]:
    """A second cluster that is ready, beside that of a tenant."""
    if not look(provider)["known"]:
        make_walled(provider)
    other = Second(provider)
    try:
        other.start()
        shell(provider, TEST)
        end = time.monotonic() + 60
        while (found := told(provider, READY))[0] != "ready":
            assert time.monotonic() < end, found
        yield other
    finally:
        shell(provider, FORGET)
        other.destroy()


def drilled(provider: Provider, seconds: float = 180) -> dict:
    end = time.monotonic() + seconds
    while True:
        found = told(provider, DRILLED)
        if found["job"][0] not in ("waiting", "running", "undoing", False):
            return found
        assert time.monotonic() < end, found


def test_a_tenant_comes_back_on_another_cluster_and_nothing_stays_there(
    provider: Provider, second: Second, tmp_path: Path
) -> None:
    folder = tmp_path / "shelf"
    folder.mkdir()
    shell(provider, f"FOLDER = {str(folder)!r}\n{SWITCH_ON}".replace("Shelf", "Drill Shelf"))
    seen(provider, lambda all: all and all[-1]["state"] == "stored")
    before = inside(provider, "SELECT count(*), max(id) FROM ir_attachment")

    shell(provider, DRILL)
    found = drilled(provider)
    assert found["job"][0] == "done", json.dumps(found)
    assert (found["cluster"], found["stage"]) == (KEY, "dropped"), json.dumps(found)
    (check,) = found["check"]
    assert check["outcome"] == "passed", json.dumps(found)
    assert 0 < check["restore_seconds"] < 120
    assert (found["level"], found["badge"]) == ("3", "proven")
    assert found["tenant"] == ["local", "3"]
    assert second.left() == []
    assert inside(provider, "SELECT count(*), max(id) FROM ir_attachment") == before
    assert page(provider, "walled.localhost") == 200
