"""The main job, as two people live it: an operator builds and provisions, a customer opens the
mail and is in.
"""

import re

from playwright.sync_api import Page, expect

from .conftest import Provider

BUILD_MS = 300_000
SOON_MS = 60_000
EMAIL = "alice@acme.example"


def log_in(page: Page, url: str, login: str, password: str) -> None:
    page.goto(f"{url}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar", timeout=SOON_MS)


def field(page: Page, name: str) -> str:
    return f".o_form_view div[name={name}] input, .o_form_view div[name={name}] textarea"


def choose(page: Page, name: str, text: str) -> None:
    page.fill(f".o_form_view div[name={name}] input", text)
    page.click(f".o-autocomplete--dropdown-item:has-text('{text}')")


def test_an_operator_builds_and_provisions_and_the_customer_opens_the_mail_and_is_in(
    provider: Provider, page: Page, browser
) -> None:
    log_in(page, provider.url, "admin", provider.password)
    build_template(page, provider)
    provision(page, provider)
    open_the_mail(browser.new_context().new_page(), provider)


def build_template(page: Page, provider: Provider) -> None:
    """A new template from the menu, its build followed to the end."""
    page.goto(f"{provider.url}/odoo/saas-templates/new")
    page.fill(field(page, "name"), "Office")
    page.click("button.o_form_button_save")
    page.click("button[name=action_build]")
    page.wait_for_selector(".o_form_view:has-text('Install Odoo')", timeout=SOON_MS)
    expect(page.locator(".o_form_view")).to_contain_text("odoo.modules.loading", timeout=BUILD_MS)
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_have_text(
        re.compile("Done"), timeout=BUILD_MS
    )
    page.goto(f"{provider.url}/odoo/saas-templates")
    expect(page.locator(".o_data_row:has-text('Office')")).to_contain_text("Published")


def provision(page: Page, provider: Provider) -> None:
    """A new tenant from the menu; the form turns to Active by itself."""
    page.goto(f"{provider.url}/odoo/saas-tenants/new")
    page.fill(field(page, "name"), "Acme Retail")
    page.fill(field(page, "subdomain"), "acme")
    page.fill(field(page, "admin_name"), "Alice Martin")
    page.fill(field(page, "admin_email"), EMAIL)
    choose(page, "template_id", "Office")
    expect(page.locator(".o_form_view")).to_contain_text("“acme” is free")
    page.click("button[name=action_provision]")
    page.wait_for_selector(".o_form_view:has-text('Reserve database')", timeout=SOON_MS)
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_have_text(
        re.compile("Done"), timeout=SOON_MS
    )
    page.goto(f"{provider.url}/odoo/saas-tenants")
    row = page.locator(".o_data_row:has-text('acme.localhost')")
    expect(row).to_contain_text("Active")


def open_the_mail(
    page: Page,
    provider: Provider,
    email: str = EMAIL,
    subdomain: str = "acme",
    name: str = "Acme Retail",
) -> None:
    """The customer's side: mail, one-time page, password, inside; the link works once."""
    mail, address = provider.mail_to(email), provider.tenant_url(subdomain)
    assert mail["Subject"] == f"{name} is ready"
    text = mail.get_body(("plain",)).get_content()
    link = re.search(r"http\S+/saas/welcome/[\w-]+", text).group()
    page.goto(link)
    expect(page.locator(".o_saas_welcome")).to_contain_text(f"{name} is ready")
    page.click(".o_saas_welcome button[type=submit]")
    page.wait_for_url(f"{address}/web/reset_password**")
    page.fill("input[name=password]", "correct-horse-battery")
    page.fill("input[name=confirm_password]", "correct-horse-battery")
    page.click("form.oe_reset_password_form button[type=submit]")
    expect(page.locator(".alert-success")).to_be_visible(timeout=SOON_MS)
    log_in(page, address, email, "correct-horse-battery")
    assert page.url.startswith(address)
    page.goto(link)
    expect(page.locator(".o_saas_welcome")).to_contain_text("This link was used already")
