"""Nobody reaches another database than his host's, whatever he sends."""

from __future__ import annotations

import socket
import xmlrpc.client

import pytest

from tests.gateway.calls import json_2, json_rpc, xml_rpc

DB_SERVICE = [
    ("list", []),
    ("db_exist", ["t_x"]),
    ("list_lang", []),
    ("drop", ["admin", "t_x"]),
    ("dump", ["admin", "t_x", "zip"]),
    ("create_database", ["admin", "x", False, "en_US"]),
    ("duplicate_database", ["admin", "t_x", "x"]),
    ("change_admin_password", ["admin", "x"]),
]


def raw(door, request: str) -> str:
    """Send bytes as no client library would and return the whole answer."""
    with socket.create_connection(("127.0.0.1", door.port), 10) as link:
        link.sendall(request.replace("\n", "\r\n").encode())
        answer = b""
        while piece := link.recv(65536):
            answer += piece
        return answer.decode(errors="replace")


@pytest.fixture(scope="module", autouse=True)
def names(fleet, acme, beta):
    """Mark both databases so that a page tells where it comes from."""
    for tenant, name in ((acme, "Marker of Acme"), (beta, "Marker of Beta")):
        fleet.sql(tenant, f"UPDATE res_company SET name = '{name}'")
        fleet.sql(tenant, f"UPDATE res_partner SET name = '{name}' WHERE id = 1")
        fleet.sql(
            tenant,
            "INSERT INTO ir_config_parameter (key, value) VALUES ('web.web_app_name', "
            f"'{name}') ON CONFLICT (key) DO UPDATE SET value = excluded.value;"
            "INSERT INTO orm_signaling_stable DEFAULT VALUES",
        )


def test_a_database_in_the_address_has_no_effect(door, acme, beta):
    visitor = door.visitor(acme).log_in()
    visitor.get(f"/web?db={beta.name}")
    visitor.get(f"/web/login?db={beta.name}")
    assert visitor.call("res.company", "read", [1], ["name"])[0]["name"] == "Marker of Acme"
    stranger = door.visitor(acme)
    stranger.get(f"/web/login?db={beta.name}")
    assert stranger.log_in().call("res.company", "read", [1], ["name"])[0]["name"] == (
        "Marker of Acme"
    )


def test_a_login_names_the_own_database_or_fails(door, acme, beta):
    params = {"login": beta.login, "password": beta.password}
    answer = door.visitor(acme).rpc("/web/session/authenticate", db=beta.name, **params)
    assert answer["error"]["data"]["name"] == "odoo.exceptions.AccessError"


def test_a_session_of_another_tenant_is_nobody_and_stays_alive(door, acme, beta):
    alice = door.visitor(acme).log_in()
    stolen = {"session_id": alice.session.cookies["session_id"]}
    page = door.get("/odoo", beta.host, cookies=stolen)
    assert page.status_code == 303
    assert "/web/login" in page.headers["Location"]
    assert page.cookies["session_id"] != stolen["session_id"]
    body = {"jsonrpc": "2.0", "params": {"db": beta.name, "login": "admin", "password": "admin"}}
    login = door.request("POST", "/web/session/authenticate", beta.host, json=body, cookies=stolen)
    assert login.json()["result"]["uid"] == beta.user_id
    assert login.cookies["session_id"] != stolen["session_id"]
    assert alice.is_logged_in()


def test_the_header_that_chooses_a_database_has_no_effect(door, acme, beta):
    key = door.visitor(acme).log_in().api_key()
    headers = {"X-Odoo-Database": beta.name}
    found = json_2(
        door, acme.host, key, "res.partner/read", headers=headers, ids=[1], fields=["name"]
    )
    assert found.json()[0]["name"] == "Marker of Acme"
    foreign = door.visitor(beta).log_in().api_key()
    answer = json_2(door, acme.host, foreign, "res.partner/read", headers=headers, ids=[1])
    assert answer.status_code == 401


@pytest.mark.parametrize("service", ["object", "common"])
def test_rpc_cannot_name_another_database(door, acme, beta, service):
    key = door.visitor(beta).log_in().api_key()
    calls = {
        "object": ("execute_kw", [beta.name, beta.user_id, key, "res.partner", "read", [[1]]]),
        "common": ("login", [beta.name, beta.login, beta.password]),
    }
    method, args = calls[service]
    answer = json_rpc(door, acme.host, service, method, args)
    assert answer["error"]["data"]["name"] == "odoo.exceptions.AccessDenied"
    with pytest.raises(xmlrpc.client.Fault) as fault:
        xml_rpc(door, acme.host, service, method, *args)
    assert fault.value.faultCode == 3
    allowed = json_rpc(door, beta.host, service, method, args)
    assert "result" in allowed


@pytest.mark.parametrize("names", [[], [None], [["t_x"]], [{"db": 1}], [7], ["postgres"]])
def test_rpc_with_a_strange_name_is_denied(door, acme, names):
    args = [*names, 2, "x", "res.partner", "read", [[1]]] if names else []
    answer = json_rpc(door, acme.host, "object", "execute_kw", args)
    assert answer["error"]["data"]["name"] == "odoo.exceptions.AccessDenied"


def test_authentication_by_keyword_is_denied_too(door, acme, beta):
    args = [beta.name, beta.login, beta.password, {"base_location": "http://x"}]
    answer = json_rpc(door, acme.host, "common", "authenticate", args)
    assert answer["error"]["data"]["name"] == "odoo.exceptions.AccessDenied"


@pytest.mark.parametrize(("method", "args"), DB_SERVICE, ids=[name for name, _args in DB_SERVICE])
def test_the_database_service_tells_and_does_nothing(door, acme, method, args):
    answer = json_rpc(door, acme.host, "db", method, args)
    assert answer["error"]["data"]["name"] == "odoo.exceptions.AccessDenied"
    with pytest.raises(xmlrpc.client.Fault) as fault:
        xml_rpc(door, acme.host, "db", method, *args)
    assert fault.value.faultCode == 3


def test_the_version_is_told(door, acme):
    assert json_rpc(door, acme.host, "db", "server_version", [])["result"].startswith("19.0")


@pytest.mark.parametrize("page", ["manager", "selector", "list", "create", "backup", "drop", ""])
def test_the_database_manager_does_not_exist(door, acme, page):
    for method in ("GET", "POST"):
        answer = door.request(method, f"/web/database/{page}", acme.host)
        assert answer.status_code == 404
        assert acme.name not in answer.text
    language = door.get(f"/en/web/database/{page}", acme.host)
    assert language.status_code == 404


UNKNOWN = ["nobody.localhost", "www.acme.localhost", "acme.evil.example", "localhost", "127.0.0.1"]


@pytest.mark.parametrize("host", UNKNOWN)
def test_an_unknown_host_gets_its_own_page(door, host):
    answer = door.get("/web/login", host)
    assert answer.status_code == 404
    assert "There is no database at this address" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_host_is_known_in_any_letters_and_with_a_port(door, acme):
    for host in ("ACME.localhost", "acme.localhost:8070", "Acme.LocalHost:1"):
        assert door.get("/web/login", host).status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "Forwarded", "X-Host", "X-Original-Host"])
def test_forged_forwarding_headers_have_no_effect(door, acme, beta, header):
    value = f"host={beta.host}" if header == "Forwarded" else beta.host
    visitor = door.visitor(acme)
    visitor.session.headers[header] = value
    visitor.log_in()
    assert visitor.call("res.company", "read", [1], ["name"])[0]["name"] == "Marker of Acme"
    answer = door.get("/web/login", "nobody.localhost", headers={header: acme.host})
    assert answer.status_code == 404


def test_two_hosts_in_one_request_are_refused(door, acme, beta):
    head = "GET /web/login HTTP/1.1\nHost: {}\nHost: {}\nConnection: close\n\n"
    for first, second in ((acme, beta), (beta, acme), (acme, acme)):
        answer = raw(door, head.format(first.host, second.host))
        assert answer.startswith(("HTTP/1.1 400", "HTTP/1.0 400")), answer[:200]


def test_a_request_without_a_host_is_refused(door):
    answer = raw(door, "GET /web/login HTTP/1.0\n\n")
    assert " 400 " in answer.split("\r\n")[0], answer[:200]


@pytest.mark.parametrize("line", ["beta.localhost", "nobody.localhost", "acme.localhost"])
def test_the_host_in_the_request_line_leads_to_itself_or_nowhere(door, acme, beta, line):
    head = "GET http://{}/web/manifest.webmanifest HTTP/1.1\nHost: {}\nConnection: close\n\n"
    answer = raw(door, head.format(line, acme.host if line == beta.host else beta.host))
    shown = {name for name in ("acme", "beta") if f"Marker of {name.title()}" in answer}
    assert shown <= {line.partition(".")[0]}
    assert shown or " 404 " in answer.split("\r\n")[0]


def test_no_route_of_ours_is_served_on_a_tenant(door, acme):
    for path in ("/saas/welcome/x", "/saas", "/saas/health/x"):
        assert door.get(path, acme.host).status_code == 404
