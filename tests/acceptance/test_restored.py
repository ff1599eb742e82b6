"""Restores on a whole installation: in place and back again, to a sandbox, as a proof.

What is changed after the backup is looked for in the tenant's own database, as the tenant.
"""

import json
import time
from pathlib import Path
from typing import Any

import requests

from .conftest import Provider
from .test_isolation import make_walled, shell
from .test_made_backup import SWITCH_ON, look, seen

INSIDE = """
import json
from odoo.addons.saas_business_management.adapters.postgres.connect import SHORT
tenant = env["saas.tenant"].search([("subdomain", "=", SUBDOMAIN)])
database = tenant.database_id.sudo()
from odoo.addons.saas_business_management.jobs.ports import _server
from odoo.addons.saas_business_management.adapters.postgres.tenant_login import TenantLogins
spec = tenant.cluster_id.sudo()._to_spec()
logins = TenantLogins(_server(spec), spec["cluster_secret"], None)
cnx = logins.open(database.name, database.generation, database.name, SHORT, "a test")
with cnx.cursor() as cursor:
    cursor.execute(STATEMENT)
    found = cursor.fetchall() if cursor.description else []
print("FOUND " + json.dumps(found, default=str))
"""
ORDER = """
import json
tenant = env["saas.tenant"].search([("subdomain", "=", "walled")])
made = tenant.backup_ids.filtered(lambda one: one.state == "stored" and one.reason == "manual")
backup = made.sorted("id")[-1:]
asked = {"typed": "walled", "reason": "a test", **MORE}
made = env["saas.restore"]._order_restore(backup, WHERE, WHAT, **asked)
print("FOUND " + json.dumps(made.id))
env.cr.commit()
"""
RESTORES = """
import json
print("FOUND " + json.dumps([
    {"id": one.id, "state": one.state, "why": one.error_text, "tables": one.tables,
     "rows": one.rows, "files": one.files, "seconds": one.seconds, "can_undo": one.can_undo,
     "into": one.into_id.state, "host": one.into_id.host,
     "jobs": one.job_ids.sorted("id").mapped(lambda job: [
         job.kind, job.state, job.error_text, (job.error_trace or "")[-900:]])}
    for one in env["saas.restore"].search([], order="id")
]))
"""
UNDO = """
env["saas.tenant"].search([("subdomain", "=", "walled")]).action_undo_restore()
env.cr.commit()
"""
PROVE = """
env["saas.tenant"].search([("subdomain", "=", "walled")]).action_prove_restore()
env.cr.commit()
"""
SUSPEND = """
env["saas.tenant"].search([("subdomain", "=", "walled")]).action_suspend("manual")
env.cr.commit()
"""
RESUME = SUSPEND.replace('action_suspend("manual")', "action_resume()")


def told(provider: Provider, program: str, **names: Any) -> Any:
    head = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    lines = [one for one in shell(provider, head + program).splitlines() if "FOUND " in one]
    return json.loads(lines[-1].partition("FOUND ")[2])


def inside(provider: Provider, statement: str, subdomain: str = "walled") -> Any:
    return told(provider, INSIDE, SUBDOMAIN=subdomain, STATEMENT=statement)


def ended(provider: Provider, jobs: int, seconds: float = 120) -> dict:
    """Wait until the newest restore has so many operations and all of them ended."""
    end = time.monotonic() + seconds
    while True:
        one = told(provider, RESTORES)[-1]
        states = [job[1] for job in one["jobs"]]
        if len(states) >= jobs and not {*states} & {"waiting", "running", "undoing"}:
            return one
        assert time.monotonic() < end, one
        time.sleep(0.5)


def page(provider: Provider, host: str) -> int:
    """Return the status of a tenant's login page."""
    address = f"http://127.0.0.1:{provider.stack.settings.node_port}/web/login"
    return requests.get(address, headers={"Host": host}, timeout=90).status_code


def name_inside(provider: Provider) -> str:
    question = "SELECT name FROM res_company WHERE id = 1"
    return inside(provider, question)[0][0]


def test_a_tenant_is_restored_taken_back_copied_and_proven(
    provider: Provider, tmp_path: Path
) -> None:
    if not look(provider)["known"]:
        make_walled(provider)
    folder = tmp_path / "shelf"
    folder.mkdir()
    shell(provider, f"FOLDER = {str(folder)!r}\n{SWITCH_ON}".replace("Shelf", "Second Shelf"))
    seen(provider, lambda all: all and all[-1]["state"] == "stored")
    before = name_inside(provider)
    inside(provider, "UPDATE res_company SET name = 'Changed since' WHERE id = 1")

    told(provider, ORDER, WHERE="in_place", WHAT="all", MORE={})
    one = ended(provider, 1)
    assert (one["state"], one["can_undo"]) == ("done", True), json.dumps(one)
    assert one["tables"] > 100 and one["rows"] > 1000 and one["files"] > 10
    assert name_inside(provider) == before
    assert page(provider, one["host"]) == 200

    shell(provider, UNDO)
    one = ended(provider, 2)
    assert one["state"] == "undone", json.dumps(one)
    assert name_inside(provider) == "Changed since"
    assert page(provider, one["host"]) == 200

    shell(provider, SUSPEND)
    told(provider, ORDER, WHERE="in_place", WHAT="records", MORE={})
    one = ended(provider, 1)
    assert one["state"] == "done", json.dumps(one)
    shell(provider, RESUME)
    deadline = time.monotonic() + 90
    while page(provider, one["host"]) != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert name_inside(provider) == before

    more = {"name": "Walled, copy", "subdomain": "walledcopy"}
    told(provider, ORDER, WHERE="sandbox", WHAT="all", MORE=more)
    one = ended(provider, 1)
    assert (one["state"], one["into"] in ("trial", "active")) == ("done", True), json.dumps(one)
    assert page(provider, one["host"]) == 200
    neutral = "SELECT count(*) FROM ir_mail_server WHERE active AND smtp_host <> 'invalid'"
    assert inside(provider, neutral, "walledcopy") == [[0]]
    keys = "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'"
    assert inside(provider, keys, "walledcopy") != inside(provider, keys)

    shell(provider, PROVE)
    found = seen(provider, lambda all: any(one["level"] == "2" for one in all), 120)
    assert found["badge"] == "proven"
