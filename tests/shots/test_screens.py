"""Every screen as a picture, wide, on a phone and right to left; what a person would complain
about fails.

The pictures lie in `.dev/shots/` and are there to be looked at: a test cannot see ugliness.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from dev import paths
from dev.settings import Settings
from dev.stack import Stack
from tests.acceptance.conftest import Provider
from tests.acceptance.test_main_job import log_in

SCREENS = (
    "saas-tenants",
    "saas-tenants/new",
    "saas-templates",
    "saas-templates/new",
    "saas-template-versions",
    "saas-plans",
    "saas-plans/new",
    "saas-clusters",
    "saas-clusters/1",
    "saas-modules",
    "saas-operations",
    "saas-attention",
    "saas-doctor",
    "saas-hosts",
    "saas-databases",
    "saas-reserved-names",
)
SIZES = {"wide": (1440, 900), "phone": (360, 740)}
FOLDER = paths.STATE / "shots"
# What never belongs on a screen: Python's words for nothing, a traceback, a name that was not
# filled in.
UGLY = re.compile(r"(?<![\w.])(False|None|undefined|NaN|Traceback)(?![\w.])|%\(\w+\)s")


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """A small provider with demo data and a prepared cluster."""
    stack = Stack(Settings.for_tests(tmp_path_factory.mktemp("shots"), demo=True))
    try:
        stack.prepare().start()
        yield Provider(stack)
    finally:
        stack.destroy()


@pytest.fixture(scope="module", params=sorted(SIZES))
def window(
    request: pytest.FixtureRequest, provider: Provider, browser: Browser
) -> Iterator[tuple[str, Page]]:
    """A logged-in window of one size, its complaints kept in `page.complaints`."""
    width, height = SIZES[request.param]
    context: BrowserContext = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    log_in(page, provider.url, "admin", provider.password)
    yield request.param, page
    context.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_shows_nothing_to_complain_about(
    provider: Provider, window: tuple[str, Page], screen: str
) -> None:
    size, page = window
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{provider.url}/odoo/{screen}")
    page.wait_for_selector(
        ".o_action_manager .o_view_controller, .o_action_manager .o_action", timeout=30_000
    )
    page.wait_for_timeout(800)
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{screen.replace('/', '_')}_{size}.png")
    text = page.locator(".o_action_manager").inner_text()
    assert UGLY.findall(text) == []
    assert complaints == []
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 1, f"the page is {width} px wider than its window"
