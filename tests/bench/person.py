"""A person with a browser's cookies at the control plane, over plain HTTP.

Owns: forms as a browser sends them, the way from a mail's link to the open tenant. Does not own:
what is measured (`pages.py`).
"""

import email
import email.policy
import html
import re
import time
from pathlib import Path
from urllib.parse import urlparse

import requests

from dev.stack import Stack
from tests.bench.desk import get

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
CONFIRM = re.compile(r"/saas/signup/confirm/[\w-]{43}")
# What the script of the progress page waits between two looks.
LOOK_SECONDS = 0.25


class Person:
    """Somebody with a mail address, a company and a wished subdomain."""

    def __init__(self, stack: Stack, name: str) -> None:
        self.name, self.email = name, f"ana@{name}.example"
        self._stack = stack
        self._url = stack.settings.control_url
        self._session = requests.Session()

    def page(self, path: str) -> requests.Response:
        """Ask for a page, without following where it leads.

        Raises: AssertionError when it is none.
        """
        answer = self._session.get(self._url + path, timeout=60, allow_redirects=False)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer

    def send(self, path: str, page: requests.Response, **form: str) -> requests.Response:
        """Send a form that stands on a page."""
        data = {"csrf_token": CSRF.search(page.text)[1], **form}
        url = self._url + path
        return self._session.post(url, data=data, timeout=60, allow_redirects=False)

    def log_in(self, password: str) -> None:
        """Log in to the portal."""
        form = self.page("/web/login")
        answer = self.send("/web/login", form, login=self.email, password=password)
        assert answer.status_code == 303, f"{self.email} cannot log in"

    def sign_up(self, plan: str) -> str:
        """Fill in the form; return the path in the mail that asks to confirm."""
        form = self.page(f"/saas/signup?plan={plan}")
        known = set(self._mails())
        asked = self.send(
            "/saas/signup",
            form,
            plan=plan,
            currency=re.search(r'name="currency" value="([^"]*)"', form.text)[1],
            name="Ana Costa",
            email=self.email,
            company_name=self.name.title(),
            country="BE",
            subdomain=self.name,
            terms="1",
        )
        assert asked.status_code == 303, asked.text
        return CONFIRM.search(self._mail(known))[0]

    def confirm(self, path: str) -> tuple[float, float, float]:
        """Click in the page of the mail and wait as its script does until the tenant is open.

        Returns the instants of the click, of its answer, and of the tenant's page on which a
        password is chosen.
        """
        page = self.page(path)
        clicked = time.time()
        told = self.send(path, page)
        answered = time.time()
        assert told.status_code == 303, told.text
        progress = urlparse(told.headers["Location"]).path
        page = self.page(progress)
        while 'data-state="preparing"' in page.text:
            time.sleep(LOOK_SECONDS)
            state = self._session.get(f"{self._url}{progress}/state", timeout=60).json()
            if state["state"] != "preparing":
                page = self.page(progress)
        door = self.send(f"{progress}/open", page)
        assert door.status_code == 303, door.text
        self._enter(door.headers["Location"])
        return clicked, answered, time.time()

    def _enter(self, url: str) -> None:
        """Go to the tenant, whose host name is known to browsers alone."""
        parts = urlparse(url)
        asked = f"{parts.path}?{parts.query}"
        status, body = get(self._stack.settings.node_port, parts.hostname, asked)
        assert status == 200, f"{url}: {status}"
        assert b'name="password"' in body, f"{url} asks for no password"

    def _mails(self) -> list[Path]:
        return sorted(self._stack.settings.mails.glob("*.eml"))

    def _mail(self, known: set[Path], seconds: float = 90) -> str:
        """Return the text of the first mail to this person that is not one of the known."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for path in self._mails():
                text = "" if path in known else _read(path, self.email)
                if text:
                    return text
            time.sleep(0.1)
        raise AssertionError(f"no mail to {self.email} within {seconds} s")


def _read(path: Path, address: str) -> str:
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    if address not in str(mail["To"]):
        return ""
    return html.unescape(mail.get_body(("html",)).get_content())
