"""A tenant over its limits: programs wait, people work on, Odoo is not asked."""

from __future__ import annotations

import json
import math
import time
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.gateway.calls import json_2, json_rpc, xml_rpc
from tests.helpers.node import new_name, until

CALL = "res.partner/search_count"
RATE = 60
BLOCKED = {"api": {"policy": "block"}}


@pytest.fixture
def tight(fleet, door):
    """A tenant of its own whose limits can be set; back when every process has read them."""
    tenant = fleet.make_tenant(f"tight-{door.mode}.localhost", tenant_name="Tight")

    def limit(**limits):
        fleet.routes.put(tenant.name, limits=json.dumps(limits))
        mark = new_name()
        brand = {"over": {"level": "danger", "texts": {"en": mark}}}
        fleet.routes.put(tenant.name, limits=json.dumps({"banner": brand["over"], **limits}))
        if not limits.get("traffic", {}).get("people"):
            until(lambda: all(mark in door.get("/web/login", tenant.host).text for _ in range(6)))

    yield tenant, limit
    fleet.routes.put(tenant.name, state="gone", host=None)


def code(answer) -> str:
    return answer.json().get("code", "") if answer.status_code == 429 else ""


def test_each_dialect_is_told_in_its_own_words_and_people_work_on(fleet, door, tight):
    tenant, limit = tight
    limit(api={"policy": "block", "until": time.time() + 100, "limit": 1000})
    answer = json_2(door, tenant.host, "no key", CALL, domain=[])
    assert (answer.status_code, code(answer)) == (429, "over_limit_api")
    assert 60 < int(answer.headers["Retry-After"]) <= 100
    assert "used up (1,000 calls)" in answer.json()["message"]
    call = json_rpc(door, tenant.host, "common", "version", [])
    assert (call["id"], call["error"]["code"]) == (11, 429)
    with pytest.raises(xmlrpc.client.Fault) as fault:
        xml_rpc(door, tenant.host, "common", "version")
    assert fault.value.faultCode == 429
    visitor = door.visitor(tenant).log_in()
    assert visitor.call("res.partner", "search_count", [])
    assert visitor.get("/odoo").status_code == 200


def test_a_limit_that_ended_or_is_not_understood_holds_nobody_back(door, tight):
    tenant, limit = tight
    for api in ({"policy": "block", "until": time.time() - 1}, {"policy": "shut"}, "block"):
        limit(api=api)
        assert "result" in json_rpc(door, tenant.host, "common", "version", [])


def test_neither_registry_nor_database_is_touched(fleet, door):
    name, host = new_name(), f"nothing-{door.mode}.localhost"
    fleet.routes.put(name, host=host, limits=json.dumps(BLOCKED))
    until(lambda: json_2(door, host, "k", CALL).status_code == 429)
    assert door.get("/web/login", host).status_code == 503, "there is no such database"
    fleet.routes.put(name, state="gone", host=None)


def test_who_waits_as_long_as_he_was_told_gets_in_and_all_processes_count_together(door, tight):
    tenant, limit = tight
    limit(api={"policy": "throttle", "rate": RATE})
    began, let_in = time.monotonic(), 0

    def call(_number) -> tuple[bool, str]:
        answer = door.request("POST", "/xmlrpc/2/common", tenant.host, data=VERSION, headers=XML)
        return b"faultCode" not in answer.content, answer.headers.get("Retry-After", "")

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(call, range(60)))
    let_in = sum(ok for ok, _wait in found)
    took = time.monotonic() - began
    burst = RATE // 10
    # Two processes may take the same token in the same microsecond, no more.
    assert burst <= let_in <= burst + math.ceil(took * RATE / 60) + 2
    waits = {wait for ok, wait in found if not ok}
    assert waits == {"1"}
    for _ in range(3):
        while (found := call(0))[0]:
            pass
        time.sleep(int(found[1]))
        assert call(0)[0], "exactly as long as it was told"


VERSION = xmlrpc.client.dumps((), "version")
XML = {"Content-Type": "text/xml"}


def test_traffic_over_the_limit_closes_pages_only_when_it_says_so(fleet, door, tight):
    tenant, limit = tight
    since = 1_772_496_000  # 3 March 2026
    limit(traffic={"policy": "block", "since": since, "limit": 5 * 10**9})
    assert json_2(door, tenant.host, "k", CALL).json()["code"] == "over_limit_traffic"
    assert door.get("/web/login", tenant.host).status_code == 200
    limit(traffic={"policy": "block", "since": since, "limit": 5 * 10**9, "people": True})
    pages = (door.get("/web/login", tenant.host) for _ in range(6))
    until(lambda: all(page.status_code == 429 for page in pages))
    page = door.get("/odoo", tenant.host)
    assert (page.status_code, page.headers["Retry-After"]) == (429, "3600")
    for words in (
        "Tight has reached its limit of traffic",
        "used up since 3 March 2026 (5 GB)",
        "bigger plan",
    ):
        assert words in page.text
    assert page.headers["Content-Length"] == str(len(page.content))
    assert door.get("/web/static/img/favicon.ico", tenant.host).status_code == 200
    body = {"jsonrpc": "2.0", "id": 3, "params": {}}
    call = door.request("POST", "/web/session/get_session_info", tenant.host, json=body)
    assert (call.status_code, call.json()["error"]["code"]) == (200, 429)


def test_refused_calls_are_requests_and_no_api_calls(fleet, door, tight):
    tenant, limit = tight
    limit(**BLOCKED)
    before = fleet.routes.used(tenant.name)["requests"]
    for _ in range(20):
        assert json_2(door, tenant.host, "k", CALL).status_code == 429
    until(lambda: fleet.routes.used(tenant.name)["requests"] >= before + 20)
    assert fleet.routes.used(tenant.name)["api_calls"] == 0


def test_a_lifted_limit_is_lifted_at_once(fleet, door, tight):
    tenant, limit = tight
    limit(**BLOCKED)
    began = time.monotonic()
    fleet.routes.put(tenant.name, limits=None)
    until(lambda: "result" in json_rpc(door, tenant.host, "common", "version", []))
    assert time.monotonic() - began < 10, "not with the next full reading"
