"""A tenant runs into the limit of its users, as both sides see it: a sentence, a line above every
page, the reason in one click, a bigger plan, and the limit is gone.
"""

import re
import time

from playwright.sync_api import Browser, Page, expect

from .conftest import Provider
from .test_main_job import SOON_MS, choose, field, log_in, open_the_mail
from .test_plan_to_paid import ensure_template, make_plan, open_subscription

OWNER = "cora@cedar.example"
# Readings of users are taken each five minutes: let them be due.
READ_NOW = """
rows = env["saas.usage.source"].sudo().search([("tenant_id.subdomain", "=", "cedar")])
rows._put({"asked_at": False})
env["saas.cluster"].search([]).action_sample()
env.cr.commit()
print("READ", len(rows))
"""


def test_who_has_no_place_left_reads_why_sees_the_line_and_goes_on_with_a_bigger_plan(
    provider: Provider, page: Page, browser: Browser
) -> None:
    log_in(page, provider.url, "admin", provider.password)
    ensure_template(page, provider)
    make_plan(page, provider, "Two Desks", "0", users="2")
    make_plan(page, provider, "Ten Desks", "0", users="10")
    provision(page, provider)
    owner = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    owner.set_default_timeout(SOON_MS)
    open_the_mail(owner, provider, OWNER, "cedar", "Cedar Books")

    add_user(owner, provider, "First Colleague")
    expect(owner.locator("button.o_form_button_save")).to_be_hidden(timeout=SOON_MS)
    add_user(owner, provider, "Second Colleague")
    expect(owner.locator(".modal")).to_contain_text("Your plan includes 2 users, and 2 are in use")

    provider.shell(READ_NOW, said="READ")
    shows_banner(owner, provider, shown=True)
    why(page, provider)

    change_plan(page, provider)
    shows_banner(owner, provider, shown=False)
    add_user(owner, provider, "Third Colleague")
    expect(owner.locator("button.o_form_button_save")).to_be_hidden(timeout=SOON_MS)


def provision(page: Page, provider: Provider, template: str = "Office") -> None:
    page.goto(f"{provider.url}/odoo/saas-tenants/new")
    page.fill(field(page, "name"), "Cedar Books")
    page.fill(field(page, "subdomain"), "cedar")
    page.fill(field(page, "admin_name"), "Cora Cedar")
    page.fill(field(page, "admin_email"), OWNER)
    choose(page, "template_id", template)
    choose(page, "plan_id", "Two Desks")
    expect(page.locator(".o_form_view")).to_contain_text("“cedar” is free")
    page.click("button[name=action_provision]")
    page.wait_for_selector(".o_form_view:has-text('Reserve database')", timeout=SOON_MS)
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_have_text(
        re.compile("Done"), timeout=SOON_MS
    )


def add_user(page: Page, provider: Provider, name: str) -> None:
    """The owner adds a colleague in the tenant's own settings."""
    page.goto(f"{provider.tenant_url('cedar')}/odoo/action-base.action_res_users/new")
    page.fill(field(page, "name"), name)
    page.fill(field(page, "login"), f"{name.split()[0].lower()}@cedar.example")
    page.click("button.o_form_button_save")


def shows_banner(page: Page, provider: Provider, shown: bool) -> None:
    """Look again until the line above every page is there, or gone."""
    end = time.monotonic() + 2 * SOON_MS / 1000
    while True:
        page.goto(f"{provider.tenant_url('cedar')}/odoo")
        page.wait_for_selector(".o_main_navbar", timeout=SOON_MS)
        line = page.locator("#saas_banner")
        if (line.count() > 0) == shown:
            break
        assert time.monotonic() < end, f"banner: {line.count()}"
        page.wait_for_timeout(1000)


def why(page: Page, provider: Provider) -> None:
    """The operator finds the reason with one click."""
    page.goto(f"{provider.url}/odoo/saas-quota-breaches")
    page.locator(".o_data_row:has-text('Cedar Books')").get_by_text("Why?").click()
    form = page.locator(".o_form_view")
    expect(form).to_contain_text("2 users, from plan Two Desks")
    expect(form).to_contain_text("2 users, last reading")


def change_plan(page: Page, provider: Provider) -> None:
    open_subscription(page, provider, "Cedar Books")
    page.locator("button:has-text('Change Plan…')").click()
    dialog = page.locator(".modal")
    dialog.locator("div[name=version_id] input").fill("Ten Desks")
    page.click(".o-autocomplete--dropdown-item:has-text('Ten Desks')")
    dialog.get_by_label("Now", exact=True).check()
    dialog.locator("footer button:has-text('Change Plan')").click()
    expect(dialog).to_have_count(0, timeout=SOON_MS)
