"""A stranger with a phone: from a price to a database of his own, and what he does with it then.

Everything is real: the mail that asks to confirm, the database that is made, the page on which a
password is chosen, the portal, the documents of a change of plan, the clipboard. Paying on a phone
is lived in test_plan_to_paid.py.
"""

import html
import json
import re
import time
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import Provider
from .test_main_job import SOON_MS, log_in
from .test_plan_to_paid import ensure_template

EMAIL, PASSWORD = "nora@willow.example", "correct-horse-battery"
PHONE = {"width": 390, "height": 844}
# Books, two plans of the template that is there, sign-up open.
OFFER = """
if not env.company.chart_template:
    env["account.chart.template"].try_loading("generic_coa", company=env.company)
template = env["saas.template"].search([("name", "=", "Office")], limit=1)
for name, price, users in (("Willow", 29, 5), ("Willow Plus", 89, 20)):
    plan = env["saas.plan"].create({
        "name": name, "code": name.lower().replace(" ", "-"), "price": price, "trial_days": 0,
        "limit_users": users, "published": True, "template_ids": template.ids})
    plan._publish_version()
policies = env["saas.signup.policy"]
policy = policies.search([("company_id", "=", env.company.id)]) or policies.create({})
policy.write({"is_open": True, "terms_url": "https://example.com/terms"})
env.cr.commit()
print("OFFER")
"""
TENANT = """
import json
tenant = env["saas.tenant"].search([("subdomain", "=", "willow")])
one = tenant.sudo().subscription_id
print("TENANT " + json.dumps({
    "state": tenant.state, "database": tenant.database_id.sudo().name or "",
    "ref": tenant.public_id, "plan": one.plan_id.name or "", "ends": str(one.ends_on or ""),
    "due": one.amount_due,
    "papers": [[move.id, move.state, move.payment_state, move.amount_total_signed]
               for move in (one._moves() if one else [])],
}))
"""


@pytest.fixture
def phone(browser: Browser, provider: Provider) -> Page:
    """The browser of somebody who was never here, as wide as a phone."""
    context = browser.new_context(viewport=PHONE, has_touch=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=provider.url)
    context.set_default_timeout(SOON_MS)
    window = context.new_page()
    yield window
    context.close()


def test_a_stranger_with_a_phone_signs_up_confirms_and_is_in(
    provider: Provider, page: Page, phone: Page
) -> None:
    log_in(page, provider.url, "admin", provider.password)
    ensure_template(page, provider)
    provider.shell(OFFER, said="OFFER")

    sign_up(phone, provider)
    assert tenant(provider)["state"] == "", "nothing is made before the click in the mail"
    seconds = confirm(phone, provider)
    print(f"click on Confirm until the tenant's own page: {seconds:.2f} s")
    choose_password(phone, provider)
    made = tenant(provider)
    assert (made["state"], bool(made["database"])) == ("active", True), made

    enter_portal(phone, provider)
    use_own_address(phone, provider)
    change_plan(phone, provider)
    cancel_and_undo(phone, provider)


def sign_up(phone: Page, provider: Provider) -> None:
    phone.goto(f"{provider.url}/saas/pricing")
    fits(phone)
    phone.locator("a[href*='/saas/signup?plan=willow&']").first.click()
    # The script of the page has begun when it has put in the time zone.
    expect(phone.locator("input[name=timezone]")).not_to_have_value("")
    phone.fill("#name", "Nora Lind")
    phone.fill("#email", EMAIL)
    phone.fill("#company_name", "Willow")
    phone.press("#company_name", "Tab")
    phone.select_option("#country", "BE")
    expect(phone.locator("#subdomain")).to_have_value("willow")
    expect(phone.locator("#subdomain_told")).to_have_class(re.compile("text-success"))
    phone.check("#terms")
    fits(phone)
    phone.click("form.o_saas_signup button[type=submit]")
    expect(phone.locator("h1")).to_have_text("Confirm your e-mail")
    fits(phone)


def confirm(phone: Page, provider: Provider) -> float:
    """Follow the mail's link, click, go in when the page says so; return the seconds it took."""
    mail = provider.mail_to(EMAIL, subject="Confirm your e-mail")
    text = html.unescape(mail.get_body(("html",)).get_content())
    phone.goto(re.search(r"http[^\"\s]+/saas/signup/confirm/[\w-]{43}", text).group())
    expect(phone.locator("h1")).to_have_text("Create Willow")
    fits(phone)
    clicked = time.monotonic()
    phone.click("button:has-text('Confirm and Create Database')")
    phone.locator("button:has-text('Choose Password and Open')").click()
    phone.wait_for_url(f"{provider.tenant_url('willow')}/web/reset_password**")
    return time.monotonic() - clicked


def choose_password(phone: Page, provider: Provider) -> None:
    phone.fill("input[name=password]", PASSWORD)
    phone.fill("input[name=confirm_password]", PASSWORD)
    phone.click("form.oe_reset_password_form button[type=submit]")
    expect(phone.locator(".alert-success")).to_be_visible()
    log_in(phone, provider.tenant_url("willow"), EMAIL, PASSWORD)
    assert phone.url.startswith(provider.tenant_url("willow"))


def enter_portal(phone: Page, provider: Provider) -> None:
    """The login of the portal has no password at first: its owner asks for a link to choose one."""
    phone.goto(f"{provider.url}/web/reset_password")
    phone.fill("input[name=login]", EMAIL)
    phone.click("form.oe_reset_password_form button[type=submit]")
    mail = provider.mail_to(EMAIL, subject="Password reset")
    text = html.unescape(mail.get_body(("html",)).get_content())
    phone.goto(re.search(r"http[^\"\s]+/web/(?:reset_password|signup)\?[^\"\s]+", text).group())
    phone.fill("input[name=password]", PASSWORD)
    phone.fill("input[name=confirm_password]", PASSWORD)
    phone.click("form.oe_reset_password_form button[type=submit]")
    phone.wait_for_load_state()
    phone.goto(f"{provider.url}/my/databases")
    if phone.locator("input[name=login]").count():
        phone.fill("input[name=login]", EMAIL)
        phone.fill("input[name=password]", PASSWORD)
        phone.click("form.oe_login_form button[type=submit]")
    expect(phone.locator("h1")).to_have_text("Your Databases")
    expect(phone.locator("#wrap")).to_contain_text("Willow")
    fits(phone)


def change_plan(phone: Page, provider: Provider) -> None:
    """The sum on the page is that of the documents, to the cent."""
    before = {paper[0] for paper in tenant(provider)["papers"]}
    phone.goto(f"{base(provider)}/plan?plan=willow-plus&when=now")
    shown = float(phone.locator("input[name=sum]").input_value())
    assert shown > 0
    fits(phone)
    phone.click("button[type=submit]:has-text('Change to Willow Plus')")
    expect(phone.locator(".alert-success")).to_be_visible()
    wait(lambda: tenant(provider)["plan"] == "Willow Plus")

    def papers() -> list:
        new = [one for one in tenant(provider)["papers"] if one[0] not in before]
        return new if new and all(one[1] == "posted" for one in new) else []

    assert round(sum(one[3] for one in wait(papers)), 2) == shown


def use_own_address(phone: Page, provider: Provider) -> None:
    """The clipboard holds what the record of the domain is to hold."""
    phone.goto(f"{base(provider)}/addresses")
    phone.fill("input[name=host]", "shop.willow.example")
    phone.click("button:has-text('Add Address')")
    expect(phone.locator("h2:has-text('shop.willow.example')")).to_be_visible()
    fits(phone)
    for kind in ("CNAME: value", "TXT: value"):
        box = phone.locator(f".o_saas_copy:has(input[aria-label='{kind}'])")
        box.locator("button").click()
        expect(box.locator("[role=status]")).to_be_visible()
        value = box.locator("input").input_value()
        assert value
        assert phone.evaluate("navigator.clipboard.readText()") == value


def cancel_and_undo(phone: Page, provider: Provider) -> None:
    phone.goto(f"{base(provider)}/cancel")
    fits(phone)
    phone.select_option("#saas_reason", "too_expensive")
    phone.click("button.btn-danger:has-text('Cancel Subscription')")
    expect(phone.locator(".alert:has(button:has-text('Undo'))")).to_contain_text("you can undo")
    fits(phone)
    assert tenant(provider)["ends"]
    phone.click(".alert button:has-text('Undo')")
    expect(phone.locator("a:has-text('Cancel Subscription…')")).to_be_visible()
    assert not tenant(provider)["ends"]


def base(provider: Provider) -> str:
    return f"{provider.url}/my/databases/{tenant(provider)['ref']}"


def tenant(provider: Provider) -> dict[str, Any]:
    """Return what the records say; a tenant that is not there has no state."""
    found = json.loads(provider.shell(TENANT, said="TENANT"))
    return {**found, "state": found["state"] or ""}


def wait(look: Any, seconds: float = 60) -> Any:
    """Return the first answer that is something."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.5)


def fits(phone: Page) -> None:
    """Nothing on the page is wider than the phone, and nothing is left of how it was made."""
    assert "{'" not in phone.inner_text("body"), phone.url
    wide = phone.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"], f"{phone.url} is {wide} px wide"
