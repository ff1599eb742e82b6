"""Behind a front proxy that is trusted, and only then, its headers count."""

from __future__ import annotations

import pytest

from tests.helpers.node import NodeProcess


@pytest.fixture(scope="module")
def behind(fleet, acme, beta):
    """A node that trusts a proxy on this machine."""
    node = NodeProcess(
        fleet, "behind", max_cron_threads=0, proxy_mode=True, saas_trusted_proxies="127.0.0.1"
    ).start()
    yield node
    node.stop()


@pytest.fixture(scope="module")
def distant(fleet, acme, beta):
    """A node whose proxy is elsewhere."""
    node = NodeProcess(
        fleet, "distant", max_cron_threads=0, proxy_mode=True, saas_trusted_proxies="10.0.0.0/8"
    ).start()
    yield node
    node.stop()


def sent(host: str) -> dict:
    """Headers as a front proxy adds them."""
    return {"X-Forwarded-Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}


def test_a_trusted_proxy_names_the_host_and_the_scheme(behind, acme):
    answer = behind.get("/odoo", "internal.example", headers=sent(acme.host))
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/web/login")
    page = behind.get("/web/login", "internal.example", headers=sent(acme.host))
    assert page.status_code == 200
    assert behind.get("/web/login", acme.host, headers=sent("nobody.example")).status_code == 404


def test_only_the_nearest_proxy_is_believed(behind, acme, beta):
    headers = sent(f"{beta.host}, {acme.host}")
    body = {"jsonrpc": "2.0", "params": {"db": acme.name, "login": "admin", "password": "admin"}}
    answer = behind.request(
        "POST", "/web/session/authenticate", "internal.example", json=body, headers=headers
    )
    assert answer.json()["result"]["db"] == acme.name


def test_a_client_of_a_trusted_proxy_chooses_no_database(behind, acme, beta):
    headers = {**sent(acme.host), "X-Odoo-Database": beta.name}
    assert behind.get("/web/login", "internal.example", headers=headers).status_code == 200


def test_the_visitors_address_is_what_the_proxy_saw(behind, acme):
    behind.get("/web/login?seen", "internal.example", headers=sent(acme.host))
    assert any("192.0.2.1" in line and "?seen" in line for line in behind.log.splitlines())


def test_an_untrusted_sender_is_believed_nothing(distant, acme):
    assert distant.get("/web/login", "nobody.example", headers=sent(acme.host)).status_code == 404
    assert distant.get("/web/login", acme.host, headers=sent("nobody.example")).status_code == 200
    distant.get("/web/login?seen", acme.host, headers=sent(acme.host))
    assert not any("192.0.2.1" in line for line in distant.log.splitlines())


def test_health_is_told_to_the_proxy_and_not_to_its_clients(behind):
    own = behind.get("/saas/health", "any.example").json()
    client = behind.get("/saas/health", "any.example", headers=sent("any.example")).json()
    assert own["node"] == "local"
    assert client == {"ok": True}
