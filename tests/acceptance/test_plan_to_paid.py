"""From a plan to money, as three people live it: who sells makes a plan and a subscription, who
buys pays, and who does not pay any more is closed until it is paid.
"""

import html
import re
import time

from playwright.sync_api import Browser, Page, expect

from dev import databases
from dev.settings import CONTROL_DATABASE

from .conftest import Provider
from .test_main_job import SOON_MS, build_template, choose, field, log_in
from .test_suspend_and_resume import answers

BUYER = "bea@birch.example"
# A company keeps books before it bills; customers pay with Odoo's provider for demonstrations.
BOOKS = """
company = env.company
if not company.chart_template:
    env["account.chart.template"].try_loading("generic_coa", company=company)
demo = env["payment.provider"].search(
    [("code", "=", "demo"), ("company_id", "=", company.id)], limit=1
)
demo.write({"state": "test", "is_published": True})
env.cr.commit()
print("BOOKS")
"""
# The card that was saved is refused from now on.
CARD_FAILS = """
partner = env["res.partner"].search([("email", "=", "bea@birch.example")])
tokens = env["payment.token"].search([("partner_id", "in", partner.ids)])
tokens.demo_simulated_state = "error"
env.cr.commit()
print("TOKENS", len(tokens))
"""
# A day goes by: what was written down today was written down yesterday.
A_DAY_LATER = """
from datetime import timedelta
from odoo import fields
day = timedelta(days=1)
ladder = env["saas.dunning"].search([("state", "!=", "closed")])
for row in ladder.move_ids.saas_attempt_ids:
    row._put({"at": row.at - day})
for row in ladder.step_ids:
    row._put({"on": row.on - day})
ladder._put({"begin_on": ladder.begin_on - day, "look_on": fields.Date.today()})
env["ir.cron"].search([("model_name", "=", "saas.dunning")])._trigger()
env.cr.commit()
print("LATER", len(ladder))
"""


def test_from_a_plan_to_an_invoice_that_is_paid_and_one_that_is_not(
    provider: Provider, page: Page, browser: Browser
) -> None:
    keep_books(provider)
    log_in(page, provider.url, "admin", provider.password)
    ensure_template(page, provider)
    make_plan(page, provider, "Metered", "100", tiers=True)
    make_plan(page, provider, "Metered Plus", "190")
    close_after_a_day(page, provider)
    subscribe(page, provider)

    customer = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    customer.set_default_timeout(SOON_MS)
    first = invoice_link(provider)
    pay(customer, first, save=True)
    state_is(page, provider, "Active")

    provider.shell(CARD_FAILS, said="TOKENS")
    change_plan(page, provider)
    state_is(page, provider, "Past Due")
    provider.shell(A_DAY_LATER, said="LATER")
    address = f"{provider.tenant_url('birch')}/web/login"
    answers(customer, address, 402)
    expect(customer.locator("body")).to_contain_text("because an invoice is unpaid")

    pay(customer, invoice_link(provider, known=(first,)))
    answers(customer, address, 200)
    expect(customer.locator("input[name=login]")).to_be_visible()
    state_is(page, provider, "Active")


def keep_books(provider: Provider) -> None:
    stack = provider.stack
    stack.web.stop()
    stack.worker.stop()
    conf = stack.settings.control_conf
    databases.odoo_once(conf, CONTROL_DATABASE, ["-i", "payment_demo"], "Installing a provider")
    provider.shell(BOOKS, said="BOOKS")
    stack.start_web()
    stack.start_worker()
    stack.wait_until_ready()


def ensure_template(page: Page, provider: Provider) -> None:
    page.goto(f"{provider.url}/odoo/saas-templates")
    page.wait_for_selector(".o_data_row, .o_view_nocontent", timeout=SOON_MS)
    if not page.locator(".o_data_row:has-text('Office')").count():
        build_template(page, provider)


def make_plan(
    page: Page, provider: Provider, name: str, price: str, tiers: bool = False, users: str = ""
) -> None:
    """A plan from the menu, free or with API calls in price tiers, published."""
    page.goto(f"{provider.url}/odoo/saas-plans/new")
    page.fill(field(page, "name"), name)
    page.fill(field(page, "price"), price)
    if price == "0":
        page.locator("div[name=is_free] input").check()
    if users:
        page.locator(".nav-link[name=included]").click()
        page.fill(field(page, "limit_users"), users)
    page.locator(".nav-link[name=trial]").click()
    page.fill(field(page, "trial_days"), "0")
    if tiers:
        page.locator(".nav-link[name=price]").click()
        add_charge(page)
    page.click("button.o_form_button_save")
    page.click("button[name=action_publish_version]")
    dialog = page.locator(".modal")
    dialog.locator("footer button.btn-primary").click()
    expect(dialog).to_have_count(0, timeout=SOON_MS)
    expect(page.locator(".ribbon")).to_have_count(0)


def add_charge(page: Page) -> None:
    page.locator("div[name=charge_ids] .o_field_x2many_list_row_add a").first.click()
    dialog = page.locator(".modal")
    meter = dialog.locator("div[name=meter_id] input")
    meter.fill("API Calls")
    page.click(".o-autocomplete--dropdown-item:has-text('API Calls')")
    dialog.get_by_label("Graduated").check()
    tiers = dialog.locator("div[name=tier_ids] tr.o_data_row")
    expect(tiers).to_have_count(2)
    for number, price in enumerate(("0", "0.002")):
        tiers.nth(number).locator("td[name=unit_price]").click()
        tiers.nth(number).locator("td[name=unit_price] input").fill(price)
    dialog.locator("div[name=preview_quantity] input").fill("12400")
    dialog.locator("div[name=preview_quantity] input").press("Tab")
    expect(dialog.locator("div[name=preview]")).to_contain_text("22.80")
    dialog.locator("footer button.o_form_button_save").click()
    expect(dialog).to_have_count(0, timeout=SOON_MS)


def close_after_a_day(page: Page, provider: Provider) -> None:
    """Who does not pay is closed after a day."""
    page.goto(f"{provider.url}/odoo/saas-dunning-profiles")
    page.locator(".o_data_row td[name=name]").first.click()
    page.locator("div[name=restricts] input").uncheck()
    page.fill(field(page, "suspended_day"), "1")
    page.click("button.o_form_button_save")
    expect(page.locator("button.o_form_button_save")).to_be_hidden(timeout=SOON_MS)


def subscribe(page: Page, provider: Provider, template: str = "Office") -> None:
    """A tenant with a plan; its subscription begins by itself."""
    page.goto(f"{provider.url}/odoo/saas-tenants/new")
    page.fill(field(page, "name"), "Birch Bakery")
    page.fill(field(page, "subdomain"), "birch")
    page.fill(field(page, "admin_name"), "Bea Birch")
    page.fill(field(page, "admin_email"), BUYER)
    choose(page, "template_id", template)
    choose(page, "plan_id", "Metered")
    expect(page.locator(".o_form_view")).to_contain_text("“birch” is free")
    page.click("button[name=action_provision]")
    page.wait_for_selector(".o_form_view:has-text('Reserve database')", timeout=SOON_MS)
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_have_text(
        re.compile("Done"), timeout=SOON_MS
    )


def open_subscription(page: Page, provider: Provider, customer: str) -> None:
    page.goto(f"{provider.url}/odoo/saas-subscriptions")
    page.locator(".o_facet_remove").first.click()
    page.locator(f".o_data_row:has-text('{customer}')").first.click()
    page.wait_for_selector(".o_form_view div[name=period_ids]", timeout=SOON_MS)


def state_is(page: Page, provider: Provider, words: str) -> None:
    """Look again until the subscription is in a state."""
    end = time.monotonic() + SOON_MS / 1000
    while True:
        open_subscription(page, provider, "Birch Bakery")
        found = page.locator("div[name=state] .o_arrow_button_current").inner_text()
        if words in found:
            return
        assert time.monotonic() < end, found
        page.wait_for_timeout(1000)


def invoice_link(provider: Provider, known: tuple[str, ...] = ()) -> str:
    """Return the address in the newest mail of an invoice that is not one of the known."""
    end = time.monotonic() + SOON_MS / 1000
    while True:
        text = provider.mail_to(BUYER, subject="Invoice").get_body(("html",)).get_content()
        found = [
            html.unescape(link) for link in re.findall(r'href="([^"]*/my/invoices/[^"]*)"', text)
        ]
        if found and found[0] not in known:
            return found[0]
        assert time.monotonic() < end, text
        time.sleep(0.5)


def pay(page: Page, link: str, save: bool = False) -> None:
    """Pay an invoice as a customer on a phone, with a card that is saved if wished."""
    page.goto(link)
    page.locator("a:has-text('Pay Now'):visible").first.click()
    form = page.locator(".modal.show")
    expect(form.locator("button[name=o_payment_submit_button]")).to_be_visible()
    another = form.get_by_text("Choose another method")
    if another.is_visible():
        another.click()
        form.locator("label[for^=o_payment_method_]").click()
    form.locator("#customer_input").fill("4242 4242 4242 4242")
    form.locator("#simulated_payment_state").select_option("done")
    if save:
        form.locator("input[name=o_payment_tokenize_checkbox]").check()
    form.locator("button[name=o_payment_submit_button]").click()
    expect(page.locator("body")).to_contain_text("Your payment has been processed")
    page.wait_for_url(re.compile(r"/my/invoices/\d+"), timeout=SOON_MS)
    expect(page.locator("a:has-text('Pay Now'):visible")).to_have_count(0)


def change_plan(page: Page, provider: Provider) -> None:
    """A dearer plan, its documents seen before."""
    open_subscription(page, provider, "Birch Bakery")
    page.locator("button:has-text('Change Plan…')").click()
    dialog = page.locator(".modal")
    dialog.locator("div[name=version_id] input").fill("Metered Plus")
    page.click(".o-autocomplete--dropdown-item:has-text('Metered Plus')")
    dialog.locator("button[name=action_preview]").click()
    rows = dialog.locator("div[name=line_ids]")
    expect(rows).to_contain_text("Credit Note")
    expect(rows).to_contain_text("Invoice")
    dialog.locator("footer button:has-text('Change Plan')").click()
    expect(dialog).to_have_count(0, timeout=SOON_MS)
