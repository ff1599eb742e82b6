"""What the guard does with a request, around an application that only notes it."""

import io
import json

import pytest

from saas_business_management.gateway.cache import RouteCache
from saas_business_management.gateway.context import current_database
from saas_business_management.gateway.gate import Gate
from saas_business_management.gateway.middleware import Guard
from saas_business_management.gateway.trust import Trust
from saas_business_management.kernel.gateway.route import Route
from saas_business_management.kernel.secret import Secret

ROUTES = [
    Route(1, "acme.localhost", "t_a", 1, "active", tenant_name="Acme"),
    Route(2, "closed.localhost", "t_c", 1, "suspended", "payment", tenant_name="Closed"),
]


class NoAgent:
    """An agent whose map is already there."""

    def ensure(self):
        pass

    def wait_for_first_reading(self, seconds):
        pass


class Asked:
    """A guard and what came out of the last request."""

    def __init__(self, tmp_path, routes=ROUTES, limit=1):
        self.cache = RouteCache(tmp_path / "map", "local", Secret("key"))
        if routes is not None:
            self.cache.replace(routes)
        gate = Gate(limit, 0.01)
        self.guard = Guard("local", self.cache, NoAgent(), gate, Trust((), False))
        self.seen = []

    def application(self, app, environ, start_response):
        self.seen.append(current_database())
        start_response("200 OK", [])
        return [b"odoo"]

    def ask(self, path="/", host="acme.localhost", call=None, **environ):
        told = []
        given = {"PATH_INFO": path, "HTTP_HOST": host, "REMOTE_ADDR": "127.0.0.1", **environ}
        given.setdefault("wsgi.input", io.BytesIO())
        body = self.guard.handle(
            call or self.application, object(), given, lambda *args: told.append(args)
        )
        self.status, headers = told[0][:2]
        self.headers = dict(headers)
        return b"".join(body).decode()


@pytest.fixture
def asked(tmp_path):
    return Asked(tmp_path)


def test_a_request_is_bound_to_its_database_while_it_runs_and_not_after(asked):
    assert asked.ask() == "odoo"
    assert asked.seen == ["t_a"]
    assert current_database() is None


def test_a_failing_application_leaves_nothing_behind(asked):
    def fail(app, environ, start_response):
        raise RuntimeError

    for _ in range(3):
        with pytest.raises(RuntimeError):
            asked.ask(call=fail)
    assert current_database() is None
    assert asked.ask() == "odoo", "its place was given back"


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/", "nobody.localhost", "404"),
        ("/", "a,b", "400"),
        ("/", "closed.localhost", "402"),
        ("/web/database/manager", "acme.localhost", "404"),
    ],
)
def test_who_is_answered_never_reaches_odoo(asked, path, host, status):
    page = asked.ask(path, host)
    assert asked.status.startswith(status)
    assert asked.headers["Content-Length"] == str(len(page.encode()))
    assert asked.seen == []


def test_a_closed_tenant_names_itself(asked):
    assert "Closed is closed" in asked.ask("/", "closed.localhost")


def test_before_any_map_everybody_is_asked_to_come_again(tmp_path):
    asked = Asked(tmp_path, routes=None)
    assert "Almost ready" in asked.ask()
    assert (asked.status[:3], asked.headers["Retry-After"]) == ("503", "5")
    assert json.loads(asked.ask("/saas/health"))["ok"] is False
    assert asked.status.startswith("503")


def test_health_is_answered_on_any_host(asked):
    for host in ("nobody.localhost", "acme.localhost", "a,b", ""):
        assert json.loads(asked.ask("/saas/health", host))["routes"] == 2
    found = json.loads(asked.ask("/saas/health", REMOTE_ADDR="192.0.2.1"))
    assert found == {"ok": True}


def test_one_request_too_many_is_told_to_come_again_and_files_never_are(asked):
    def nested(app, environ, start_response):
        other = Asked.__new__(Asked)
        other.__dict__.update(asked.__dict__)
        inner = other.ask()
        asked.inner = (other.status, other.headers.get("Retry-After"), inner)
        assert other.ask("/web/static/a.png") == "odoo"
        start_response("200 OK", [])
        return [b"outer"]

    assert asked.ask(call=nested) == "outer"
    assert asked.inner[:2] == ("503 Service Unavailable", "1")
    assert "Acme is busy" in asked.inner[2]
