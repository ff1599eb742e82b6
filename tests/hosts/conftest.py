"""A whole installation behind a real Caddy, with a name server that says what tests put there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests
from playwright.sync_api import Browser, Page, sync_playwright

from dev.control import admin_password
from dev.demo import Tenant, ensure_demo
from dev.ports import LOOPBACK
from dev.settings import Settings
from dev.stack import Stack
from tests.acceptance.conftest import CHROMIUM, FLAGS, SCREEN_MS
from tests.helpers.caddy import Caddy
from tests.helpers.dns_server import NameServer
from tests.helpers.node import until

SUBDOMAIN = "acme.localhost"
SECONDS = 60


@dataclass
class Provider:
    """The operator's side, the customer's name server, and the door in front of both."""

    stack: Stack
    caddy: Caddy
    names: NameServer
    tenant: Tenant

    def call(self, model: str, method: str, *args, **kwargs):
        """Call a method of the control plane as its administrator."""
        login = ["control", 2, admin_password(self.stack)]
        params = {"service": "object", "method": "execute_kw"}
        body = {
            "jsonrpc": "2.0",
            "params": {**params, "args": [*login, model, method, args, kwargs]},
        }
        answer = requests.post(f"{self.stack.settings.control_url}/jsonrpc", json=body, timeout=60)
        told = answer.json()
        assert "error" not in told, told["error"]
        return told["result"]

    def host(self, name: str) -> dict:
        """Return the row of a host name; empty when there is none."""
        wanted = ["id", "state", "is_primary", "token", "status", "status_text", "certificate"]
        found = self.call("saas.tenant.host", "search_read", [["host", "=", name]], wanted)
        return found[0] if found else {}

    def add(self, name: str, *more: str) -> dict:
        """Add an own host name to the tenant by the command line."""
        self.stack.saas("hosts", "add", "--tenant", "acme", "--host", name, *more)
        return self.host(name)

    def set_records(self, name: str) -> None:
        """Do as the customer was told."""
        self.names.put(name, "CNAME", SUBDOMAIN)
        self.names.put(f"_saas-verify.{name}", "TXT", self.host(name)["token"])

    def check(self, name: str) -> dict:
        """Have the records looked up now."""
        self.stack.saas("hosts", "check", "--host", name)
        return self.host(name)

    def live(self, name: str, *more: str) -> dict:
        """Bring an own host name all the way."""
        self.add(name, *more)
        self.set_records(name)
        found = self.check(name)
        assert found["state"] == "live", found
        return found

    def remove(self, name: str) -> None:
        """Take it away again, as the form does."""
        row = self.host(name)
        if row and row["state"] != "released":
            values = {"host_id": row["id"], "reason": "test"}
            wizard = self.call("saas.tenant.host.remove", "create", [values])
            self.call("saas.tenant.host.remove", "action_remove", wizard)

    def base_url(self) -> str:
        """Return by which address the tenant's database calls itself."""
        key = "SELECT value FROM ir_config_parameter WHERE key = 'web.base.url'"
        return self.stack.tenant_cluster.sql(key, self._database()).strip()

    def forge_base_url(self, url: str) -> None:
        """Change the address inside the database, as its administrator can."""
        change = f"UPDATE ir_config_parameter SET value = '{url}' WHERE key = 'web.base.url'"
        self.stack.tenant_cluster.sql(change, self._database())

    def compare_addresses(self) -> None:
        """Have the daily comparison run now."""
        [cron] = self.call("ir.cron", "search", [["cron_name", "ilike", "Compare addresses"]])
        self.call("ir.cron", "method_direct_trigger", [cron])

    def _database(self) -> str:
        fields = ["database_id"]
        [row] = self.call("saas.tenant", "search_read", [["subdomain", "=", "acme"]], fields)
        return self.call("saas.database", "read", [row["database_id"][0]], ["name"])[0]["name"]


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """A tenant that is open at its subdomain, over TLS."""
    folder = tmp_path_factory.mktemp("hosts")
    caddy, names = Caddy(folder / "caddy"), NameServer()
    settings = Settings.for_tests(
        folder / "stack",
        demo=True,
        control_options={
            "saas_dns_resolver": names.text,
            "saas_public_address": f"{LOOPBACK}:{caddy.port}",
        },
        node_options={"proxy_mode": True, "saas_trusted_proxies": LOOPBACK},
    )
    stack = Stack(settings)
    try:
        stack.prepare().start()
        tenant = ensure_demo(stack)
        caddy.start("control.localhost", settings.control_port, settings.node_port)
        names.put(SUBDOMAIN, "A", LOOPBACK)
        found = Provider(stack, caddy, names, tenant)
        [cluster] = found.call("saas.cluster", "search", [["key", "=", "local"]])
        pattern = {"public_url_pattern": f"https://{{host}}:{caddy.port}"}
        found.call("saas.cluster", "write", [cluster], pattern)
        yield found
    finally:
        caddy.stop()
        names.stop()
        stack.destroy()


@pytest.fixture
def proven(provider: Provider) -> Iterator[str]:
    """An own host name that works and is primary, gone afterwards."""
    name = "shop.acme.test"
    provider.live(name)
    until(lambda: provider.base_url().startswith(f"https://{name}"), SECONDS)
    yield name
    provider.remove(name)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium for which every name leads to this machine."""
    flags = [*FLAGS, "--host-resolver-rules=MAP * 127.0.0.1"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser window of a person who was never here."""
    context = browser.new_context(ignore_https_errors=True)
    context.set_default_timeout(SCREEN_MS)
    yield context.new_page()
    context.close()
