"""The demo tenant: built, opened, and its first password set as its customer would.

Owns: playing the operator and the customer after `make run`. Does not own: the pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from .files import ensure_password, write_private
from .say import fail, step
from .stack import Stack
from .visitor import Form, Page, Visitor

TEMPLATE = "starter"
SUBDOMAIN = "acme"
PROVISION = (
    *("--name", "Acme Retail", "--subdomain", SUBDOMAIN, "--template", TEMPLATE),
    *("--plan", "standard", "--admin-name", "Alice Martin", "--admin-email", "alice@acme.example"),
    *("--if-missing", "--wait"),
)


@dataclass(frozen=True)
class Tenant:
    """Where the demo tenant is and who may enter."""

    url: str
    login: str
    password: str


def ensure_demo(stack: Stack) -> Tenant:
    """The demo tenant, open, with a password its customer chose; may run again at any time."""
    mark = stack.settings.folder / "demo.ready"
    password = ensure_password(stack.settings.folder / "secrets" / "acme.password")
    if mark.exists():
        return Tenant(*mark.read_text().split(), password)
    _ensure_template(stack)
    with step("demo tenant Acme Retail"):
        said = closing_lines(stack.saas("provision", *PROVISION))
    if "url" not in said or "login" not in said:
        fail("'saas provision' did not say the tenant's url and login.")
    _demand_open(said["url"])
    if said.get("welcome"):
        with step("its first password, set through the welcome link"):
            set_password(said["welcome"], password)
            log_in(said["url"], said["login"], password)
    write_private(mark, f"{said['url']} {said['login']}\n")
    return Tenant(said["url"], said["login"], password)


def _demand_open(url: str) -> None:
    page = Visitor().get(f"{url.rstrip('/')}/web/login")
    if page.status != 200:
        fail(f"'saas provision' ended well, but {url} answers with HTTP {page.status}.")


def _ensure_template(stack: Stack) -> None:
    mark = stack.settings.folder / "demo.template"
    if not mark.exists():
        with step(f"demo template '{TEMPLATE}' (a minute or two the first time)"):
            stack.saas("build", TEMPLATE, "--wait", timeout=1800)
        mark.touch()


def closing_lines(output: str) -> dict[str, str]:
    """`url: …`, `login: …`, `welcome: …` of the command's output."""
    found = {}
    for line in output.splitlines():
        key, colon, value = line.strip().partition(": ")
        if colon and key in ("url", "login", "welcome"):
            found[key] = value.strip()
    return found


def set_password(welcome: str, password: str) -> Page:
    """Open the one-time link, confirm page after page, and choose the password."""
    visitor = Visitor()
    page = visitor.get(welcome)
    for _ in range(4):
        form = _next_form(page)
        if form.passwords:
            done = visitor.submit(page, form, **dict.fromkeys(form.passwords, password))
            if any(other.passwords and "confirm_password" in other.fields for other in done.forms):
                fail(f"{page.url} did not take the password.")
            return done
        page = visitor.submit(page, form)
    fail(f"{welcome} never asked for a password.")


def log_in(url: str, login: str, password: str) -> Page:
    """Log in at a tenant's front door and give the page behind it."""
    visitor = Visitor()
    page = visitor.get(f"{url.rstrip('/')}/web/login")
    done = visitor.submit(page, _next_form(page), login=login, password=password)
    if done.status != 200 or urlsplit(done.url).path.startswith("/web/login"):
        fail(f"{login} could not log in at {url} (HTTP {done.status}).")
    return done


def _next_form(page: Page) -> Form:
    """The form that leads on: one with a password field, else the first that posts."""
    posting = [form for form in page.forms if form.method == "post"]
    chosen = next((form for form in posting if form.passwords), None)
    if page.status >= 400 or not posting:
        fail(f"{page.url} (HTTP {page.status}) has no form to go on with.")
    return chosen or posting[0]
