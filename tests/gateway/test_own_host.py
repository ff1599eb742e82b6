"""What a visitor of a tenant's host does, in each kind of server."""

from __future__ import annotations

import json
import re

import requests

from tests.gateway.calls import json_2, json_rpc, xml_rpc


def test_a_login_page_is_served_and_a_login_works(door, acme):
    visitor = door.visitor(acme)
    page = visitor.get("/web/login")
    assert page.status_code == 200
    assert 'name="password"' in page.text
    form = {"login": acme.login, "password": acme.password, "csrf_token": visitor.csrf_token()}
    answer = visitor.post("/web/login", data=form, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/odoo")
    assert visitor.is_logged_in()


def test_static_files_are_served(door, acme):
    answer = door.get("/web/static/img/favicon.ico", acme.host)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("image/")


def test_three_megabytes_go_up_and_come_down_again(door, acme):
    visitor = door.visitor(acme).log_in()
    content = bytes(range(256)) * 12_000
    form = {"callback": "done", "model": "res.partner", "id": "1"}
    form["csrf_token"] = visitor.csrf_token()
    sent = visitor.post("/web/binary/upload_attachment", data=form, files={"ufile": ("a", content)})
    attachment = json.loads(re.search(r"\[\{.*\}\]", sent.text)[0])[0]["id"]
    assert visitor.get(f"/web/content/{attachment}").content == content


def test_the_programming_interfaces_work_for_the_own_database(door, acme):
    key = door.visitor(acme).log_in().api_key()
    found = json_2(door, acme.host, key, "res.partner/search_count", domain=[])
    assert found.status_code == 200
    assert found.json() > 0
    args = [acme.name, acme.user_id, key, "res.partner", "search_count", [[]]]
    assert json_rpc(door, acme.host, "object", "execute_kw", args)["result"] == found.json()
    assert xml_rpc(door, acme.host, "object", "execute_kw", *args) == found.json()
    login = [acme.name, acme.login, acme.password]
    assert json_rpc(door, acme.host, "common", "login", login)["result"] == acme.user_id
    assert xml_rpc(door, acme.host, "common", "authenticate", *login, {}) == acme.user_id
    assert xml_rpc(door, acme.host, "common", "version")["server_serie"] == "19.0"


def test_the_health_of_odoo_and_of_the_bus_is_good(door, acme):
    answer = door.get("/web/health?db_server_status=1", acme.host)
    assert answer.json() == {"status": "pass", "db_server_status": True}


def test_the_node_tells_its_health_on_any_host(door):
    found = door.get("/saas/health", "nobody.example").json()
    assert found["ok"] is True
    assert found["node"] == "local"
    assert found["routes"] >= 2
    assert 0 <= found["map_age_seconds"] < 90


def test_a_stranger_behind_a_proxy_learns_only_that_it_is_well(door):
    headers = {"X-Forwarded-For": "203.0.113.7"}
    assert door.get("/saas/health", "nobody.example", headers=headers).json() == {"ok": True}


def test_a_program_may_keep_its_connection(door, acme):
    with requests.Session() as session:
        session.headers["Host"] = acme.host
        codes = [
            session.get(f"http://127.0.0.1:{door.port}/web/login", timeout=30).status_code
            for _ in range(3)
        ]
    assert codes == [200, 200, 200]
