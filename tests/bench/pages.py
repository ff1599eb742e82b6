"""What people wait for: a sign-up until the tenant is open, pages of the portal, the dashboard.

Owns: which pages are asked for, the goals. Does not own: filling the database (`pages_fill.py`),
what a person does (`person.py`). `python -m tests.bench pages` measures this part alone; what it
fills in is gone with the next start of the stage.
"""

import threading
import time
from collections.abc import Sequence

from playwright.sync_api import Browser, sync_playwright

from dev.control import admin_password
from dev.say import step
from tests.bench import pages_fill
from tests.bench.counter import Counter
from tests.bench.person import Person
from tests.bench.stage import PLAN
from tests.helpers.bench import Figure, Report, at_most

TITLE = "Sign-up, portal and dashboard"
SIGNUPS, UNCOUNTED = 10, 2
ASKED, PAINTED = 20, 5
TENANTS = 10_000
OPEN_SECONDS, PORTAL_MS, CALL_MS, PAINT_SECONDS = 2, 150, 200, 1
PASSWORD = "a-password-of-ana"
# Below a database, in the order of the menu; `""` is its own page.
BELOW = ("", "/plan", "/addresses", "/backups", "/cancel", "/service", "/incidents")
BESIDE = ("/my/databases", "/my/team", "/my/api-keys", "/my/webhooks", "/my/notifications")
BESIDE += ("/my/account-data",)
# When the last of the six figures is drawn, in milliseconds since the page was asked for.
WATCH = """
addEventListener("DOMContentLoaded", () => {
    const look = () => {
        if (document.querySelectorAll(".o_saas_kpi .o_saas_figure").length >= 6) {
            window.saasPainted = performance.now();
        } else {
            requestAnimationFrame(look);
        }
    };
    look();
});
"""


def measure_pages(counter: Counter, report: Report) -> None:
    """Sign up, look around as a customer, then as an operator of ten thousand tenants."""
    person = _measure_signups(counter, report)
    counter.stack.worker.stop()
    tenant = _make_customer(counter, person)
    with step(f"{TENANTS} tenants, subscriptions and a year of their usage"):
        counts = pages_fill.fill(counter, tenant["id"], TENANTS)
    report.say("In the database: " + ", ".join(f"{n:,} {name}" for name, n in counts.items()) + ".")
    _measure_portal(person, tenant, report)
    _measure_call(counter, report)
    _measure_paint(counter, report)


def _measure_signups(counter: Counter, report: Report) -> Person:
    """From the click in the confirmation mail's page to the tenant's own page."""
    _open_signup(counter)
    counter.fill(SIGNUPS + UNCOUNTED)
    opened, served, answered = [], [], []
    for number in range(SIGNUPS + UNCOUNTED):
        person = Person(counter.stack, f"visitor{number:02d}")
        path = person.sign_up(PLAN)
        counter.settle()
        counter.doorstep.forget()
        page: dict[str, float] = {}
        host = f"{person.name}.localhost"
        visitor = threading.Thread(target=_first_page, args=(counter, host, page), daemon=True)
        visitor.start()
        clicked, answer, entered = person.confirm(path)
        visitor.join()
        counter.settle()
        opened.append(entered - clicked)
        served.append((page["served"] - clicked) * 1000)
        answered.append((answer - clicked) * 1000)
    counted = slice(UNCOUNTED, None)
    figure = Figure("signup_open", tuple(opened[counted]), "s", "")
    report.add(
        "signup_open",
        figure.values,
        "s",
        "click on *Confirm* → the tenant's page on which a password is chosen, as its script waits",
        at_most(figure.p95, OPEN_SECONDS, f"p95 ≤ {OPEN_SECONDS} s"),
    )
    report.add("signup_answered", answered[counted], "ms", "click on *Confirm* → its answer")
    report.add("signup_served", served[counted], "ms", "click on *Confirm* → login page served")
    return person


def _open_signup(counter: Counter) -> None:
    """Let the same machine sign up often, into the template that has standby copies."""
    call = counter.operator.call
    policies = call("saas.signup.policy", "search", [])
    call(
        "saas.signup.policy",
        "write",
        policies,
        {"is_open": True, "network_hour": 1000, "domain_day": 1000, "total_hour": 1000},
    )
    plan = counter.operator.one("saas.plan", [("code", "=", PLAN)], ["id"])["id"]
    call("saas.plan", "write", [plan], {"template_ids": [(6, 0, [counter.template])]})


def _first_page(counter: Counter, host: str, page: dict[str, float]) -> None:
    page["served"] = counter.doorstep.first_page(host)


def _make_customer(counter: Counter, person: Person) -> dict:
    """Give the person who signed up last a password; return the tenant."""
    users = counter.operator.call("res.users", "search", [("login", "=", person.email)])
    counter.operator.call("res.users", "write", users, {"password": PASSWORD})
    person.log_in(PASSWORD)
    wanted = [("subdomain", "=", person.name)]
    return counter.operator.one("saas.tenant", wanted, ["id", "public_id"])


def _measure_portal(person: Person, tenant: dict, report: Report) -> None:
    """Each page of a customer with twenty databases, one after the other."""
    base = f"/my/databases/{tenant['public_id']}"
    named = {"/my/databases": "/my/databases, 20 of them"}
    for path in (*BESIDE, *(f"{base}{one}" for one in BELOW)):
        about = named.get(path, path.replace(tenant["public_id"], "…"))
        name = "portal" + path.removeprefix("/my").replace(tenant["public_id"], "one")
        figure = Figure(name, _timed(lambda path=path: person.page(path)), "ms", about)
        report.add(
            name.replace("/", "_").replace("-", "_"),
            figure.values,
            "ms",
            about,
            at_most(figure.p50, PORTAL_MS, f"p50 ≤ {PORTAL_MS} ms"),
        )


def _measure_call(counter: Counter, report: Report) -> None:
    """The one call of the dashboard, as the web client sends it."""
    for days in (30, 365):
        values = _timed(
            lambda days=days: counter.operator.call("saas.dashboard", "get_page", days=days)
        )
        figure = Figure(f"dashboard_call_{days}", values, "ms", "")
        report.add(
            figure.name,
            values,
            "ms",
            f"dashboard, its one call over {days} days",
            at_most(figure.p50, CALL_MS, f"p50 ≤ {CALL_MS} ms"),
        )


def _measure_paint(counter: Counter, report: Report) -> None:
    """A browser that was here before opens the page anew: until the six figures are drawn."""
    url, password = counter.stack.settings.control_url, admin_password(counter.stack)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            first, drawn = _painted(browser, url, password)
        finally:
            browser.close()
    report.add("dashboard_first_paint", first, "s", "dashboard opened → first paint")
    figure = Figure("dashboard_figures", tuple(drawn), "s", "")
    report.add(
        figure.name,
        figure.values,
        "s",
        "dashboard opened → its six figures drawn",
        at_most(figure.p50, PAINT_SECONDS, f"p50 ≤ {PAINT_SECONDS} s"),
    )


def _painted(browser: Browser, url: str, password: str) -> tuple[list[float], list[float]]:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{url}/web/login")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar")
    page.add_init_script(WATCH)
    first, drawn = [], []
    for _time in range(PAINTED + 1):
        page.goto(f"{url}/odoo/saas")
        page.wait_for_function("window.saasPainted")
        drawn.append(page.evaluate("window.saasPainted") / 1000)
        entry = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        first.append(page.evaluate(entry) / 1000)
    return first[1:], drawn[1:]


def _timed(work) -> Sequence[float]:
    """Return the milliseconds of each time, the first ones left out."""
    took = []
    for _time in range(ASKED + UNCOUNTED):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return tuple(took[UNCOUNTED:])
