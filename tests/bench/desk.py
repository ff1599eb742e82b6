"""An operator at the control plane and a visitor at a tenant's door, both over plain HTTP.

Owns: calls as the web client makes them, waiting for a tenant's first login page. Does not own:
what is measured with it.
"""

import http.client
import json
import select
import time
from collections.abc import Sequence

import psycopg2

from dev.control import admin_password
from dev.settings import CONTROL_DATABASE
from dev.stack import Stack

LOGIN_MARK = b'name="login"'
RETRY_SECONDS = 0.002
CHANNEL = "saas_gateway"


class Operator:
    """The administrator, logged in."""

    def __init__(self, stack: Stack) -> None:
        self._port = stack.settings.control_port
        self._cookie = ""
        password = admin_password(stack)
        self._call(
            "/web/session/authenticate",
            {"db": CONTROL_DATABASE, "login": "admin", "password": password},
        )

    def call(self, model: str, method: str, *args: object, **kwargs: object) -> object:
        """Call a method of a model."""
        told = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self._call(f"/web/dataset/call_kw/{model}/{method}", told)

    def press(self, model: str, record_id: int, button: str) -> object:
        """Press a button of a record's form: what the web client sends, no more."""
        told = {"model": model, "method": button, "args": [[record_id]], "kwargs": {}}
        return self._call(f"/web/dataset/call_button/{model}/{button}", told)

    def one(self, model: str, domain: Sequence, names: Sequence[str]) -> dict:
        """Return the one record of a domain."""
        found = self.call(model, "search_read", domain, names)
        assert len(found) == 1, f"{len(found)} records of {model} for {domain}"
        return found[0]

    def _call(self, path: str, params: dict) -> object:
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params})
        headers = {"Content-Type": "application/json", "Cookie": self._cookie}
        cnx = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        cnx.request("POST", path, body, {"Host": f"localhost:{self._port}", **headers})
        answer = cnx.getresponse()
        found = json.loads(answer.read())
        cnx.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self._cookie = line.partition(";")[0]
        assert "error" not in found, found["error"]
        return found["result"]


class Doorstep:
    """A visitor who asks for a tenant's login page as soon as the routes have changed.

    Waiting for the announcement instead of asking all the time leaves the two cores to the product.
    """

    def __init__(self, stack: Stack) -> None:
        self._port = stack.settings.node_port
        self._cnx = psycopg2.connect(**stack.control_cluster.dsn(CONTROL_DATABASE))
        self._cnx.autocommit = True
        with self._cnx.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")

    def forget(self) -> None:
        """Forget what was announced before."""
        self._cnx.poll()
        self._cnx.notifies.clear()

    def first_page(self, host: str, seconds: float = 120) -> float:
        """Wait for the login page of a host; return the instant at which it was there."""
        end = time.time() + seconds
        while time.time() < end:
            self._wait_for_news(end - time.time())
            until = time.time() + 1
            while time.time() < until:
                # The node hears the same announcement: it is given a moment to read the route.
                time.sleep(RETRY_SECONDS)
                if login_page(self._port, host):
                    return time.time()
        raise AssertionError(f"{host} served no login page within {seconds} s")

    def close(self) -> None:
        """Stop listening."""
        self._cnx.close()

    def _wait_for_news(self, seconds: float) -> None:
        if not self._cnx.notifies:
            select.select([self._cnx], [], [], seconds)
            self._cnx.poll()
        self._cnx.notifies.clear()


def login_page(port: int, host: str) -> bool:
    """Ask once; say whether the login form came."""
    status, body = get(port, host, "/web/login")
    return status == 200 and LOGIN_MARK in body


def get(port: int, host: str, path: str) -> tuple[int, bytes]:
    """Make one request on a connection of its own."""
    cnx = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        cnx.request("GET", path, headers={"Host": f"{host}:{port}"})
        answer = cnx.getresponse()
        return answer.status, answer.read()
    finally:
        cnx.close()
