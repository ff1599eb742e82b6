"""What the guard does with a request, around an application that only notes it."""

import base64
import io
import json
from dataclasses import replace

import pytest

from saas_business_management.gateway.cache import RouteCache
from saas_business_management.gateway.context import current_database, set_wait
from saas_business_management.gateway.gate import Gate
from saas_business_management.gateway.middleware import Guard
from saas_business_management.gateway.trust import Trust
from saas_business_management.kernel.gateway.brand import Brand
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
        read = b"".join(body).decode("utf-8", "replace")
        if hasattr(body, "close"):
            body.close()
        return read


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


RIVALS = {"HTTP_COOKIE": "session_id=a; session_id=b; tz=x"}


def noted(asked):
    found = []
    asked.guard._events.tell(lambda process, rows: found.extend(rows))
    return [(one.rule, one.database, one.source) for one in found]


def test_two_session_cookies_make_nobody_of_the_visitor_and_are_told(asked):
    seen = []

    def look(app, environ, start_response):
        seen.append(environ["HTTP_COOKIE"])
        start_response("200 OK", [])
        return [b""]

    asked.ask(call=look, **RIVALS)
    assert seen == ["tz=x"]
    assert noted(asked) == [("duplicate_cookie", "t_a", "127.0.0.1")]


def test_the_manager_and_a_strange_host_are_told(asked):
    asked.ask("/web/database/manager")
    asked.ask("/", "a,b")
    asked.ask("/", "nobody.localhost")
    assert noted(asked) == [
        ("database_manager", "t_a", "127.0.0.1"),
        ("bad_host", "", "127.0.0.1"),
    ]


def test_a_wrong_key_is_counted_and_the_source_then_waits(asked):
    def deny(app, environ, start_response):
        asked.seen.append("denied")
        start_response("401 UNAUTHORIZED", [("Content-Type", "application/json")])
        return [b"{}"]

    for _ in range(10):
        asked.ask("/json/2/res.partner/read", call=deny, REMOTE_ADDR="192.0.2.1")
        assert asked.status.startswith("401")
    said = json.loads(asked.ask("/json/2/res.partner/read", call=deny, REMOTE_ADDR="192.0.2.99"))
    assert (asked.status, said["code"]) == ("429 Too Many Requests", "throttled")
    assert 1 <= int(asked.headers["Retry-After"]) <= 10
    assert len(asked.seen) == 10, "the same /24, and Odoo was not asked"
    asked.ask("/json/2/res.partner/read", REMOTE_ADDR="198.51.100.1")
    assert asked.status == "200 OK"
    assert asked.ask(REMOTE_ADDR="192.0.2.1") == "odoo", "other pages stay open"
    assert ("login_throttled", "t_a", "192.0.2.99") in noted(asked)


def test_a_login_that_was_refused_inside_is_answered_as_throttled(asked):
    def refuse(app, environ, start_response):
        set_wait(7.2)
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b"wrong login"]

    page = asked.ask("/fr/web/login", call=refuse, REQUEST_METHOD="POST")
    assert (asked.status[:3], asked.headers["Retry-After"]) == ("429", "8")
    assert "wrong login" not in page
    assert asked.ask() == "odoo"


def test_a_logo_is_served_on_every_host_and_an_unknown_one_is_odoos(asked):
    brand = Brand(1, "Acme", True, logo=base64.b64encode(b"\x89PNG\r\n\x1a\nx").decode())
    asked.cache.replace(ROUTES, [brand])
    for host in ("nobody.localhost", "closed.localhost", "acme.localhost"):
        asked.ask(brand.logo_path, host)
        assert (asked.status, asked.headers["Content-Type"]) == ("200 OK", "image/png")
    assert asked.ask("/saas/brand/other.png") == "odoo"
    assert "<img" in asked.ask("/", "nobody.localhost")


def test_the_login_page_gets_the_brands_line(asked):
    asked.cache.replace(ROUTES, [Brand(1, "Acme Cloud", True)])

    def page(app, environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", "14")])
        return [b"<body>x</body>"]

    found = asked.ask("/web/login", call=page)
    assert "Acme Cloud" in found
    assert asked.headers["Content-Length"] == str(len(found.encode()))
    assert asked.ask("/", call=page) == "<body>x</body>"


def test_a_wait_that_a_failed_request_left_is_not_the_next_ones(asked):
    def fail(app, environ, start_response):
        set_wait(7)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        asked.ask(call=fail)
    assert asked.ask() == "odoo"


def test_a_call_over_the_limit_never_reaches_odoo_and_is_no_api_call(asked):
    limits = json.dumps({"api": {"policy": "block"}})
    asked.cache.replace([replace(ROUTES[0], limits=limits)])
    for path, status in (("/json/2/x/y", "429"), ("/xmlrpc/2/object", "200"), ("/jsonrpc", "200")):
        asked.ask(path, CONTENT_TYPE="application/json", CONTENT_LENGTH="0")
        assert (asked.status[:3], asked.headers["Retry-After"]) == (status, "3600")
    assert asked.seen == []
    assert asked.ask("/odoo") == "odoo", "people work on"
    told = []
    asked.guard._counters.tell(lambda _process, rows, _age: told.extend(rows), at_once=True)
    (mine,) = [row for row in told if row.database == "t_a"]
    assert (mine.requests, mine.api_calls) == (4, 0)


def test_traffic_of_people_over_the_limit_gets_a_page_of_the_brand(asked):
    limits = json.dumps({"traffic": {"policy": "block", "people": True, "since": 1772496000}})
    asked.cache.replace([replace(ROUTES[0], limits=limits)], [Brand(1, "Nova", True)])
    page = asked.ask("/odoo")
    assert asked.status == "429 Too Many Requests"
    for words in ("Acme has reached its limit of traffic", "since 3 March 2026", "bigger plan"):
        assert words in page
    assert "Nova" in page
    assert asked.ask("/web/static/a.png") == "odoo"
