"""Private PostgreSQL servers for tests: made once a session, fast, destroyed at the end.

Owns: fixtures with prepared servers of several versions. Does not own: what is tested there.
`SAAS_TEST_POSTGRES="13 14 16"` names other versions than the newest and 15.
"""

import base64
import os
import secrets
import shutil
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from dev.postgres import PrivateCluster
from dev.postgres_binaries import NEWEST
from saas_business_management.adapters.postgres.cluster import PostgresCluster
from saas_business_management.adapters.postgres.connect import Server
from saas_business_management.adapters.postgres.prepare import prepare_cluster
from saas_business_management.kernel.secret import Secret, derive_password

from . import mini_golden

VERSIONS = tuple(os.environ.get("SAAS_TEST_POSTGRES", f"{NEWEST} 15").split())


def new_name(letter="t"):
    """A fresh name of our form."""
    return f"{letter}_{base64.b32encode(secrets.token_bytes(17)).decode()[:26].lower()}"


class TestServer:
    """A private server on which `cluster-prepare` has run, and means to look behind its back."""

    __test__ = False

    def __init__(self, folder, version):
        self.private = PrivateCluster(folder, version=version, fast=True).start()
        self.superuser = self._server("postgres", Secret(self.private.superuser_password))
        self.passwords = prepare_cluster(self.superuser)
        self.secret = Secret(secrets.token_urlsafe(32))
        self.golden = None

    def _server(self, user, password, database="postgres"):
        return Server(self.private.host, self.private.port, user, password, database)

    @property
    def version(self):
        return int(self.private.version)

    @property
    def temp_files(self):
        """What limits a tenant's temporary files; before 15 a provisioner cannot."""
        return "1GB" if self.version >= 15 else "-1"

    @property
    def provisioner(self):
        return self._server("saas_prov", self.passwords["saas_prov"])

    def port(self, connections=10):
        """A `PostgresCluster` of its own on this server."""
        return PostgresCluster(
            self.provisioner,
            self.secret,
            connections,
            monitor_password=self.passwords["saas_monitor"],
            limits_password=self.passwords["saas_limits"],
        )

    def tenant(self, name, generation=1, database=None):
        """The login of a tenant."""
        return self._server(name, derive_password(self.secret, name, generation), database or name)

    def raw(self, server, **more):
        """A plain driver connection, autocommit; the caller closes it."""
        cnx = psycopg2.connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password.reveal(),
            dbname=server.database,
            **more,
        )
        cnx.autocommit = True
        return cnx

    def rows(self, statement, values=None, server=None, database=None):
        """Run a statement, as the superuser unless another login is given, and return its rows."""
        login = server or self.superuser.within(database or "postgres")
        with closing(self.raw(login)) as cnx, cnx.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def value(self, statement, values=None, **where):
        return self.rows(statement, values, **where)[0][0]

    def born(self, port=None, name=None):
        """A tenant's database as provisioning leaves it before its birth."""
        port, name = port or self.port(), name or new_name()
        port.ensure_role(name, 1)
        port.clone(name, self.golden)
        port.own_objects(name)
        return name

    def forget(self, name):
        """Remove a tenant whatever is left of it."""
        port = self.port()
        port.drop_database(name)
        port.drop_role(name)


_servers = {}


def server_of(version):
    """The session's server of a version, with a mini golden."""
    if version not in _servers:
        folder = Path(tempfile.mkdtemp(prefix=f"saas-test-pg{version}-"))
        _servers[version] = TestServer(folder, version)
        _servers[version].golden = mini_golden.build(_servers[version])
    return _servers[version]


def pytest_sessionfinish():
    for server in _servers.values():
        folder = server.private.folder
        server.private.destroy()
        shutil.rmtree(folder, ignore_errors=True)
    _servers.clear()


@pytest.fixture(params=VERSIONS, ids=lambda version: f"pg{version}")
def pg(request):
    """A prepared server, once for each version."""
    return server_of(request.param)


@pytest.fixture
def newest_pg():
    """A prepared server of the first version, for what does not differ between them."""
    return server_of(VERSIONS[0])


@pytest.fixture
def own_pg(tmp_path_factory):
    """A server that this test may restart or kill."""
    server = TestServer(tmp_path_factory.mktemp("own_pg"), VERSIONS[0])
    server.golden = mini_golden.build(server)
    yield server
    server.private.destroy()
