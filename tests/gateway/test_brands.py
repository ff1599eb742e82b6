"""Brands on pages of a real node, in each kind of server."""

from __future__ import annotations

import base64
import time

import pytest

from tests.gateway.test_closed import set_state
from tests.helpers.node import until

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SUPPORT = "help@nova.example"


@pytest.fixture(scope="module", autouse=True)
def brands(fleet):
    """A default brand and one of a tenant, gone at the end."""
    fleet.routes.put_brand(1, name="House Cloud", is_default=True)
    nova = {"name": "Nova Cloud", "primary_color": "#ffcc00", "support_email": SUPPORT}
    fleet.routes.put_brand(2, **nova, logo=base64.b64encode(PNG).decode())
    yield
    fleet.control.sql("DELETE FROM saas_route_brand", "control")


@pytest.fixture
def branded(fleet, door, beta):
    """A tenant with the brand, seen by every process."""
    fleet.routes.put(beta.name, brand=2)
    seen(door, "/web/login", beta.host, SUPPORT)
    yield beta
    fleet.routes.put(beta.name, brand=None, restricted=None, state="active")
    until(lambda: SUPPORT not in door.get("/web/login", beta.host).text)


def seen(door, path: str, host: str, words: str) -> None:
    """Wait until every process behind the door says so."""
    until(lambda: all(words in door.get(path, host).text for _ in range(6)), 20)


def test_the_login_page_says_whose_service_it_is(door, branded, acme):
    page = door.get("/web/login", branded.host)
    assert page.status_code == 200
    assert page.text.count('id="saas_brand"') == 1
    assert page.text.index('id="saas_brand"') > page.text.index('name="password"')
    assert int(page.headers["Content-Length"]) == len(page.content)
    assert "House Cloud" in door.get("/web/login", acme.host).text


def test_a_login_still_works_and_other_pages_stay_as_they_are(door, branded):
    visitor = door.visitor(branded)
    form = {"login": "admin", "password": "admin", "csrf_token": visitor.csrf_token()}
    assert visitor.post("/web/login", data=form, allow_redirects=False).status_code == 303
    for path in ("/odoo", "/web/manifest.webmanifest", "/web/webclient/load_menus"):
        assert "saas_b" not in visitor.get(path).text


def test_a_wrong_login_gets_the_page_with_the_line(door, branded):
    visitor = door.visitor(branded)
    form = {"login": "admin", "password": "wrong", "csrf_token": visitor.csrf_token()}
    page = visitor.post("/web/login", data=form)
    assert "Wrong login" in page.text
    assert 'id="saas_brand"' in page.text


def test_the_logo_is_served_on_every_host(door, branded):
    page = door.get("/web/login", branded.host).text
    path = page.split('id="saas_brand"')[1].split('src="')[1].split('"')[0]
    for host in (branded.host, "nobody.localhost"):
        logo = door.get(path, host)
        assert (logo.status_code, logo.content) == (200, PNG)
        assert "immutable" in logo.headers["Cache-Control"]
    assert door.get("/saas/brand/other.png", "nobody.localhost").status_code == 404


def test_a_restricted_database_says_so_above_the_web_client(fleet, door, branded):
    visitor = door.visitor(branded).log_in()
    fleet.routes.put(branded.name, restricted=True)
    until(lambda: all("saas_banner" in visitor.get("/odoo").text for _ in range(6)), 20)
    page = visitor.get("/odoo")
    assert page.text.count('role="status"') == 1
    assert "no users or apps can be added" in page.text
    assert SUPPORT in page.text
    put_away = visitor.get("/odoo", headers={"Cookie": "saas_banner=restricted"})
    assert "saas_banner" not in put_away.text
    fleet.routes.put(branded.name, restricted=False)
    until(lambda: "saas_banner" not in visitor.get("/odoo").text)


def test_a_closed_tenants_page_is_the_brands_with_its_dates(fleet, door, branded):
    values = {"state": "suspended", "reason": "payment"}
    dates = {"since": "2026-03-03 10:42:00", "kept_until": "2026-03-14"}
    set_state(fleet, door, branded.name, branded.host, {"closed_payment"}, **values, **dates)
    page = door.get("/", branded.host)
    assert page.status_code == 402
    for words in ("since 3 march 2026", "kept until 14 march 2026", SUPPORT, "nova cloud"):
        assert words in page.text.lower()
    assert len(page.content) < 15_000
    assert "<script" not in page.text
    usual = {"state": "active", "reason": None, "since": None, "kept_until": None}
    set_state(fleet, door, branded.name, branded.host, {""}, **usual)


def test_an_unknown_host_gets_the_default_brands_page_and_a_change_is_seen_at_once(fleet, door):
    seen(door, "/", "nobody.localhost", "House Cloud")
    fleet.routes.put_brand(1, name="Renamed Cloud", is_default=True)
    began = time.monotonic()
    seen(door, "/", "nobody.localhost", "Renamed Cloud")
    assert time.monotonic() - began < 20, "the table is read again every minute alone"
    fleet.routes.put_brand(1, name="House Cloud", is_default=True)
    seen(door, "/", "nobody.localhost", "House Cloud")
