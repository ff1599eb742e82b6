"""Own host names over TLS through the front proxy of production."""

from __future__ import annotations

import json

import pytest
import websocket
from playwright.sync_api import Page, expect

from dev.control import admin_password
from tests.helpers.node import until

from .conftest import SECONDS, SUBDOMAIN, Provider


def mails(provider: Provider) -> list[str]:
    return [path.read_text() for path in provider.stack.settings.mails.glob("*.eml")]


def test_a_stranger_gets_no_certificate_and_a_tenant_does(provider: Provider):
    assert provider.caddy.names_of(SUBDOMAIN) == [SUBDOMAIN]
    assert provider.caddy.names_of("stranger.example") == []
    assert provider.caddy.names_of(f"www.{SUBDOMAIN}") == []
    assert provider.caddy.names_of("other.localhost") == []


def test_a_name_that_is_not_proven_gets_no_certificate(provider: Provider):
    provider.add("early.acme.test")
    assert provider.check("early.acme.test")["status"] == "not_visible_yet"
    assert provider.caddy.names_of("early.acme.test") == []
    provider.remove("early.acme.test")


def test_a_proven_name_is_served_with_a_certificate_of_its_own(provider: Provider, proven: str):
    assert provider.caddy.names_of(proven) == [proven]
    status, _headers, body = provider.caddy.get(proven)
    assert status == 200
    assert 'name="login"' in body
    assert provider.host(proven)["certificate"] in ("untrusted", "none")
    assert provider.check(proven)["certificate"] == "untrusted"


def test_visitors_of_the_former_primary_are_sent_on_and_programs_are_not(
    provider: Provider, proven: str
):
    status, headers, _body = provider.caddy.get(SUBDOMAIN, "/web/login?a=1")
    assert status == 308
    assert headers["location"] == f"https://{proven}:{provider.caddy.port}/web/login?a=1"
    assert headers["cache-control"] == "no-store"
    question = '{"jsonrpc": "2.0", "method": "call", "params": {}}'
    lines = [
        "POST /web/session/get_session_info HTTP/1.1",
        f"Host: {SUBDOMAIN}:{provider.caddy.port}",
        "Content-Type: application/json",
        f"Content-Length: {len(question)}",
        "Connection: close",
        "",
        question,
    ]
    status, _headers, body = provider.caddy.ask(SUBDOMAIN, lines)
    assert status == 200
    assert '"jsonrpc"' in body
    assert provider.caddy.get(SUBDOMAIN, "/web/static/img/favicon.ico")[0] == 200


def test_a_websocket_opens_under_an_own_host_name(provider: Provider, proven: str):
    secured = provider.caddy.connected(proven)
    origin = f"https://{proven}:{provider.caddy.port}"
    opened = websocket.create_connection(
        f"wss://{proven}:{provider.caddy.port}/websocket?version=19.0-1",
        socket=secured,
        origin=origin,
        timeout=20,
    )
    assert opened.getstatus() == 101
    opened.send(json.dumps({"event_name": "subscribe", "data": {"channels": [], "last": 0}}))
    opened.close()


def test_a_removed_name_falls_back_to_the_subdomain(provider: Provider):
    provider.live("gone.acme.test")
    until(lambda: provider.base_url().startswith("https://gone.acme.test"), SECONDS)
    provider.remove("gone.acme.test")
    until(lambda: provider.base_url().startswith(f"https://{SUBDOMAIN}"), SECONDS)
    until(lambda: provider.caddy.get(SUBDOMAIN)[0] == 200, SECONDS)
    assert provider.caddy.get("gone.acme.test")[0] == 404


def test_a_forged_address_inside_is_put_back(provider: Provider, proven: str):
    provider.forge_base_url("https://evil.example")
    provider.compare_addresses()
    until(lambda: provider.base_url() == f"https://{proven}:{provider.caddy.port}", SECONDS)
    notes = provider.call(
        "saas.audit.entry", "search_read", [["action", "=", "address_put_back"]], ["facts"]
    )
    assert notes[0]["facts"]["was"] == "https://evil.example"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X_Forwarded_Host": "evil.example"}, 200),
        ({"X_Forwarded_Host": "control.localhost"}, 200),
        ({"X_Forwarded_For": "127.0.0.1", "Forwarded": "host=evil.example"}, 200),
        ({"X_Odoo_Database": "control"}, 200),
    ],
)
def test_forged_headers_of_a_visitor_change_nothing(provider: Provider, headers, status):
    assert provider.caddy.get(SUBDOMAIN, **headers)[0] == status


@pytest.mark.parametrize(
    ("lines", "statuses"),
    [
        (["GET /web/login HTTP/1.1", "Host: nobody.example"], (404,)),
        (["GET /web/login HTTP/1.1", f"Host: www.{SUBDOMAIN}"], (404,)),
        (["GET /web/login HTTP/1.1", f"Host: {SUBDOMAIN}:1"], (200,)),
        (["GET /web/login HTTP/1.1", f"Host: {SUBDOMAIN}", "Host: nobody.example"], (400,)),
        (["GET https://nobody.example/web/login HTTP/1.1", f"Host: {SUBDOMAIN}"], (404,)),
        ([f"GET https://{SUBDOMAIN}/web/login HTTP/1.1", "Host: nobody.example"], (200,)),
        (["GET /web/login HTTP/1.1", f"Host: {SUBDOMAIN}."], (400, 404)),
        (["GET /web/login HTTP/1.1", "Host: "], (400, 404)),
    ],
)
def test_odd_host_headers_reach_their_own_tenant_or_nobody(provider: Provider, lines, statuses):
    status, _headers, body = provider.caddy.ask(SUBDOMAIN, lines)
    assert status in statuses, body[:200]


def test_what_the_proxy_asks_is_told_to_nobody_else(provider: Provider):
    control = "control.localhost"
    assert provider.caddy.names_of(control) == [control]
    assert provider.caddy.get(control, f"/saas/tls/ask?domain={SUBDOMAIN}")[0] == 404
    assert provider.caddy.get(control, "/web/login")[0] == 200


def test_an_operator_adds_a_name_the_customer_sets_records_and_it_opens_in_a_browser(
    provider: Provider, page: Page
):
    name = "www.acme.test"
    url = provider.stack.settings.control_url
    page.goto(f"{url}/web/login")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", admin_password(provider.stack))
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar")
    page.goto(f"{url}/odoo/saas-tenants")
    page.click(".o_data_row:has-text('Acme Retail') td[name=name]")
    page.click(".nav-link[name=hosts]")
    page.click("button[name=action_add_host]")
    page.fill(".modal div[name=host] input", f"https://{name}/")
    page.click(".modal button[name=action_add]")
    expect(page.get_by_text("Enter the host name alone")).to_be_visible()
    page.get_by_role("button", name="Close").last.click()
    page.fill(".modal div[name=host] input", name)
    page.click(".modal button[name=action_add]")
    expect(page.locator("div[name=proof_name]")).to_contain_text(f"_saas-verify.{name}")
    expect(page.locator("div[name=record_value]")).to_contain_text(SUBDOMAIN)
    provider.set_records(name)
    page.click("button[name=action_check]")
    until(lambda: provider.host(name)["state"] == "live", SECONDS)
    page.goto(f"https://{SUBDOMAIN}:{provider.caddy.port}/web/login")
    page.wait_for_selector("input[name=login]")
    assert page.url.startswith(f"https://{name}:{provider.caddy.port}/")
    page.fill("input[name=login]", provider.tenant.login)
    page.fill("input[name=password]", provider.tenant.password)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar", timeout=SECONDS * 1000)
    assert page.url.startswith(f"https://{name}:{provider.caddy.port}/")
    until(lambda: any(f"{name} now works" in mail for mail in mails(provider)), SECONDS)
    provider.remove(name)
