"""What a scripted client sent and got equals the meters to the last byte; a killed node loses
little.
"""

from __future__ import annotations

import json
import os
import threading
import time
import xmlrpc.client
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import requests

from saas_business_management.gateway.counters import TELL_SECONDS
from tests.helpers.node import NodeProcess, until

REQUESTS = 100_000 if os.environ.get("SAAS_PROOF") == "1" else 10_000
CLIENTS = 4
SCRIPT = 20
PATIENCE_SECONDS = TELL_SECONDS + 60
# A hundred thousand take twenty minutes on two busy cores.
LONGEST_SECONDS = 1800 if REQUESTS == 10_000 else 5400
VERSION = xmlrpc.client.dumps((), "version").encode()
XML, JSON = {"Content-Type": "text/xml"}, {"Content-Type": "application/json"}
CALL = json.dumps(
    {"jsonrpc": "2.0", "params": {"service": "common", "method": "version", "args": []}}
).encode()


class Client:
    """Follows a script on one connection and notes what it sent and got."""

    def __init__(self, node: NodeProcess, host: str, key: str) -> None:
        self._url, self._host, self._key = f"http://127.0.0.1:{node.port}", host, key
        self._session = requests.Session()
        self.noted: Counter = Counter()

    def play(self, number: int) -> None:
        """Make one of the requests of the script; bodies differ in size."""
        size = number % 1013
        key = {"Authorization": f"Bearer {self._key}", **JSON}
        named = json.dumps({"domain": [["name", "=", "x" * size]]}).encode()
        script = [
            ("GET", "/web/login"),
            ("GET", "/no/such/page"),
            ("HEAD", "/web/login"),
            ("POST", "/web/session/get_session_info", b"{}" + b" " * size, JSON),
            ("POST", "/json/2/res.partner/search_count", named, key, 1),
            ("POST", "/json/2/res.partner/nothing", b"x" * size, None, 1),
            ("POST", "/xmlrpc/2/common", _pieces(VERSION, size % 7 + 1), XML, 1),
            *[("POST", "/xmlrpc/2/common", VERSION + b"\n" * size, XML, 1)] * 3,
            *[("POST", "/jsonrpc", CALL + b" " * size, JSON, 1)] * 3,
            ("GET", "/web/database/manager"),
            ("GET", f"/web/static/nothing/{number}"),
        ]
        others = ("GET", "/web/static/img/favicon.ico")
        place = number % SCRIPT
        self._send(*(script[place] if place < len(script) else others))

    def _send(self, method: str, path: str, body=None, headers=None, calls: int = 0) -> None:
        answer = self._session.request(
            *(method, self._url + path),
            data=body,
            headers={"Host": self._host, "Accept-Encoding": "identity", **(headers or {})},
            allow_redirects=False,
            timeout=120,
        )
        self._session.cookies.clear()
        sent = body if isinstance(body, bytes) else VERSION if body is not None else b""
        self.noted.update(
            requests=1, api_calls=calls, bytes_in=len(sent), bytes_out=len(answer.content)
        )


def _pieces(body: bytes, count: int) -> Iterator[bytes]:
    """Yield a body in pieces, so that its length is not said before."""
    step = len(body) // count + 1
    yield from (body[place : place + step] for place in range(0, len(body), step))


def _used(fleet, name: str, before: dict[str, int]) -> dict[str, int]:
    now = fleet.routes.used(name)
    return {key: now[key] - before[key] for key in now}


@pytest.mark.timeout(LONGEST_SECONDS)
def test_the_meters_equal_what_a_scripted_client_sent_and_got(fleet, prefork):
    open_one = fleet.make_tenant("exact.localhost")
    closed = fleet.make_tenant("blocked.localhost", limits='{"api": {"policy": "block"}}')
    tenants = (open_one, closed)
    until(lambda: all(prefork.get("/web/login", one.host).status_code == 200 for one in tenants))
    keys = {one.name: prefork.visitor(one).log_in().api_key() for one in tenants}
    time.sleep(TELL_SECONDS + 2)  # what was asked until here is told
    before = {one.name: fleet.routes.used(one.name) for one in tenants}
    clients = [
        {one.name: Client(prefork, one.host, keys[one.name]) for one in tenants}
        for _ in range(CLIENTS)
    ]

    def play(mine: int) -> None:
        for number in range(mine, REQUESTS, CLIENTS):
            tenant = closed if number // SCRIPT % 10 == 9 else open_one
            clients[mine][tenant.name].play(number)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(play, range(CLIENTS)))
    for tenant in tenants:
        wanted = sum((some[tenant.name].noted for some in clients), Counter())
        if tenant is closed:
            del wanted["api_calls"]  # they were refused before Odoo: requests and bytes alone
        until(
            lambda name=tenant.name, wanted=wanted: (
                _used(fleet, name, before[name])["requests"] >= wanted["requests"]
            ),
            PATIENCE_SECONDS,
        )
        found = _used(fleet, tenant.name, before[tenant.name])
        assert found == {key: wanted[key] for key in found}


@pytest.fixture
def alone(fleet, acme):
    """A node that may be killed."""
    node = NodeProcess(fleet, "killed", max_cron_threads=0).start()
    yield node
    node.stop()


def test_a_node_that_is_killed_loses_one_interval_at_the_most(fleet, alone):
    tenant = fleet.make_tenant("killed.localhost")
    until(lambda: alone.get("/web/login", tenant.host).status_code == 200)
    asked: list[float] = []
    over = threading.Event()

    def ask() -> None:
        with suppress(requests.RequestException):
            while not over.is_set():
                alone.get("/web/static/img/favicon.ico", tenant.host)
                asked.append(time.monotonic())

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(2.6 * TELL_SECONDS)
    alone.process.kill()
    killed_at = time.monotonic()
    over.set()
    thread.join()
    found = fleet.routes.used(tenant.name)["requests"]
    # The agent looks once a second whether it is time to tell.
    safe = sum(at < killed_at - TELL_SECONDS - 1.5 for at in asked)
    assert safe > 100
    assert safe <= found <= len(asked) + 2
    alone.start()
    until(lambda: alone.get("/web/login", tenant.host).status_code == 200)
    assert _told_again(fleet, tenant.name, found, 3) == found, "nothing is told twice"


def _told_again(fleet, name: str, found: int, seconds: float) -> int:
    """What is told of a tenant some seconds later, without what was asked in between."""
    end: Callable[[], bool] = _after(seconds)
    until(end, seconds + 5)
    return min(found, fleet.routes.used(name)["requests"])


def _after(seconds: float) -> Callable[[], bool]:
    at = time.monotonic() + seconds
    return lambda: time.monotonic() >= at
