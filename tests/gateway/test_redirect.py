"""Two host names of one tenant: visitors are sent to the primary one, programs are not."""

from __future__ import annotations

import pytest

from tests.gateway.calls import json_2, json_rpc, xml_rpc
from tests.helpers.node import until

PRIMARY, OTHER = "shop.acme.test", "duo.localhost"


@pytest.fixture(scope="session")
def duo(fleet, threaded, prefork):
    """A tenant whose subdomain sends its visitors to an own host name."""
    tenant = fleet.make_tenant(OTHER, tenant_name="Duo", redirect=PRIMARY)
    fleet.routes.add(tenant.name, host=PRIMARY, tenant_name="Duo")
    doors = [(threaded, threaded.port), (prefork, prefork.port), (prefork, prefork.evented_port)]
    for node, port in doors:
        until(lambda: node.get("/web/login", PRIMARY, port).status_code == 200, 20)  # noqa: B023
    return tenant


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_visitor_is_sent_on_with_path_query_and_port(door, duo, method):
    answer = door.request(method, "/odoo/a%20b?x=1&y=%2F", f"{OTHER}:8070")
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"http://{PRIMARY}:8070/odoo/a%20b?x=1&y=%2F"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_primary_name_serves_and_sends_nobody_on(door, duo):
    assert door.get("/web/login", PRIMARY).status_code == 200


def test_forms_files_and_images_are_served_where_they_are(door, duo):
    assert door.get("/web/static/img/favicon.ico", OTHER).status_code == 200
    assert door.get("/web/image/res.company/1/logo", OTHER).status_code == 200
    assert door.request("POST", "/web/login", OTHER, data={"login": "x"}).status_code == 400


def test_programs_work_under_every_name(door, duo):
    duo.host = PRIMARY
    key = door.visitor(duo).log_in().api_key()
    for host in (PRIMARY, OTHER):
        assert json_2(door, host, key, "res.partner/search_count", domain=[]).json() > 0
        login = [duo.name, duo.login, duo.password]
        assert json_rpc(door, host, "common", "login", login)["result"] == duo.user_id
        assert xml_rpc(door, host, "common", "authenticate", *login, {}) == duo.user_id


def test_names_beside_the_two_lead_nowhere(door, duo):
    for host in (f"www.{OTHER}", f"www.{PRIMARY}", f"{PRIMARY}.", f"x.{PRIMARY}"):
        assert door.get("/web/login", host).status_code in (400, 404)


def test_two_rows_that_send_to_each_other_serve(fleet, threaded):
    tenant = fleet.make_tenant("ring-a.localhost", redirect="ring-b.localhost")
    fleet.routes.add(tenant.name, host="ring-b.localhost", redirect="ring-a.localhost")
    for host in ("ring-a.localhost", "ring-b.localhost"):
        until(lambda: threaded.get("/web/login", host).status_code == 200, 20)  # noqa: B023
