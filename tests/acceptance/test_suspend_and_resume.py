"""Closing and opening, as both sides live it: the operator decides, the customer's page says why,
and everything is back the moment it is lifted.
"""

import re
import time

from playwright.sync_api import Locator, Page, expect

from .conftest import Provider
from .test_main_job import SOON_MS, build_template, log_in, provision


def tenant_form(page: Page, provider: Provider) -> None:
    """Open the form of the only tenant, made if there is none yet."""
    log_in(page, provider.url, "admin", provider.password)
    row = page.locator(".o_data_row:has-text('Acme Retail')").first
    if not _in_list(page, provider, row):
        build_template(page, provider)
        provision(page, provider)
        assert _in_list(page, provider, row)
    row.locator("td[name=name]").click()
    page.wait_for_selector(".o_form_view", timeout=SOON_MS)


def _in_list(page: Page, provider: Provider, row: Locator) -> bool:
    page.goto(f"{provider.url}/odoo/saas-tenants")
    page.wait_for_selector(".o_data_row, .o_view_nocontent", timeout=SOON_MS)
    return row.count() > 0


def state_is(page: Page, words: str) -> None:
    current = page.locator(".o_statusbar_status .o_arrow_button_current")
    expect(current).to_have_text(re.compile(words), timeout=SOON_MS)


def decide(page: Page, button: str, confirm: str, note: str = "", reason: str = "") -> None:
    """Press a button of the form, answer its dialog, confirm."""
    page.locator(".o_statusbar_buttons button", has_text=button).first.click()
    dialog = page.locator(".modal")
    expect(dialog).to_contain_text("Acme Retail", timeout=SOON_MS)
    if reason:
        dialog.locator(f"label:has-text('{reason}')").click()
    if note:
        dialog.locator("div[name=note] input").fill(note)
    dialog.locator("footer button", has_text=confirm).click()
    expect(dialog).to_have_count(0, timeout=SOON_MS)


def prove_identity(page: Page, password: str) -> None:
    """Type the own password where Odoo asks for it before something dangerous."""
    field = page.locator(".modal input[type=password]")
    field.wait_for(timeout=SOON_MS)
    field.fill(password)
    page.locator(".modal button[name=run_check]").click()


def answers(page: Page, address: str, status: int) -> None:
    """Ask until the node has heard of it."""
    end = time.monotonic() + SOON_MS / 1000
    while (found := page.goto(address).status) != status:
        assert time.monotonic() < end, found
        page.wait_for_timeout(100)


def test_what_is_suspended_says_why_and_what_is_resumed_is_as_it_was(
    provider: Provider, page: Page, browser
) -> None:
    tenant_form(page, provider)
    customer = browser.new_context().new_page()
    address = provider.tenant_url("acme")
    assert customer.goto(f"{address}/web/login").status == 200
    expect(customer.locator("input[name=login]")).to_be_visible()

    decide(page, "Suspend…", "Suspend Tenant", note="Invoice 42", reason="Unpaid invoice")
    state_is(page, "Suspended")
    answers(customer, f"{address}/web/login", 402)
    expect(customer.locator("body")).to_contain_text("because an invoice is unpaid")
    assert customer.goto(f"{address}/odoo").status == 402

    decide(page, "Resume", "Resume Tenant")
    state_is(page, "Trial|Active")
    answers(customer, f"{address}/web/login", 200)
    expect(customer.locator("input[name=login]")).to_be_visible()


def test_a_deletion_needs_the_subdomain_and_one_click_undoes_it(
    provider: Provider, page: Page
) -> None:
    tenant_form(page, provider)
    page.locator(".o_statusbar_buttons .o_saas_more").click()
    page.locator(".o-dropdown--menu button", has_text="Delete…").click()
    dialog = page.locator(".modal").first
    dialog.locator("div[name=note] input").fill("Customer asked")
    dialog.locator("div[name=typed] input").fill("acme")
    dialog.locator("footer button", has_text="Delete Tenant").click()
    prove_identity(page, provider.password)
    state_is(page, "Deleting")
    expect(page.locator(".alert-danger")).to_contain_text("Marked for deletion")
    decide(page, "Undo Deletion", "Undo Deletion")
    state_is(page, "Trial|Active")
