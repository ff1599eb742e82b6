"""Real runtime nodes: two private clusters, a golden database, tenants, node processes.

Owns: starting and stopping them, one visitor per tenant. Does not own: the control plane
(`route_table.py` stands for it).
"""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

import requests

from dev import databases, paths
from dev.config import addons_path
from dev.files import write_private
from dev.odoo import ensure_odoo
from dev.ports import free_port
from dev.postgres import PrivateCluster
from dev.processes import Managed
from dev.recipe import Recipe
from saas_business_management.adapters.ports import Birth, Identity
from saas_business_management.adapters.postgres.cluster import PostgresCluster
from saas_business_management.adapters.postgres.connect import Server
from saas_business_management.adapters.postgres.prepare import prepare_cluster
from saas_business_management.kernel.secret import Secret
from tests.helpers.route_table import RouteTable

NODE = "local"
MODULES = Recipe(("base", "web", "mail", "auth_signup"))
READY_SECONDS = 60


def new_name(letter: str = "t") -> str:
    """An opaque name of our form."""
    return f"{letter}_{base64.b32encode(secrets.token_bytes(17)).decode()[:26].lower()}"


@dataclass
class Tenant:
    """A tenant's database, its host and its administrator."""

    name: str
    host: str
    login: str = "admin"
    password: str = "admin"
    user_id: int = 2
    secret: str = ""
    generation: int = 1


@dataclass
class Fleet:
    """What stands around nodes: both clusters, roles, routes, a golden database."""

    folder: Path
    recipe: Recipe = MODULES
    connections: int = 10
    # Several nodes share each tenant here, so that the databases allow more than one node is told.
    database_connections: int = 60
    tenants: list[Tenant] = field(default_factory=list)

    def start(self) -> Fleet:
        """Start both clusters, prepare the roles, get the golden database."""
        self.cluster = PrivateCluster(self.folder / "tenants", fast=True).start()
        self.control = PrivateCluster(self.folder / "control", fast=True).start()
        self.data_dir = self.folder / "data"
        self.cluster_secret = Secret(secrets.token_urlsafe(32))
        self.passwords = prepare_cluster(self._superuser())
        self.adapter = PostgresCluster(
            self._login("saas_prov"),
            self.cluster_secret,
            self.database_connections,
            limits_password=self.passwords["saas_limits"],
        )
        self.routes = RouteTable(self.control, NODE).create()
        self.golden = self._make_golden()
        return self

    def stop(self) -> None:
        """Stop and remove everything."""
        for cluster in (self.cluster, self.control):
            cluster.destroy()
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_tenant(self, host: str | None, state: str = "active", **route) -> Tenant:
        """Make a database of its own role and its row; without a host it is a standby copy."""
        tenant = Tenant(new_name(), host or "", secret=str(uuid.uuid4()))
        name = tenant.name
        self.adapter.ensure_role(name, 1)
        self.adapter.clone(name, self.golden)
        self.adapter.own_objects(name)
        birth = Birth(str(uuid.uuid4()), tenant.secret, datetime.now(timezone.utc))
        self.adapter.give_birth(name, 1, birth)
        shutil.copytree(
            self.data_dir / "filestore" / self.golden,
            self.data_dir / "filestore" / name,
            dirs_exist_ok=True,
        )
        self.routes.put(name, host=host, state=state, **route)
        if host:
            self.settle(tenant, host)
        self.tenants.append(tenant)
        return tenant

    def settle(self, tenant: Tenant, host: str) -> None:
        """Give a standby copy to a customer: identity, administrator, password."""
        tenant.host = host
        identity = Identity(f"http://{host}", "Acme", "", "Alice", tenant.login, "")
        tenant.user_id = int(
            self.adapter.settle(tenant.name, tenant.generation, identity)["admin_user_id"]
        )
        self.sql(
            tenant,
            f"UPDATE res_users SET password = '{tenant.password}' WHERE id = {tenant.user_id}",
        )

    def sql(self, tenant: Tenant, statement: str) -> str:
        """Run SQL in a tenant's database as the superuser."""
        return self.cluster.sql(statement, tenant.name)

    def strong_role(self) -> str:
        """A role (and its password) that may do everything, as an ordinary Odoo often has."""
        if not self.cluster.sql("SELECT 1 FROM pg_roles WHERE rolname = 'plain'"):
            self.cluster.sql("CREATE ROLE plain SUPERUSER LOGIN PASSWORD 'plain'")
        return "plain"

    def secret_file(self, path: Path) -> Path:
        """Write a node's secret file."""
        bus = {"database": "saas_bus", "user": "saas_node"}
        content = {
            "format": 1,
            "node": NODE,
            "cluster_secret": self.cluster_secret.reveal(),
            "postgres": {"host": self.cluster.host, "port": self.cluster.port},
            "bus": {**bus, "password": self.passwords["saas_node"].reveal()},
            "control": self.routes.control_login(),
            "connections_per_tenant": self.connections,
        }
        write_private(path, json.dumps(content))
        return path

    def _superuser(self) -> Server:
        password = Secret(self.cluster.superuser_password)
        return Server(self.cluster.host, self.cluster.port, self.cluster.superuser, password)

    def _login(self, role: str) -> Server:
        return Server(self.cluster.host, self.cluster.port, role, self.passwords[role])

    def _make_golden(self) -> str:
        template, golden = databases.ensure(self.cluster, self.recipe), new_name("g")
        self.cluster.sql(f"CREATE DATABASE {golden} TEMPLATE {template}")
        self.cluster.sql(f"REASSIGN OWNED BY {databases.BUILDER} TO saas_builder", golden)
        self.cluster.sql(
            f"ALTER DATABASE {golden} OWNER TO saas_prov;"
            f"ALTER DATABASE {golden} IS_TEMPLATE true ALLOW_CONNECTIONS false;"
            f"REVOKE ALL ON DATABASE {golden} FROM PUBLIC"
        )
        databases.database_files.unpack_filestore(
            template.removeprefix("cached_"), self.data_dir / "filestore" / golden
        )
        return golden


class NodeProcess:
    """One node: `workers` 0 is threaded, more is prefork with an evented process beside."""

    def __init__(self, fleet: Fleet, name: str, workers: int = 0, **options) -> None:
        self.fleet, self.folder = fleet, fleet.folder / name
        self.workers, self.options = workers, options
        self.port, self.evented_port = free_port(), free_port()
        self.data_dir = options.pop("data_dir", fleet.data_dir)
        self.process = Managed(name, self.folder)

    @property
    def log(self) -> str:
        """All that the node logged."""
        return self.process.log.read_text(errors="replace")

    def start(self, wait: bool = True) -> NodeProcess:
        """Start it; by default back when it answers."""
        self.process.start([paths.ODOO_BIN, "-c", self.write_conf()])
        if wait:
            until(lambda: self.health(self.port), READY_SECONDS, self.process.log_tail)
            if self.workers:
                until(lambda: self.health(self.evented_port), READY_SECONDS, self.process.log_tail)
        return self

    def stop(self) -> None:
        """Stop it."""
        self.process.stop()

    def health(self, port: int = 0) -> dict:
        """What the node says about itself; empty while it does not answer."""
        try:
            return self.get("/saas/health", "any.host", port=port).json()
        except requests.RequestException:
            return {}

    def get(self, path: str, host: str, port: int = 0, **options) -> requests.Response:
        """Ask for a page under a host name, without following redirects."""
        return self.request("GET", path, host, port, **options)

    def request(
        self, method: str, path: str, host: str, port: int = 0, **options
    ) -> requests.Response:
        """Send one request under a host name."""
        headers = {"Host": host, **options.pop("headers", {})}
        options = {"timeout": 30, "allow_redirects": False, **options}
        url = f"http://127.0.0.1:{port or self.port}{path}"
        return requests.request(method, url, headers=headers, **options)

    def visitor(self, tenant: Tenant, port: int = 0) -> Visitor:
        """Somebody at a tenant's host, not logged in yet."""
        return Visitor(self, tenant, port or self.port)

    def write_conf(self) -> Path:
        """Write the node's configuration and secret file."""
        path = self.folder / "odoo.conf"
        options = {
            "addons_path": addons_path(ensure_odoo()),
            "data_dir": self.data_dir,
            "http_interface": "127.0.0.1",
            "http_port": self.port,
            "gevent_port": self.evented_port,
            "workers": self.workers,
            "max_cron_threads": 1,
            "list_db": False,
            "db_host": self.fleet.cluster.host,
            "db_port": self.fleet.cluster.port,
            "server_wide_modules": f"base,rpc,web,{paths.ADDON}",
            "saas_node": NODE,
            "saas_secret_file": self.fleet.secret_file(self.folder / "node.json"),
            **self.options,
        }
        lines = [f"{key} = {value}" for key, value in options.items() if value is not None]
        write_private(path, "[options]\n" + "\n".join(lines) + "\n")
        return path


class Visitor:
    """A browser or a program at one tenant's host."""

    def __init__(self, node: NodeProcess, tenant: Tenant, port: int) -> None:
        self.node, self.tenant = node, tenant
        self.base = f"http://127.0.0.1:{port}"
        self.session = requests.Session()
        self.session.headers["Host"] = tenant.host

    def get(self, path: str, **options) -> requests.Response:
        """Ask for a page."""
        return self.session.get(self.base + path, timeout=30, **options)

    def post(self, path: str, **options) -> requests.Response:
        """Send a form, files or JSON."""
        return self.session.post(self.base + path, timeout=60, **options)

    def log_in(self) -> Visitor:
        """Log in as the administrator through the web client's own call."""
        params = {"db": self.tenant.name, "login": self.tenant.login}
        answer = self.rpc("/web/session/authenticate", **params, password=self.tenant.password)
        assert answer["result"]["uid"] == self.tenant.user_id, answer
        return self

    def rpc(self, path: str, **params) -> dict:
        """Make a JSON-RPC call and return the whole answer."""
        body = {"jsonrpc": "2.0", "method": "call", "id": 7, "params": params}
        return self.post(path, json=body).json()

    def call(self, model: str, method: str, *args, **kwargs):
        """Call a model's method as the web client does; an error is an AssertionError."""
        answer = self.rpc(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=list(args),
            kwargs=kwargs,
        )
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def is_logged_in(self) -> bool:
        """Whether the session is still somebody's."""
        return bool(self.rpc("/web/session/get_session_info").get("result", {}).get("uid"))

    def csrf_token(self) -> str:
        """The token of the login page's form."""
        return self.get("/web/login").text.split('csrf_token: "')[1].split('"')[0]

    def make_action(self, code: str) -> dict:
        """Make a code action; the answer has its id as result, or the error."""
        model = self.call("ir.model", "search", [["model", "=", "res.partner"]])[0]
        values = {"name": "x", "state": "code", "code": code, "model_id": model}
        return self._call_action("create", [[values]])

    def run_action(self, action: int) -> str:
        """Run a code action; what it raises comes back."""
        return _error(self._call_action("run", [[action]]))

    def run_code(self, code: str) -> str:
        """Run Python as a code action; what is raised when it is made or run comes back."""
        made = self.make_action(code)
        return _error(made) or self.run_action(made["result"][0])

    def _call_action(self, method: str, args: list) -> dict:
        path = f"/web/dataset/call_kw/ir.actions.server/{method}"
        return self.rpc(path, model="ir.actions.server", method=method, args=args, kwargs={})

    def api_key(self) -> str:
        """A key of the administrator for the programming interfaces."""
        made = "env['res.users.apikeys']._generate(None, 'test', False)"
        said = self.run_code(f"env['ir.config_parameter'].set_param('test.key', {made})")
        assert not said, said
        return self.call("ir.config_parameter", "get_param", "test.key")


def _error(answer: dict) -> str:
    return answer["error"]["data"]["message"] if "error" in answer else ""


def until(condition, seconds: float = 30, told=lambda: ""):
    """Wait until the condition is true and return what it gave."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, f"not within {seconds} s: {told()}"
        time.sleep(0.02)
