"""What a restore in place would take away, counted in a real tenant: open, and closed."""

import json
import time
from pathlib import Path

from .conftest import Provider
from .test_isolation import make_walled, shell
from .test_made_backup import SWITCH_ON, look, seen
from .test_restored import RESUME, SUSPEND, inside, page, told

COUNT = """
import json
tenant = env["saas.tenant"].search([("subdomain", "=", "walled")])
made = tenant.backup_ids.filtered(lambda one: one.state == "stored").sorted("id")[-1:]
print("FOUND " + json.dumps(tenant._order_newer(made).id))
env.cr.commit()
"""
COUNTED = """
import json
job = env["saas.job"].browse(JOB)
print("FOUND " + json.dumps([
    job.state, (job.facts or {}).get("newer"), job.error_text, job._newer_text(), job.seconds,
    env["saas.job"].search_count([("state", "in", ("waiting", "running")), ("id", "!=", job.id)]),
]))
"""
CHANGE = "UPDATE res_partner SET write_date = now() AT TIME ZONE 'UTC' WHERE id IN (2, 3)"


def counted(provider: Provider, seconds: float = 90) -> tuple[dict, str]:
    job, end = told(provider, COUNT), time.monotonic() + seconds
    while True:
        state, newer, why, text, took, waiting = told(provider, COUNTED, JOB=job)
        if state == "done" and not waiting:
            assert took < 30
            return newer, text
        assert state in ("waiting", "running", "done"), (state, why)
        assert time.monotonic() < end, (state, why)
        time.sleep(0.5)


def test_what_is_newer_than_the_backup_is_counted_in_an_open_and_in_a_closed_tenant(
    provider: Provider, tmp_path: Path
) -> None:
    if not look(provider)["known"]:
        make_walled(provider)
    folder = tmp_path / "shelf"
    folder.mkdir()
    shell(provider, f"FOLDER = {str(folder)!r}\n{SWITCH_ON}".replace("Shelf", "Counted Shelf"))
    seen(provider, lambda all: all and all[-1]["state"] == "stored")

    inside(provider, CHANGE)
    newer, text = counted(provider)
    assert ["contacts", 2, False] in newer["counts"], json.dumps(newer)
    assert newer["unknown"] == []
    assert "· Contacts: 2" in text
    assert page(provider, "walled.localhost") == 200

    shell(provider, SUSPEND)
    newer, _text = counted(provider)
    assert ["contacts", 2, False] in newer["counts"], json.dumps(newer)
    assert page(provider, "walled.localhost") == 503

    shell(provider, RESUME)
    deadline = time.monotonic() + 60
    while page(provider, "walled.localhost") != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
