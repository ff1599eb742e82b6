"""Who is sent to the primary host name, and to which address."""

import pytest

from saas_business_management.gateway.pages import location
from saas_business_management.kernel.gateway.kind import Kind
from saas_business_management.kernel.gateway.redirect import redirect_of
from saas_business_management.kernel.gateway.route import Route, RouteMap


def route(id: int, host: str, redirect: str = "", database: str = "acme", state: str = "active"):
    return Route(id, host, database, 1, state, redirect=redirect)


OLD, NEW = route(1, "acme.test", "shop.acme.com"), route(2, "shop.acme.com")


def sent(rows, kind=Kind.PAGE, method="GET", path="/odoo") -> str:
    return redirect_of(RouteMap(rows), rows[0], kind, method, path)


def test_a_visitor_of_another_name_is_sent_to_the_primary_one():
    assert sent([OLD, NEW]) == "shop.acme.com"
    assert sent([OLD, NEW], method="HEAD") == "shop.acme.com"
    assert sent([NEW, OLD]) == ""


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.PAGE])
def test_programs_and_files_are_served_where_they_asked(kind):
    assert sent([OLD, NEW], kind) == ""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", ""])
def test_what_is_no_look_at_a_page_is_served_where_it_came(method):
    assert sent([OLD, NEW], method=method) == ""


@pytest.mark.parametrize(
    "path",
    ["/web/assets/1/a.css", "/web/image/1", "/web/content/7", "/web/webhook/x", "/.well-known/a"],
)
def test_what_pages_and_providers_fetch_is_served_where_it_is(path):
    assert sent([OLD, NEW], path=path) == ""


@pytest.mark.parametrize(
    "rows",
    [
        [route(1, "a.test", "a.test")],
        [route(1, "a.test", "b.test"), route(2, "b.test", "a.test")],
        [route(1, "a.test", "b.test"), route(2, "b.test", "c.test"), route(3, "c.test")],
        [route(1, "a.test", "gone.test")],
        [route(1, "a.test", "b.test"), route(2, "b.test", database="other")],
        [route(1, "a.test", "b.test"), route(2, "b.test", state="suspended")],
        [route(1, "a.test", "b.test"), route(2, "b.test", state="gone")],
    ],
)
def test_no_row_however_wrong_sends_anybody_in_a_circle_or_to_strangers(rows):
    assert sent(rows) == ""


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/", "", "https://b.test/"),
        ("/odoo/1", "a=1&b=%2F", "https://b.test/odoo/1?a=1&b=%2F"),
        ("//evil.test/x", "", "https://b.test/evil.test/x"),
        ("/\\evil", "", "https://b.test/%5Cevil"),
        ("/a%b c", "", "https://b.test/a%25b%20c"),
        ("/a\r\nX: y", "q\r\nX: y", "https://b.test/a%0D%0AX:%20y?qX:y"),
        ("/gr\u00c3\u00bc\u00c3\u009fe", "", "https://b.test/gr%C3%BC%C3%9Fe"),
        ("", "", "https://b.test/"),
    ],
)
def test_the_address_is_the_same_under_the_other_name(path, query, expected):
    assert location("https", "b.test", "", path, query) == expected


def test_the_port_the_visitor_typed_stays():
    assert location("http", "b.test", ":8070", "/web", "") == "http://b.test:8070/web"
