"""A backup on a whole installation is taken away in both forms at the command line, opened without
the product, and brought in again as the backup of another tenant.
"""

import json
import os
import subprocess
import time
import zipfile
from pathlib import Path

import requests

from dev import paths
from dev.shell import clean_environment

from .conftest import Provider
from .test_isolation import make_walled, shell

PHRASE = "correct horse battery"
SWITCH_ON = """
if not env["saas.recovery.sheet"]._is_confirmed():
    sheets = env["saas.recovery.sheet"]
    sheet = sheets.browse(sheets.action_make()["res_id"])
    sheet.action_print()
    sheet.write({"place": "The safe", "holder": "Ada", "typed": sheet.fingerprint[-4:]})
    sheet.action_confirm()
target = env["saas.backup.target"].create({"name": "Away", "folder": FOLDER})
policy = env["saas.backup.policy"].create({"name": "Away", "target_ids": target.ids})
policy.action_switch_on()
tenant = env["saas.tenant"].search([("subdomain", "=", "walled")])
tenant.backup_policy_id = policy
values = {name: tenant[name].id for name in ("template_id", "plan_id", "company_id")}
people = {"admin_name": "Alice", "admin_email": "alice@moved.example"}
env["saas.tenant"].create({"name": "Moved", "subdomain": "moved", **values, **people})
env.cr.commit()
"""
KNOWN = """
print("FOUND " + str(env["saas.tenant"].search_count([("subdomain", "=", "walled")])))
"""
RESTORE = """
backup = env["saas.backup"].search([("uuid", "=", UUID)])
env["saas.restore"]._order_restore(backup, "copy", "all", name="Moved In", subdomain="moved-in")
env.cr.commit()
"""
MOVED_IN = """
tenant = env["saas.tenant"].search([("subdomain", "=", "moved-in")])
print("FOUND " + str([tenant.state, tenant.job_ids.mapped("error_text")]))
"""
LEFT = """
import os
databases = env["saas.database"].search([("tenant_id", "=", False), ("stage", "!=", "dropped"),
                                         ("kind", "=", "tenant")]).filtered(
    lambda one: "import_backup" in env["saas.job"].search(
        [("database_id", "=", one.id)]).mapped("kind"))
exports = env["saas.backup.export"].search([])
print("FOUND " + str([
    len(databases), [one.sealed_key for one in exports.sudo() if one.sealed_key],
    os.listdir(env["saas.backup"]._import_folder())]))
"""


def told(provider: Provider, program: str) -> str:
    (line,) = [one for one in shell(provider, program).splitlines() if "FOUND " in one]
    return line.partition("FOUND ")[2]


def typed(provider: Provider, *words: str, status: int = 0) -> str:
    """Type a command; return what was printed."""
    done = subprocess.run(
        [str(provider.stack.settings.folder / "bin" / "saas"), "backup", *map(str, words)],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == status, (words, done.stdout, done.stderr)
    return done.stdout + done.stderr


def test_a_backup_is_taken_away_and_brought_in_again(provider: Provider, tmp_path: Path) -> None:
    if told(provider, KNOWN) == "0":
        make_walled(provider)
    folder = tmp_path / "away"
    folder.mkdir()
    shell(provider, f"FOLDER = {str(folder)!r}\n{SWITCH_ON}")
    typed(provider, "create", "walled", "--wait")
    listed = json.loads(typed(provider, "list", "walled", "--json"))
    backup = next(one["backup"] for one in listed if one["target"] == "Away")

    away = tmp_path / "walled.zip"
    typed(provider, "export", backup, "--kind", "odoo-zip", "--output", away)
    with zipfile.ZipFile(away) as made:
        names = made.namelist()
        manifest = json.loads(made.read("manifest.json"))
    assert {"dump.sql", "manifest.json"} <= set(names) and len(names) > 10
    assert (manifest["major_version"], manifest["db_name"]) == ("19.0", "walled")

    phrase, sealed = tmp_path / "phrase", tmp_path / "walled.saasbackup"
    phrase.write_text(PHRASE)
    phrase.chmod(0o600)
    words = ("--kind", "sealed", "--output", sealed, "--passphrase-file", phrase)
    typed(provider, "export", backup, *words)
    opened = subprocess.run(
        [paths.PYTHON, "-m", "saas_business_management.backup_reader", "open", sealed],
        cwd=paths.ROOT,
        env=clean_environment(),
        input=PHRASE,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert opened.returncode == 0, opened.stderr
    assert opened.stdout.splitlines()[-1] == "proven"

    said = typed(provider, "import", away, "--tenant", "moved", "--target", "Away")
    (moved,) = json.loads(typed(provider, "list", "moved", "--json"))
    assert f"backup: {moved['backup']}" in said and moved["kind"] == "Imported"
    assert typed(provider, "prove", moved["backup"], "--wait").splitlines()[-1] == "outcome: passed"
    assert told(provider, LEFT) == "[0, [], []]"

    shell(provider, f"UUID = {moved['backup']!r}\n{RESTORE}")
    end = time.monotonic() + 120
    while "active" not in told(provider, MOVED_IN) and "trial" not in told(provider, MOVED_IN):
        assert time.monotonic() < end, told(provider, MOVED_IN)
    port = provider.stack.settings.node_port
    host = {"Host": f"moved-in.localhost:{port}"}
    page = requests.get(f"http://127.0.0.1:{port}/web/login", headers=host, timeout=60)
    assert page.status_code == 200 and 'name="login"' in page.text

    (tmp_path / "evil.zip").write_bytes(away.read_bytes())
    with zipfile.ZipFile(tmp_path / "evil.zip", "a") as made:
        made.writestr("filestore/../../evil", "x")
    words = ("--tenant", "moved", "--target", "Away")
    evil = typed(provider, "import", tmp_path / "evil.zip", *words, status=1)
    assert "Nothing was imported" in evil
    assert not os.path.lexists(tmp_path / "evil")
