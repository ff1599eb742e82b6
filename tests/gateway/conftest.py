"""One fleet and one node of each kind for all tests here; who changes a route puts it back."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.helpers.node import Fleet, NodeProcess, Tenant, Visitor

MODES = ("threaded", "prefork", "evented")


@dataclass
class Door:
    """One way into a node: of a kind of server, by its port."""

    mode: str
    node: NodeProcess
    port: int

    def get(self, path: str, host: str, **options) -> requests.Response:
        """Ask for a page under a host name."""
        return self.node.get(path, host, self.port, **options)

    def request(self, method: str, path: str, host: str, **options) -> requests.Response:
        """Send one request under a host name."""
        return self.node.request(method, path, host, self.port, **options)

    def visitor(self, tenant: Tenant) -> Visitor:
        """Somebody at a tenant's host."""
        return self.node.visitor(tenant, self.port)


@pytest.fixture(scope="session")
def folder():
    """A folder for clusters and nodes, removed at the end."""
    path = Path(tempfile.mkdtemp(prefix="saas-gateway-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def fleet(folder):
    """Two clusters, a golden database, roles."""
    fleet = Fleet(folder).start()
    yield fleet
    fleet.stop()


@pytest.fixture(scope="session")
def acme(fleet) -> Tenant:
    """A tenant that serves."""
    return fleet.make_tenant("acme.localhost", tenant_name="Acme")


@pytest.fixture(scope="session")
def beta(fleet) -> Tenant:
    """Another one."""
    return fleet.make_tenant("beta.localhost", tenant_name="Beta")


@pytest.fixture(scope="session")
def threaded(fleet, acme, beta) -> NodeProcess:
    """A node with threads."""
    node = NodeProcess(fleet, "threaded", max_cron_threads=0).start()
    yield node
    node.stop()


@pytest.fixture(scope="session")
def prefork(fleet, acme, beta) -> NodeProcess:
    """A node with two worker processes and the evented one."""
    node = NodeProcess(fleet, "prefork", workers=2, max_cron_threads=0).start()
    yield node
    node.stop()


@pytest.fixture(params=MODES)
def door(request) -> Door:
    """Each of the three kinds in turn."""
    node = request.getfixturevalue("threaded" if request.param == "threaded" else "prefork")
    port = node.evented_port if request.param == "evented" else node.port
    return Door(request.param, node, port)
