"""The reader of routes finds every way to write one; the OpenAPI file holds what controllers do."""

import json
from pathlib import Path

from saas_business_management.kernel.portal import api, openapi

from .routes import routes

SOURCE = '''
BASE = "/saas/x"
ROUTE = {"type": "http", "auth": "public"}

class A:
    @http.route(f"{BASE}/one/<string:ref>", methods=["GET"], **ROUTE)
    def one(self, ref):
        """Say one.

        More.
        """

    @http.route(["/two", "/two/<int:page>"], **{**ROUTE, "auth": "user"})
    def two_things(self):
        return 2

    def no_route(self):
        return 3
'''


def test_each_way_to_write_a_route_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SOURCE, encoding="utf-8")
    one, two, three = routes(tmp_path)
    assert one == {
        "path": "/saas/x/one/<string:ref>",
        "methods": ("GET",),
        "auth": "public",
        "summary": "Say one.",
    }
    assert (two["path"], three["path"]) == ("/two", "/two/<int:page>")
    assert two["auth"] == "user" and two["summary"] == "two things"
    assert two["methods"] == ("GET", "POST")


def test_every_route_is_in_the_file_and_every_path_can_be_read() -> None:
    told = json.loads(openapi.document(openapi.Page(**route) for route in routes()))
    assert told["openapi"] == "3.1.0"
    for route in routes():
        assert route["path"], "a path that is put together in a way nobody reads"
        path = openapi.path_of(route["path"])
        assert "<" not in path and "None" not in path
        assert {method.lower() for method in route["methods"]} <= set(told["paths"][path])


def test_the_api_of_the_table_is_the_api_of_the_controllers() -> None:
    found = {
        (method, openapi.path_of(route["path"]))
        for route in routes()
        for method in route["methods"]
        if route["path"].startswith(api.BASE + "/")
    }
    assert found == {(one.method, api.BASE + one.path) for one in api.OPERATIONS}


def test_each_operation_has_a_name_of_its_own_and_a_schema() -> None:
    names = [one.name for one in api.OPERATIONS]
    assert len(set(names)) == len(names)
    for one in api.OPERATIONS:
        assert one.answer in api.SCHEMAS and set(one.query) <= set(api.QUESTIONS)
