"""A backup target as an administrator makes one: a bucket of a real service, tested by the worker
of a real installation, with the result on the form.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from dev import paths
from tests.helpers import s3

from .conftest import Provider
from .test_main_job import SOON_MS, log_in

FOLDER = paths.STATE / "shots"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3.S3Server]:
    with s3.running(tmp_path_factory.mktemp("s3")) as server:
        yield server


def field(page: Page, name: str):
    return page.locator(f"div[name={name}] input, div[name={name}] textarea").first


def test_a_bucket_is_tested_by_the_worker_and_the_form_says_what_works(
    provider: Provider, page: Page, service: s3.S3Server
) -> None:
    service.bucket("acme-backups")
    log_in(page, provider.url, "admin", provider.password)
    page.goto(f"{provider.url}/odoo/saas-backup-targets/new")
    page.wait_for_selector(".o_form_view", timeout=SOON_MS)
    field(page, "name").fill("Bucket")
    page.locator("div[name=kind] label", has_text="S3").click()
    for name, value in {
        "bucket": "acme-backups",
        "prefix": "saas",
        "endpoint": service.endpoint,
        "access_key": s3.KEY,
        "secret_key": "not the secret",
    }.items():
        field(page, name).fill(value)
    page.locator("div[name=inside_allowed] input").check()
    page.locator(".o_form_button_save").click()

    press_test(page)
    state_is(page, "Failing")
    lines = page.locator("div[name=check_ids]")
    expect(lines).to_contain_text("refuses the access key")
    expect(lines).to_contain_text("Enter the access key and the secret key anew")
    picture(page, "failing")

    field(page, "secret_key").fill(s3.SECRET)
    page.locator(".o_form_button_save").click()
    state_is(page, "Not Tested")
    press_test(page)
    state_is(page, "Ready")
    for words in ("can be written", "byte for byte", "in the listing", "refuses the second"):
        expect(lines).to_contain_text(words)
    picture(page, "ready")
    assert s3.SECRET not in page.content()
    listed = service.client.list_objects_v2(Bucket="acme-backups")
    assert listed["KeyCount"] == 0, "a test leaves nothing"


def press_test(page: Page) -> None:
    button = page.locator(".o_statusbar_buttons button", has_text="Test Connection")
    expect(button).to_be_visible(timeout=SOON_MS)
    button.click()


def state_is(page: Page, words: str) -> None:
    current = page.locator(".o_statusbar_status .o_arrow_button_current")
    expect(current).to_have_text(re.compile(words), timeout=SOON_MS)


def picture(page: Page, name: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"backup_target_{name}.png", full_page=True)
