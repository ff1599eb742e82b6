"""Who guesses passwords waits; nobody else does."""

from __future__ import annotations

import time
import xmlrpc.client

import pytest

from saas_business_management.kernel.gateway.bucket import SOURCE
from tests.gateway.calls import Elsewhere, json_2, json_rpc
from tests.gateway.conftest import Door
from tests.helpers.node import until

ATTACKER, NEIGHBOUR, OTHER = "127.0.7.1", "127.0.7.200", "127.0.8.1"
LONG_WAIT = 5  # seconds: enough to see that a neighbour waits as well


@pytest.fixture(params=["form", "json", "jsonrpc", "execute", "xmlrpc", "json2"])
def way(request, fleet):
    """One way to try a password, against a tenant of its own."""
    tenant = fleet.make_tenant(f"guess-{request.param}.localhost")
    yield request.param, tenant
    fleet.routes.put(tenant.name, state="gone", host=None)


def attempt(way: str, door, tenant, password: str):
    """Try once; the whole answer."""
    login = [tenant.name, "admin", password]
    if way == "form":
        return form_login(door, tenant, password)
    if way == "json":
        params = {"db": tenant.name, "login": "admin", "password": password}
        body = {"jsonrpc": "2.0", "id": 1, "params": params}
        return door.request("POST", "/web/session/authenticate", tenant.host, json=body)
    if way == "json2":
        return json_2(door, tenant.host, password, "res.partner/search_count", domain=[])
    if way == "xmlrpc":
        body = xmlrpc.client.dumps((*login, {}), "authenticate")
        headers = {"Content-Type": "text/xml"}
        return door.request("POST", "/xmlrpc/2/common", tenant.host, data=body, headers=headers)
    service, method, args = "common", "login", login
    if way == "execute":
        service, method = "object", "execute_kw"
        args = [tenant.name, 2, password, "res.partner", "search_count", [[]]]
    params = {"service": service, "method": method, "args": args}
    body = {"jsonrpc": "2.0", "method": "call", "id": 11, "params": params}
    return door.request("POST", "/jsonrpc", tenant.host, json=body)


def form_login(door, tenant, password: str):
    """Fill in the form as a browser does."""
    page = door.request("GET", "/web/login", tenant.host)
    token = page.text.split('csrf_token: "')[1].split('"')[0]
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    data = {"login": "admin", "password": password, "csrf_token": token}
    return door.request("POST", "/web/login", tenant.host, data=data, headers={"Cookie": cookie})


def is_throttled(answer) -> bool:
    """Whether this is the answer to too many tries, in whatever dialect."""
    if "Retry-After" not in answer.headers or int(answer.headers["Retry-After"]) < 1:
        return False
    return answer.status_code == 429 or "Several logins from your network" in answer.text


def wait_of(answer) -> int:
    """How many seconds this answer asks its source to wait."""
    return int(answer.headers["Retry-After"]) if is_throttled(answer) else 0


def throttled_sources(fleet, tenant) -> set[str]:
    """Return the addresses whose throttled logins the node told of."""
    return {row[0] for row in fleet.routes.events("login_throttled", tenant.name)}


def throttled_for_long(answer):
    """Return the answer to a try that has to wait long enough for some more; else None."""
    return answer if wait_of(answer) >= LONG_WAIT else None


def test_after_some_wrong_tries_a_source_waits_and_no_other_does(fleet, door, way):
    name, tenant = way
    until(lambda: door.get("/web/login", tenant.host).status_code == 200)
    attacker = Elsewhere(door, ATTACKER)
    began, let_in = time.monotonic(), 0
    while wait_of(answer := attempt(name, attacker, tenant, f"wrong{let_in}")) < LONG_WAIT:
        let_in += not is_throttled(answer)
        assert time.monotonic() - began < 90, f"{let_in} tries were let in"
    refilled = (time.monotonic() - began) / SOURCE.seconds
    assert SOURCE.burst <= let_in <= SOURCE.burst + refilled + 1, "all workers count together"
    right = "admin"
    assert is_throttled(attempt(name, Elsewhere(door, NEIGHBOUR), tenant, right)), "the same /24"
    other = attempt(name, Elsewhere(door, OTHER), tenant, right)
    assert not is_throttled(other)
    assert attacker.request("GET", "/web/login", tenant.host).status_code == 200
    until(lambda: ATTACKER in throttled_sources(fleet, tenant))


def test_the_dialects_of_a_throttled_login(fleet, threaded):
    door = Door("threaded", threaded, threaded.port)
    tenant = fleet.make_tenant("dialects.localhost")
    until(lambda: door.get("/web/login", tenant.host).status_code == 200)
    attacker = Elsewhere(door, ATTACKER)
    last = until(lambda: throttled_for_long(attempt("json2", attacker, tenant, "wrong")), 60)
    assert (last.status_code, last.json()["code"]) == (429, "throttled")
    page = form_login(attacker, tenant, "admin")
    assert page.status_code == 429
    assert "Too many tries to log in" in page.text
    call = json_rpc(attacker, tenant.host, "common", "login", [tenant.name, "admin", "admin"])
    assert call["error"]["code"] == 429
    with pytest.raises(xmlrpc.client.Fault) as fault:
        xmlrpc.client.loads(attempt("xmlrpc", attacker, tenant, "admin").content)
    assert fault.value.faultCode == 429
    fleet.routes.put(tenant.name, state="gone", host=None)


def test_good_logins_are_never_counted(door, fleet):
    tenant = fleet.make_tenant(f"good-{door.mode}.localhost")
    until(lambda: door.get("/web/login", tenant.host).status_code == 200)
    worker = Elsewhere(door, ATTACKER)
    for _ in range(30):
        assert not is_throttled(attempt("jsonrpc", worker, tenant, "admin"))
    fleet.routes.put(tenant.name, state="gone", host=None)
