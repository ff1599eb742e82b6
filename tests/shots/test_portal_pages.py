"""Every page a customer meets as a picture: wide, on a phone, and in a language that runs from the
right; what a program can see is wrong fails. The pictures are there to be looked at.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.acceptance.conftest import Provider

from .test_screens import ARABIC, FOLDER, PHONE, UGLY, WIDE, listen, provider

__all__ = ["provider"]

LOGIN, PASSWORD = "lena@nova.example", "lena"
LOOKS = {"wide": (WIDE, ""), "phone": (PHONE, ""), "rtl_phone": (PHONE, ARABIC)}
# Below the page of a database, "" is that page itself.
OF_DATABASE = (
    *("", "plan", "plan?plan=starter", "addon", "cancel", "addresses", "backups", "sandbox"),
    *("incidents", "service"),
)
OF_ACCOUNT = (
    *("my", "my/databases", "my/databases/new", "my/team", "my/api-keys", "my/webhooks"),
    *("my/notifications", "my/account-data"),
)
PUBLIC = ("saas/pricing", "saas/signup?plan=starter", "saas/status")
READY = """
tenant = env.ref("saas_business_management.demo_tenant_nova")
tenant._set({"state": "active", "served_as": "active"})
env["saas.subscription"].search([("tenant_id", "=", tenant.id)]).action_activate()
env["res.lang"]._activate_lang("ar_001")
env["saas.brand"].search([]).write({"status_published": True})
env.registry.clear_all_caches()
env.registry.signal_changes()
env.cr.commit()
print("NOVA", tenant.public_id)
"""


@pytest.fixture(scope="module")
def nova(provider: Provider) -> str:
    """The public id of the demonstration's tenant whose owner logs in."""
    return provider.shell(READY, said="NOVA").split()[0]


@pytest.fixture(scope="module", params=LOOKS)
def window(
    request: pytest.FixtureRequest, provider: Provider, nova: str, browser: Browser
) -> Iterator[tuple[str, Page]]:
    """The window of a customer who is logged in."""
    (width, height), language = LOOKS[request.param]
    context = browser.new_context(viewport={"width": width, "height": height})
    if language:
        cookie = {"name": "frontend_lang", "value": language, "url": provider.url}
        context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{provider.url}/web/login")
    page.fill("input[name=login]", LOGIN)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector("#wrapwrap")
    yield request.param, page
    context.close()


@pytest.mark.parametrize("part", OF_DATABASE)
def test_a_page_of_a_database_shows_nothing_to_complain_about(
    provider: Provider, nova: str, window: tuple[str, Page], part: str
) -> None:
    look_at(provider, window, f"my/databases/{nova}/{part}".rstrip("/"), f"database_{part}")


@pytest.mark.parametrize("path", OF_ACCOUNT + PUBLIC)
def test_a_page_of_an_account_shows_nothing_to_complain_about(
    provider: Provider, window: tuple[str, Page], path: str
) -> None:
    look_at(provider, window, path, path)


def look_at(provider: Provider, window: tuple[str, Page], path: str, name: str) -> None:
    """Open a page, take its picture whole, and fail for what a program can see on it."""
    size, page = window
    complaints = listen(page)
    answer = page.goto(f"{provider.url}/{path}")
    assert answer is not None and answer.status == 200, path
    page.wait_for_timeout(400)
    FOLDER.mkdir(parents=True, exist_ok=True)
    named = re.sub(r"\W+", "_", name).strip("_")
    page.screenshot(path=FOLDER / f"portal_{named}_{size}.png", full_page=True)
    text = page.locator("main, #wrapwrap, body").first.inner_text()
    # "None." is an answer, Python's None is not.
    text = re.sub(r"None(\.| yet)", "", text)
    assert UGLY.findall(text) == []
    assert "{'" not in text, "a page shows a value that was never made into words"
    assert complaints == []
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 1, f"the page is {width} px wider than its window"
    mirrored = page.evaluate("getComputedStyle(document.body).direction === 'rtl'")
    assert mirrored == size.startswith("rtl"), "the page runs in the wrong direction"
