"""Every screen as a picture, wide, on a phone and right to left; what a person would complain
about fails. Odoo Community has no dark theme: its dark bundle is the light one.

The pictures lie in `.dev/shots/` and are there to be looked at: a test cannot see ugliness.
"""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from dev import paths
from dev.rtlcss import ensure_rtlcss
from dev.settings import CONTROL_DATABASE, Settings
from dev.stack import Stack
from tests.acceptance.conftest import Provider
from tests.acceptance.test_isolation import shell
from tests.acceptance.test_main_job import log_in

from .fleet import plant

SCREENS = (
    "saas",
    "saas-tenants",
    "saas-tenants/new",
    "saas-templates",
    "saas-templates/new",
    "saas-template-versions",
    "saas-plans",
    "saas-plans/new",
    "saas-plan-versions",
    "saas-addons",
    "saas-coupons",
    "saas-coupons/new",
    "saas-service-tiers",
    "saas-service-tiers/1",
    "saas-meters",
    "saas-meters/1",
    "saas-mrr",
    "saas-renewals",
    "saas-aging",
    "saas-profitability",
    "saas-costs",
    "saas-costs/new",
    "saas-tenant-usage",
    "saas-readings",
    "saas-top-users",
    "saas-quotas",
    "saas-quota-breaches",
    "saas-quota-events",
    "saas-limits-by-hand",
    "saas-resource-settings",
    "saas-resource-settings/new",
    "saas-unknown-readings",
    "saas-usage-corrections",
    "saas-usage-corrections/new",
    "saas-clusters",
    "saas-clusters/1",
    "saas-modules",
    "saas-operations",
    "saas-attention",
    "saas-doctor",
    "saas-security",
    "saas-audit",
    "saas-support",
    "saas-support/new",
    "saas-hosts",
    "saas-databases",
    "saas-lifecycle-preview",
    "saas-lifecycle-policy",
    "saas-lifecycle-policy/new",
    "saas-coverage",
    "saas-backups",
    "saas-backup-alerts",
    "saas-restores",
    "saas-backup-checks",
    "saas-backup-gaps",
    "saas-backup-policies",
    "saas-backup-policies/1",
    "saas-backup-keys",
    "saas-recovery-sheets",
    "saas-reserved-names",
    "saas-backup-targets",
    "saas-backup-targets/1",
    "saas-backup-targets/new",
    "saas-brands",
    "saas-brands/1",
    "saas-wallets",
    "saas-wallets/1",
    "saas-wallets/new",
    "saas-wallet-entries",
    "saas-deferred-revenue",
    "saas-revenue-schedules",
    "saas-fleet-health",
    "saas-noisy-neighbours",
    "saas-noisy-neighbours/1",
    "saas-module-impact",
    "saas-monitoring-profiles",
    "saas-monitoring-profiles/1",
    "saas-revenue-entries",
    "saas-ratings",
    "saas-alerts",
    "saas-machines",
    "saas-slow-statements",
    "saas-incidents",
    "saas-incidents/1",
    "saas-maintenance",
    "saas-maintenance/1",
    "saas-upgrades",
    "saas-campaigns",
    "saas-campaigns/new",
    "saas-moves",
    "saas-adopt",
    "saas-copies",
    "saas-placement-rules",
    "saas-placement-rules/1",
    "saas-fit-report",
    "saas-approvals",
    "saas-approvals-needed",
    "saas-release-calendar",
    "saas-release-windows",
    "saas-webhooks",
    "saas-webhooks/1",
    "saas-webhook-events",
    "saas-webhook-deliveries",
    "saas-probes",
    "saas-service-levels",
    "saas-status-history",
    "saas-subscriptions",
)
WIDE, PHONE = (1440, 900), (360, 740)
LOOKS = {
    "wide": WIDE,
    "phone": PHONE,
    "rtl": WIDE,
    "rtl_phone": PHONE,
}
ARABIC, ENGLISH = "ar_001", "en_US"
FOLDER = paths.STATE / "shots"
# What never belongs on a screen: Python's words for nothing, a traceback, a name that was not
# filled in.
UGLY = re.compile(r"(?<![\w.])(False|None|undefined|NaN|Traceback)(?![\w.])|%\(\w+\)s")


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """A small provider with demo data and a prepared cluster."""
    stack = Stack(Settings.for_tests(tmp_path_factory.mktemp("shots"), demo=True))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PATH", f"{ensure_rtlcss()}{os.pathsep}{os.environ['PATH']}")
            stack.prepare().start()
        # Its chat would lie over every screen of a phone.
        silent = "UPDATE res_users SET odoobot_state = 'disabled'"
        stack.control_cluster.sql(silent, CONTROL_DATABASE)
        made = Provider(stack)
        made.gap, made.proven = plant(made)
        yield made
    finally:
        stack.destroy()


@pytest.fixture(scope="module", params=LOOKS)
def window(
    request: pytest.FixtureRequest, provider: Provider, browser: Browser
) -> Iterator[tuple[str, Page]]:
    """A logged-in window of one look."""
    width, height = LOOKS[request.param]
    context: BrowserContext = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    log_in(page, provider.url, "admin", provider.password)
    mirrored = request.param.startswith("rtl")
    speak(page, provider, ARABIC if mirrored else ENGLISH)
    # A session keeps the language it began with.
    context.clear_cookies()
    log_in(page, provider.url, "admin", provider.password)
    assert mirrored == page.evaluate("getComputedStyle(document.body).direction === 'rtl'")
    yield request.param, page
    context.close()


def speak(page: Page, provider: Provider, language: str) -> None:
    """Set the language of the one who is logged in."""

    def call(model: str, method: str, *args: object) -> object:
        body = {"params": {"model": model, "method": method, "args": args, "kwargs": {}}}
        answer = page.request.post(f"{provider.url}/web/dataset/call_kw", data=body).json()
        assert "error" not in answer, answer
        return answer.get("result")

    found = call("res.lang", "search", [["code", "=", language], ["active", "in", [True, False]]])
    call("res.lang", "action_unarchive", found)
    me = call("res.users", "search", [["login", "=", "admin"]])
    call("res.users", "write", me, {"lang": language})


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_shows_nothing_to_complain_about(
    provider: Provider, window: tuple[str, Page], screen: str
) -> None:
    size, page = window
    complaints = listen(page)
    open_screen(page, provider, screen)
    look(page, f"{screen.replace('/', '_')}_{size}", complaints)


@pytest.mark.parametrize("view", ["graph", "pivot"])
def test_other_views_of_usage_show_nothing_to_complain_about(
    provider: Provider, window: tuple[str, Page], view: str
) -> None:
    size, page = window
    complaints = listen(page)
    open_screen(page, provider, "saas-tenant-usage")
    switch = page.locator(f".o_switch_view.o_{view}")
    if size.endswith("phone"):
        assert not switch.is_visible(), "a phone shows cards"
        return
    switch.click()
    look(page, f"saas-tenant-usage_{view}_{size}", complaints)


BEHIND = ("coverage_all", "tenant_backups", "delete_dialog", "gap_form")
# The worker is stopped, so the count before a restore in place ends by these rows.
COUNTED = """
from odoo import fields
counts = [["contacts", 12, False], ["invoices", 3, False], ["messages", 10000, True]]
env["saas.job"].search([("kind", "=", "count_newer")]).write({
    "state": "done", "ended_at": fields.Datetime.now(), "progress": 1.0,
    "facts": {"newer": {"counts": counts, "unknown": ["files", "others"]}}})
env.cr.commit()
"""
RESTORE_PAGES = ("point", "what", "where", "check")


@pytest.mark.parametrize("view", ["calendar", "graph", "pivot"])
def test_other_views_of_backups_show_nothing_to_complain_about(
    provider: Provider, window: tuple[str, Page], view: str
) -> None:
    size, page = window
    complaints = listen(page)
    open_screen(page, provider, "saas-backups")
    switch = page.locator(f".o_switch_view.o_{view}")
    if size.endswith("phone"):
        assert not switch.is_visible(), "a phone shows cards"
        return
    switch.click()
    look(page, f"backups_{view}_{size}", complaints)


@pytest.mark.parametrize("picture", BEHIND)
def test_what_is_behind_a_click_shows_nothing_to_complain_about(
    provider: Provider, window: tuple[str, Page], picture: str
) -> None:
    size, page = window
    complaints = listen(page)
    tenant = provider.proven if picture == "tenant_backups" else provider.gap
    if picture == "coverage_all":
        open_screen(page, provider, "saas-coverage")
        if not page.locator(".o_facet_remove").first.is_visible():
            page.locator(
                ".o_control_panel button:has(.oi-search), button:has(.fa-search)"
            ).last.click()
        page.locator(".o_facet_remove").first.click()
    else:
        open_screen(page, provider, f"saas-tenants/{tenant}")
    if picture in ("tenant_backups", "gap_form"):
        page.locator(".o_notebook [name=backups]").click()
        page.locator(".o_saas_day_strip").scroll_into_view_if_needed()
    if picture == "delete_dialog":
        delete = page.locator("button[name=action_ask_change]").filter(
            has_text=re.compile("Delete|حذف")
        )
        if not delete.first.is_visible():
            page.locator(
                ".o_statusbar_buttons .dropdown-toggle, .o_statusbar_buttons + button"
            ).first.click()
        delete.first.click()
        page.wait_for_selector(".modal footer button")
    look(page, f"{picture}_{size}", complaints)


def test_the_pages_of_the_restore_dialog_show_nothing_to_complain_about(
    provider: Provider, window: tuple[str, Page]
) -> None:
    size, page = window
    complaints = listen(page)
    open_screen(page, provider, f"saas-tenants/{provider.proven}")
    button = page.locator("button[name=action_restore]")
    if not button.first.is_visible():
        page.locator(
            ".o_statusbar_buttons .dropdown-toggle, .o_statusbar_buttons + button"
        ).first.click()
    button.first.click()
    page.wait_for_selector(".modal footer button")
    for name in RESTORE_PAGES:
        look(page, f"restore_{name}_{size}", complaints)
        if name == "where" and size == "wide":
            page.locator(".modal [name=where] input[data-value=in_place]").check()
        if name != "check":
            page.locator(".modal footer button[name=action_next]").click()
            page.wait_for_timeout(800)
    if size == "wide":
        shell(provider, COUNTED)
        page.locator(".modal button[name=action_look_again]").click()
        page.wait_for_selector(".modal [name=newer]:has-text('10,000')")
        look(page, f"restore_counted_{size}", complaints)
    page.locator(".modal footer button[special=cancel]").click()


STANDARD_PLAN = 2  # the second one of the demo data, which has charges
PLAN_PICTURES = ("form", "charge", "tiers", "publish", "version")


@pytest.mark.parametrize("picture", PLAN_PICTURES)
def test_a_plan_and_its_dialogs_show_nothing_to_complain_about(
    provider: Provider, window: tuple[str, Page], picture: str
) -> None:
    size, page = window
    complaints = listen(page)
    if picture == "version":
        open_screen(page, provider, f"saas-plan-versions/{STANDARD_PLAN}")
        look(page, f"plan_version_{size}", complaints)
        return
    open_screen(page, provider, f"saas-plans/{STANDARD_PLAN}")
    if picture in ("charge", "tiers"):
        rows = page.locator("[name=charge_ids] .o_data_row, [name=charge_ids] .o_kanban_record")
        rows.nth(0 if picture == "tiers" else 1).locator("[name=summary], :scope").first.click()
        page.wait_for_selector(".modal [name=preview] svg")
    if picture == "publish":
        price = page.locator("[name=price] input")
        price.fill("99")
        price.press("Tab")
        page.locator(".o_form_button_save").first.click()
        page.locator("button[name=action_publish_version]").first.click()
        page.wait_for_selector(".modal footer button[name=action_publish]")
    look(page, f"plan_{picture}_{size}", complaints)


def listen(page: Page) -> list[str]:
    """Return the list that fills with what the browser complains about."""
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def open_screen(page: Page, provider: Provider, screen: str) -> None:
    """Go to a screen and wait until it is there."""
    page.goto(f"{provider.url}/odoo/{screen}")
    page.wait_for_selector(
        ".o_action_manager .o_view_controller, .o_action_manager .o_action", timeout=30_000
    )


def look(page: Page, name: str, complaints: list[str]) -> None:
    """Take the picture, and fail for what a program can see on it."""
    page.wait_for_timeout(800)
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png")
    text = page.locator(".o_action_manager").inner_text()
    assert UGLY.findall(text) == []
    assert complaints == []
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 1, f"the page is {width} px wider than its window"
