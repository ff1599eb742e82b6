"""A whole installation for the acceptance tests: two clusters, control web, worker, node, mail,
and a browser.
"""

import email
import email.policy
import subprocess
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dev import paths
from dev.control import admin_password
from dev.settings import Settings
from dev.shell import clean_environment
from dev.stack import Stack

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


# A screen that comes late on a busy machine is no fault; one that never comes is.
SCREEN_MS = 60_000
expect.set_options(timeout=SCREEN_MS)


class Provider:
    """The operator's side of an installation, and the customer's mailbox."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.url = stack.settings.control_url
        self.password = admin_password(stack)

    def tenant_url(self, subdomain: str) -> str:
        """Return the address of a tenant."""
        return f"http://{subdomain}.localhost:{self.stack.settings.node_port}"

    def shell(self, script: str, said: str) -> str:
        """Run lines in the control plane's shell; return what they printed behind a word."""
        conf = str(self.stack.settings.control_conf)
        done = subprocess.run(
            [str(paths.ODOO_BIN), "shell", "-c", conf, "--no-http", "--log-level", "error"],
            input=script,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert said in done.stdout, (done.stdout, done.stderr)
        return done.stdout.rpartition(said)[2].strip()

    def mail_to(
        self, address: str, seconds: float = 60, subject: str = ""
    ) -> email.message.EmailMessage:
        """Return the newest mail to an address, about something if wished, waiting for it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for path in sorted(self.stack.settings.mails.glob("*.eml"), reverse=True):
                mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                if address in str(mail["To"]) and subject in str(mail["Subject"]):
                    return mail
            time.sleep(0.5)
        raise AssertionError(f"no mail to {address} within {seconds} s")


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """An installation with a prepared cluster and nothing in it."""
    stack = Stack(Settings.for_tests(tmp_path_factory.mktemp("stack")))
    try:
        stack.prepare().start()
        yield Provider(stack)
    finally:
        stack.destroy()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium without a window."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser window of a person who was never here."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(SCREEN_MS)
    window = context.new_page()
    yield window
    context.close()
