"""A campaign as an operator lives it: a canary, then the others. One database refuses the new
version, one breaks a while after it, the worker is killed in the middle; the others finish.

Versions are of a module whose second one is brought out by the test; what happens in databases is
done by the real Odoo.
"""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.conftest import RELEASED, Provider
from tests.acceptance.test_isolation import shell
from tests.acceptance.test_made_backup import SHELF
from tests.acceptance.test_main_job import choose, field, log_in
from tests.acceptance.test_restored import inside, told
from tests.acceptance.test_restored import page as status_of

UPGRADE_SECONDS = 600
MAKE = """
cluster = env["saas.cluster"].search([("key", "=", "local")])
module = env["saas.module"].search(
    [("technical_name", "=", "saas_released_module"), ("cluster_id", "=", cluster.id)])
env["saas.template"].create({
    "name": "Grove", "code": "grove", "cluster_id": cluster.id, "module_ids": module.ids})
env.cr.commit()
"""
REFRESH = """
env["saas.cluster"].search([("key", "=", "local")]).action_refresh_modules()
env.cr.commit()
"""
OFFERED = """
import json
modules = env["saas.module"].search([("technical_name", "=", "saas_released_module")])
print("FOUND " + json.dumps(modules.mapped("version")))
"""
PROVISION = """
template = env["saas.template"].search([("code", "=", "grove")])
for name in NAMES:
    tenant = env["saas.tenant"].create({
        "name": name.title(), "subdomain": name, "template_id": template.id,
        "admin_name": f"Keeper of {name.title()}", "admin_email": f"keeper@{name}.example",
        "backup_policy_id": policy.id})
    tenant.action_provision()
env.cr.commit()
"""
LIVE = """
import json
tenants = env["saas.tenant"].search([("template_id.code", "=", "grove")])
print("FOUND " + json.dumps({
    one.subdomain: [one.state, one.database_id.oid, one.version_id.number] for one in tenants
}))
"""
COURSE = """
import json
one = env["saas.campaign"].search([], order="id desc", limit=1)
print("FOUND " + json.dumps({
    "state": one.state, "why": one.halt_reason, "wave": one.wave_now, "waits": one.waits,
    "lines": {
        line.tenant_id.subdomain: {
            "stage": line.stage, "why": line.why, "block": line.block_text,
            "upgrade": [line.upgrade_id.state, line.upgrade_id.outage_seconds],
            "jobs": [[job.kind, job.state, job.step_now] for job in line.upgrade_id.job_ids],
        }
        for line in one.line_ids
    },
}))
"""
WATCH = """
env["ir.config_parameter"].set_param("saas.upgrade_watch_minutes", "MINUTES")
env.cr.commit()
"""
LOOK_NOW = """
env.ref("saas_business_management.ir_cron_watch_upgrades")._trigger()
env.cr.commit()
"""
PARAMETER = """
INSERT INTO ir_config_parameter (key, value, create_date, write_date)
VALUES ('saas_released_module.{name}', '1', now(), now())
"""
RELEASE = "SELECT value FROM ir_config_parameter WHERE key = 'saas_released_module.release'"
# What goes on by itself in a database that is served: scheduled actions, counters of caches,
# files of pages that were asked for, devices.
RESTLESS = r"^(ir_cron|orm_signaling|ir_attachment$|ir_logging$|res_device|saas_)"
TABLES = f"""
SELECT table_name FROM information_schema.tables
 WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name !~ '{RESTLESS}'
 ORDER BY table_name
"""
ROWS = """
SELECT '{table}', count(*), md5(coalesce(string_agg(one::text, '' ORDER BY one::text), ''))
  FROM {table} one
"""
NAMES = ("larch", "linden", "maple", "rowan")


def course(provider: Provider, condition: Callable[[dict], Any], poke: str = "") -> dict:
    """Wait for a state of the newest campaign and return it."""
    end = time.monotonic() + UPGRADE_SECONDS
    while True:
        found = told(provider, COURSE)
        if condition(found):
            return found
        assert time.monotonic() < end, found
        if poke:
            shell(provider, poke)
        time.sleep(1)


def live(provider: Provider, condition: Callable[[dict], Any] = lambda all: True) -> dict:
    end = time.monotonic() + UPGRADE_SECONDS
    while not condition(found := told(provider, LIVE)):
        assert time.monotonic() < end, found
        time.sleep(1)
    return found


def content(provider: Provider, name: str) -> list:
    """Return of every table of a tenant how many rows it has and a hash over them."""
    tables = [one for (one,) in inside(provider, TABLES, name)]
    assert len(tables) > 50
    rows = inside(provider, "UNION ALL".join(ROWS.format(table=one) for one in tables), name)
    return sorted(rows)


def offered(provider: Provider, version: str) -> None:
    """Have the cluster's modules read, until this version is among them."""
    shell(provider, REFRESH)
    end = time.monotonic() + 120
    while told(provider, OFFERED) != [version]:
        assert time.monotonic() < end
        time.sleep(1)


def release(provider: Provider) -> None:
    """Bring out the second version of the module."""
    manifest = provider.stack.settings.extra_addons[0] / RELEASED.name / "__manifest__.py"
    manifest.write_text(manifest.read_text().replace('"19.0.1.0.0"', '"19.0.1.1.0"'))
    offered(provider, "19.0.1.1.0")
    provider.stack.saas("build", "grove", "--wait")


def press(page: Page, name: str, asks: bool = True) -> None:
    """Press a button of the form and agree to what it asks."""
    page.locator(f".o_form_view button[name={name}]:visible").first.click()
    agree = page.locator(".modal footer button.btn-primary")
    if asks:
        agree.click()
    expect(agree).to_have_count(0)


def becomes(page: Page, address: str, words: str) -> None:
    """Open the form of a campaign again and again until its state is this one."""
    end = time.monotonic() + UPGRADE_SECONDS
    while True:
        page.goto(address)
        now = page.locator(".o_statusbar_status .o_arrow_button_current").inner_text()
        if words in now:
            return
        assert time.monotonic() < end, page.locator(".o_form_view").inner_text()
        page.wait_for_timeout(2000)


@pytest.mark.timeout(2400)
def test_a_canary_then_the_others_of_which_one_refuses_and_one_breaks_later(
    provider: Provider, page: Page, tmp_path: Path
) -> None:
    make_grove(provider, tmp_path)
    inside(provider, PARAMETER.format(name="gap"), "maple")
    inside(provider, PARAMETER.format(name="breaks_later"), "rowan")
    before = live(provider)
    kept = {name: content(provider, name) for name in ("maple", "rowan")}
    release(provider)

    log_in(page, provider.url, "admin", provider.password)
    address = plan(page, provider)
    press(page, "action_rehearse")
    becomes(page, address, "Rehearsed")
    assert live(provider) == before

    shell(provider, WATCH.replace("MINUTES", "1"))
    press(page, "action_start")
    found = course(provider, lambda now: now["waits"] == "person", poke=LOOK_NOW)
    stages = {name: line["stage"] for name, line in found["lines"].items()}
    assert stages == {"larch": "done", **dict.fromkeys(NAMES[1:], "todo")}, found
    assert inside(provider, RELEASE, "larch") == [["2"]]

    shell(provider, WATCH.replace("MINUTES", "3"))
    page.goto(address)
    expect(page.locator(".o_form_view")).to_contain_text("Wave 2 waits for you")
    press(page, "action_start_wave")
    course(provider, changing)
    provider.stack.worker.kill()
    provider.stack.start_worker()
    found = course(provider, lambda now: now["state"] != "running", poke=LOOK_NOW)
    stages = {name: line["stage"] for name, line in found["lines"].items()}
    ended = {"larch": "done", "linden": "done", "maple": "failed", "rowan": "rolled_back"}
    assert (found["state"], stages) == ("done", ended), found

    after = live(provider)
    for name, rows in kept.items():
        assert after[name] == before[name]
        assert content(provider, name) == rows
    for name in ("larch", "linden"):
        assert after[name][0] == before[name][0] and after[name][2] == 2
        assert after[name][1] != before[name][1]
        assert inside(provider, RELEASE, name) == [["2"]]
    assert {name: status_of(provider, f"{name}.localhost") for name in NAMES} == dict.fromkeys(
        NAMES, 200
    )
    hears(provider, "linden", "Linden was updated")
    hears(provider, "maple", "Maple was not updated")
    # Whether people had heard of the new version before it was taken back is a matter of seconds.
    hears(provider, "rowan", "The update of Rowan was taken back", "Rowan was not updated")
    look_at_the_end(page, provider, address)


def make_grove(provider: Provider, folder: Path) -> None:
    """Four tenants of a template with the first version of the module, backed up by a policy."""
    offered(provider, "19.0.1.0.0")
    shell(provider, MAKE)
    provider.stack.saas("build", "grove", "--wait")
    shelf = folder / "shelf"
    shelf.mkdir()
    made = SHELF.replace("Shelf", "Shelf of the Grove").replace("Walled", "Grove")
    shell(provider, f"FOLDER = {str(shelf)!r}\nNAMES = {NAMES!r}\n{made}{PROVISION}")
    live(provider, lambda all: [one[0] for one in all.values()] == ["active"] * len(NAMES))


def hears(provider: Provider, name: str, *subjects: str) -> None:
    """Wait until the last mail to the keeper of a tenant is one of these."""
    end = time.monotonic() + 60
    while provider.mail_to(f"keeper@{name}.example")["Subject"] not in subjects:
        assert time.monotonic() < end, subjects
        time.sleep(0.5)


def changing(now: dict) -> bool:
    """Tell whether the real Odoo changes the copy of some tenant just now."""
    return any(
        (kind, state, step) == ("upgrade_tenant", "running", "Change the copy")
        for line in now["lines"].values()
        for kind, state, step in line["jobs"]
    )


def plan(page: Page, provider: Provider) -> str:
    """A campaign with a canary, from the menu, checked; return the address of its form."""
    page.goto(f"{provider.url}/odoo/saas-campaigns/new")
    choose(page, "template_id", "Grove")
    choose(page, "canary_ids", "Larch")
    page.fill(field(page, "pause_minutes"), "0")
    page.click("button.o_form_button_save")
    press(page, "action_check", asks=False)
    expect(page.locator(".o_form_view")).to_contain_text("4 tenants are ready")
    expect(page.locator("div[name=changes]")).to_contain_text("19.0.1.0.0 → 19.0.1.1.0")
    assert re.search(r"/odoo/saas-campaigns/\d+", page.url), page.url
    return page.url


def look_at_the_end(page: Page, provider: Provider, address: str) -> None:
    """What the operator sees: form, board, report; and the people, their login pages."""
    page.goto(address)
    form = page.locator(".o_form_view")
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_contain_text("Done")
    expect(form).to_contain_text("2 tenants were upgraded, 2 failed or were rolled back")

    page.locator(".oe_stat_button[name=action_view_tenants]").click()
    board = page.locator(".o_kanban_view")
    for stage, names in (("Done", "Larch Linden"), ("Failed", "Maple"), ("Rolled Back", "Rowan")):
        column = board.locator(f".o_kanban_group:has(.o_column_title:has-text('{stage}'))")
        for name in names.split():
            expect(column.locator(f".o_kanban_record:has-text('{name}')")).to_have_count(1)
    card = board.locator(".o_kanban_record:has-text('Maple')")
    expect(card).to_contain_text("The numbers of this database have a gap at 4711")
    expect(board.locator(".o_kanban_record:has-text('Rowan')")).to_contain_text("500")

    page.goto(address)
    page.locator(".oe_stat_button[name=action_view_report]").click()
    rows = page.locator(".o_list_view tr.o_data_row")
    expect(rows).to_have_count(len(NAMES))
    expect(page.locator("tr.o_data_row:has-text('Maple') td[name=stage]")).to_have_text("Failed")
    row = page.locator("tr.o_data_row:has-text('Rowan') td[name=stage]")
    expect(row).to_have_text("Rolled Back")
    page.goto(f"{provider.tenant_url('rowan')}/web/login")
    expect(page.locator("input[name=login]")).to_be_visible()
