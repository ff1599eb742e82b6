"""A whole installation for the acceptance tests: two clusters, control web, worker, node, mail,
and a browser.
"""

import email
import email.policy
import shutil
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dev import paths
from dev.control import admin_password
from dev.settings import Settings
from dev.stack import Stack
from tests.helpers.resident_shell import ResidentShell

RELEASED = paths.ROOT / "tests" / "fixtures" / "addons" / "saas_released_module"
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
        self.records = ResidentShell(stack.settings.control_conf)

    def tenant_url(self, subdomain: str) -> str:
        """Return the address of a tenant."""
        return f"http://{subdomain}.localhost:{self.stack.settings.node_port}"

    def shell(self, script: str, said: str) -> str:
        """Run lines on the control plane's records; return what they printed behind a word."""
        told = self.records.ask(script, 300)
        assert said in told, told
        return told.rpartition(said)[2].strip()

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
    folder = tmp_path_factory.mktemp("stack")
    # Modules of a provider's own, of which a test may bring out another version.
    shutil.copytree(RELEASED, folder / "own_addons" / RELEASED.name)
    stack = Stack(Settings.for_tests(folder, extra_addons=(folder / "own_addons",)))
    try:
        stack.prepare().start()
        made = Provider(stack)
        with closing(made.records):
            yield made
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
