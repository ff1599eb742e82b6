"""The line about a limit in a tenant's own pages: there, in the user's language, and looked at."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import sync_playwright

from tests.acceptance.conftest import CHROMIUM, FLAGS
from tests.helpers.node import until

TEXTS = {
    "en": "API calls: 82,000 of 100,000 this period; at this pace the limit is reached on 14 March."
    " <b>Ask</b> your administrator.",
    "de": "API-Aufrufe: 82.000 von 100.000 in diesem Zeitraum.",
}
LINK = "https://cloud.example/my/usage?a=1&b=2"


@pytest.fixture(scope="module")
def near(fleet, threaded):
    """A tenant, its administrator and a way to put a line above his web client."""
    tenant = fleet.make_tenant("near.localhost", tenant_name="Near")
    until(lambda: threaded.get("/web/login", tenant.host).status_code == 200)
    visitor = threaded.visitor(tenant).log_in()

    def say(level, texts=TEXTS):
        banner = {"level": level, "texts": texts, "link": LINK}
        fleet.routes.put(tenant.name, limits=json.dumps({"banner": banner}))
        mark = "Limit reached" if level == "danger" else f"saas_banner={level}-"
        until(lambda: mark in visitor.get("/odoo").text)

    yield visitor, say
    fleet.routes.put(tenant.name, state="gone", host=None)


def test_it_stands_once_in_the_web_client_and_the_login_page_and_nowhere_else(near, threaded):
    visitor, say = near
    say("warning")
    host = visitor.tenant.host
    for page in (visitor.get("/odoo"), threaded.get("/web/login", host)):
        assert page.text.count('id="saas_banner"') == 1
        head, tail = page.text.split('<div id="saas_banner"')
        assert "</body>" not in head
        assert tail.rstrip().endswith("</html>")
        assert page.headers["Content-Length"] == str(len(page.content))
        assert "&lt;b&gt;Ask&lt;/b&gt;" in page.text
    others = ("/web/session/logout", "/web/health", "/nothing", "/web/static/img/favicon.ico")
    assert all(b"saas_banner" not in threaded.get(path, host).content for path in others)
    image = f"/web/image/res.users/{visitor.tenant.user_id}/avatar_128"
    assert b"saas_banner" not in visitor.get(image).content


def test_it_speaks_the_users_language_and_the_browsers_before_the_login(near, threaded):
    visitor, say = near
    say("warning")
    context = {"active_test": False}
    (language,) = visitor.call("res.lang", "search", [["code", "=", "de_DE"]], context=context)
    visitor.call("res.lang", "write", [language], {"active": True})
    visitor.call("res.users", "write", [visitor.tenant.user_id], {"lang": "de_DE"})
    assert "API-Aufrufe: 82.000" in visitor.get("/odoo").text
    assert "Was zu tun ist" in visitor.get("/odoo").text
    visitor.call("res.users", "write", [visitor.tenant.user_id], {"lang": "en_US"})
    assert "API calls: 82,000" in visitor.get("/odoo").text


def test_what_was_put_away_is_away_until_the_line_says_something_else(near):
    visitor, say = near
    say("info")
    cookie = visitor.get("/odoo").text.split("document.cookie=&#x27;")[1].split(";")[0]
    put_away = {"Cookie": f"session_id={visitor.session.cookies['session_id']}; {cookie}"}
    assert "saas_banner" not in visitor.get("/odoo", headers=put_away).text
    say("info", {"en": "API calls: 95,000 of 100,000."})
    assert "95,000" in visitor.get("/odoo", headers=put_away).text
    say("danger")
    assert "Limit reached" in visitor.get("/odoo", headers=put_away).text


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_in_a_browser_it_is_read_whole_covers_nothing_and_is_not_printed(
    near, chromium, width, scheme, tmp_path
):
    visitor, say = near
    say("warning")
    window = chromium.new_context(
        viewport={"width": width, "height": 740}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = window.new_page()
    page.set_default_timeout(60_000)
    address = f"http://{visitor.tenant.host}:{visitor.node.port}"
    page.goto(f"{address}/web/login")
    login = box(page, "#saas_banner")
    assert login["y"] == 0
    assert box(page, "input[name=login]")["y"] > login["height"], "the form is below it"
    page.screenshot(path=tmp_path / "login.png")
    page.fill("input[name=login]", visitor.tenant.login)
    page.fill("input[name=password]", visitor.tenant.password)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar")
    page.wait_for_timeout(300)
    page.screenshot(path=tmp_path / "client.png")
    line, bar = box(page, "#saas_banner"), box(page, ".o_main_navbar")
    assert (line["x"], line["y"], line["width"]) == (0, 0, width)
    assert line["height"] >= 40
    assert bar["y"] >= line["height"], "the bar is below it"
    assert page.evaluate(CUT) is False, "every word is seen"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print")
    assert page.locator("#saas_banner").is_hidden()
    page.emulate_media(media="screen")
    # On a phone a chat of Odoo's robot may open above everything, when it likes.
    page.dispatch_event("#saas_banner button", "click")
    assert page.locator("#saas_banner").count() == 0
    assert box(page, ".o_main_navbar")["y"] == 0
    page.reload()
    page.wait_for_selector(".o_main_navbar")
    assert page.locator("#saas_banner").count() == 0
    cookies = [one for one in window.cookies() if one["name"] == "saas_banner"]
    assert [one["expires"] for one in cookies] == [-1], "it ends with the browser's session"
    window.close()


CUT = """() => {
    const text = document.querySelector("#saas_banner span");
    return text.scrollHeight > text.clientHeight + 1 || text.scrollWidth > text.clientWidth + 1;
}"""


def box(page, selector: str) -> dict:
    shown = page.locator(selector).locator("visible=true").first
    return shown.bounding_box()
