"""What a visitor gets from a tenant that does not serve, in every dialect."""

from __future__ import annotations

import time
import xmlrpc.client

import pytest

from tests.gateway.calls import json_rpc, xml_rpc
from tests.helpers.node import until

STATES = [
    # state, reason, status, Retry-After, words
    ("suspended", "payment", 402, None, "an invoice is unpaid"),
    ("suspended", "quota", 503, "3600", "more than its plan includes"),
    ("suspended", "trial_end", 503, "3600", "its trial is over"),
    ("suspended", "manual", 503, "3600", "closed for the moment"),
    ("provisioning", None, 503, "5", "is being prepared"),
    ("migrating", None, 503, "30", "moved or brought up to date"),
    ("archived", None, 503, None, "out of service"),
    ("deleting", None, 503, None, "going to be deleted"),
]


CODES = {"provisioning": "preparing", "migrating": "migrating"}
CODES |= {state: state for state in ("archived", "deleting")}


@pytest.fixture(scope="module")
def closed(fleet):
    """A tenant of whom only the row matters: no database stands behind the name."""
    name = "t_aaaaaaaaaaaaaaaaaaaaaaaaaa"
    fleet.routes.put(name, host="closed.localhost", tenant_name="Closed & <Co>", state="archived")
    yield name
    fleet.routes.put(name, host=None, state="gone")


def set_state(fleet, door, database: str, host: str, codes: set[str], **values) -> None:
    """Write a row and wait until every process behind the door answers by it."""
    fleet.routes.put(database, **values)
    until(lambda: all(code_of(door, host) in codes for _ in range(8)), 20)


def code_of(door, host: str) -> str:
    """The code in the error of a call; empty when it was let through."""
    body = {"jsonrpc": "2.0", "id": 1, "params": {}}
    answer = door.request("POST", "/web/session/get_session_info", host, json=body).json()
    return answer.get("error", {}).get("data", {}).get("code", "")


@pytest.fixture(params=STATES, ids=lambda row: f"{row[0]}-{row[1]}")
def row(request, fleet, closed, door):
    """Each closed state, already seen by every process behind the door."""
    state, reason, *expected = request.param
    code = f"closed_{reason}" if reason and reason != "manual" else CODES.get(state, "closed")
    set_state(fleet, door, closed, "closed.localhost", {code}, state=state, reason=reason)
    return expected


def test_a_person_reads_a_page(door, row):
    status, retry, words = row
    page = door.get("/odoo/contacts", "closed.localhost")
    assert page.status_code == status
    assert page.headers.get("Retry-After") == retry
    assert words in page.text
    assert len(page.content) < 15_000
    assert "prefers-color-scheme:dark" in page.text
    assert "<script" not in page.text
    assert "<Co>" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers
    assert "t_aaaa" not in page.text


def test_programs_get_an_error_in_their_dialect(door, row):
    status, retry, words = row
    call = door.request(
        "POST",
        "/web/dataset/call_kw/res.partner/read",
        "closed.localhost",
        json={"jsonrpc": "2.0", "id": 5, "params": {}},
    )
    assert call.status_code == 200
    assert call.headers.get("Retry-After") == retry
    assert (call.json()["id"], call.json()["error"]["code"]) == (5, status)
    assert words in call.json()["error"]["data"]["message"]
    answer = json_rpc(door, "closed.localhost", "common", "version", [])
    assert (answer["id"], answer["error"]["code"]) == (11, status)
    real = door.request("POST", "/json/2/res.partner/read", "closed.localhost", json={"ids": [1]})
    assert real.status_code == status
    assert real.headers.get("Retry-After") == retry
    assert words in real.json()["message"]
    with pytest.raises(xmlrpc.client.Fault, match=words) as fault:
        xml_rpc(door, "closed.localhost", "common", "version")
    assert fault.value.faultCode == status


def test_files_and_websockets_get_plain_text(door, row):
    for path in ("/web/static/img/favicon.ico", "/websocket"):
        answer = door.get(path, "closed.localhost")
        assert answer.status_code == row[0]
        assert answer.headers["Content-Type"].startswith("text/plain")


def test_a_page_that_will_open_looks_again_by_itself(fleet, closed, door):
    for state, refreshes in (("provisioning", True), ("migrating", True), ("archived", False)):
        codes = {CODES[state]}
        set_state(fleet, door, closed, "closed.localhost", codes, state=state, reason=None)
        page = door.get("/", "closed.localhost").text
        assert ('http-equiv="refresh"' in page) is refreshes, state
        assert ("Almost ready" in page) is (state == "provisioning")


@pytest.fixture
def archived(fleet, closed, door):
    """The tenant is archived, which every process knows."""
    set_state(fleet, door, closed, "closed.localhost", {"archived"}, state="archived", reason=None)


def test_a_head_request_gets_the_head_alone(archived, door):
    answer = door.request("HEAD", "/", "closed.localhost")
    assert (answer.status_code, answer.text) == (503, "")


def test_a_body_of_three_hundred_kilobytes_still_gets_its_answer(archived, door):
    answer = door.request("POST", "/web/login", "closed.localhost", data=b"x" * 300_000)
    assert answer.status_code == 503


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"null", b'{"id": {}}', b"\xff" * 100])
def test_nonsense_in_a_call_gets_an_answer_without_an_id(archived, door, body):
    headers = {"Content-Type": "application/json"}
    answer = door.request("POST", "/jsonrpc", "closed.localhost", data=body, headers=headers)
    assert (answer.status_code, answer.json()["id"]) == (200, None)


def test_suspending_and_opening_is_seen_at_once(fleet, door, acme):
    def status():
        return [door.get("/web/static/img/favicon.ico", acme.host).status_code for _ in range(4)]

    until(lambda: set(status()) == {200})
    for state, code in (("suspended", 503), ("active", 200)):
        began = time.monotonic()
        fleet.routes.put(acme.name, state=state)
        until(lambda code=code: set(status()) == {code})
        assert time.monotonic() - began < 20, "the table is read again every minute alone"


def test_a_session_survives_a_suspension(fleet, door, acme):
    alice = door.visitor(acme).log_in()
    pay = {"state": "suspended", "reason": "payment"}
    set_state(fleet, door, acme.name, acme.host, {"closed_payment"}, **pay)
    assert alice.get("/odoo").status_code == 402
    set_state(fleet, door, acme.name, acme.host, {""}, state="active", reason=None)
    assert alice.is_logged_in()


def _difference_seconds(door, hosts: tuple[str, ...]) -> float:
    """By how much the quick answers for hosts differ."""
    took: dict[str, list[float]] = {host: [] for host in hosts}
    for _ in range(60):
        for host in hosts:
            began = time.perf_counter()
            page = door.get("/web/login", host)
            took[host].append(time.perf_counter() - began)
            assert page.status_code in (404, 503)
    quick = [sorted(times)[10] for times in took.values()]
    return max(quick) - min(quick)


def test_an_unknown_and_a_closed_host_take_the_same_time_and_tell_nothing(fleet, archived, door):
    hosts = ("closed.localhost", "nobody.localhost", "x" * 16 + ".localhost")
    # What else the machine does adds to some; what a host costs is in the quickest ones, too.
    until(lambda: _difference_seconds(door, hosts) < 0.002, 60)
    for host in hosts:
        text = door.get("/web/login", host).text
        for leak in (
            "t_aaaa",
            "Traceback",
            "psycopg",
            "/odoo/",
            "saas_route",
            "acme",
            "PostgreSQL",
        ):
            assert leak not in text
    first, second = (door.get("/", hosts[0]).text for _ in range(2))
    assert first != second, "each answer has a reference of its own"
