"""The control plane's own backups on a whole installation: made by the worker, deleted with what
they alone needed, read with the key file and nothing else, brought back as the page says.
"""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from saas_business_management.kernel.backup import layout

from .conftest import Provider
from .test_isolation import shell
from .test_made_backup import reader

SWITCH_ON = """
sheets = env["saas.recovery.sheet"]
if not sheets._is_confirmed():
    sheet = sheets.browse(sheets.action_make()["res_id"])
    sheet.action_print()
    sheet.write({"place": "The safe", "holder": "Ada", "typed": sheet.fingerprint[-4:]})
    sheet.action_confirm()
target = env["saas.backup.target"].create({"name": "Far Shelf", "folder": FOLDER})
policy = env.ref("saas_business_management.backup_policy_control")
policy.target_ids = target
policy.action_switch_on()
env.cr.commit()
"""
BACK_UP = """
env["saas.control.backup"].action_back_up_now()
env.cr.commit()
"""
PROVE = """
env["saas.backup"].search([("tenant_id", "=", False)]).action_prove()
env.cr.commit()
"""
DELETE = """
env["saas.backup"].search([("uuid", "=", GONE)]).with_user(2)._delete_by_hand("Too many")
env.cr.commit()
"""
UNACCENT = "CREATE EXTENSION unaccent; ALTER FUNCTION unaccent(text) IMMUTABLE;"
CHECK = """
target = env["saas.backup.target"].search([("name", "=", "Far Shelf")])
target.action_check_contents()
env.cr.commit()
"""
LOOK = """
import json
target = env["saas.backup.target"].search([("name", "=", "Far Shelf")])
backups = env["saas.backup"].search([("tenant_id", "=", False)]).sorted("id")
print("FOUND " + json.dumps({
    "tenants": env["saas.tenant"].search_count([]),
    "audited": bool(target.audited_at),
    "odd": target.audit_findings,
    "backups": [
        {"uuid": one.uuid, "state": one.state, "level": one.level, "why": one.error_text,
         "badge": one.badge, "key": one.control_key, "files": one.file_count,
         "freed": one.freed_bytes}
        for one in backups
    ],
    "jobs": [[job.kind, job.state] for job in backups.job_ids
             | env["saas.job"].search([("kind", "=", "expire_backups")])],
}))
"""


def look(provider: Provider) -> dict:
    lines = [one for one in shell(provider, LOOK).splitlines() if "FOUND " in one]
    return json.loads(lines[-1].partition("FOUND ")[2])


def until(provider: Provider, condition: Callable[[dict], bool], seconds: float = 90) -> dict:
    end = time.monotonic() + seconds
    while True:
        found = look(provider)
        if condition(found):
            return found
        assert time.monotonic() < end, found


def seen(provider: Provider, condition: Callable[[list[dict]], bool]) -> dict:
    return until(provider, lambda found: condition(found["backups"]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "far"
    made.mkdir()
    return made


def objects(folder: Path, part: str = "") -> set[str]:
    return {path.name for path in folder.glob(f"v1/{layout.CONTROL}/{part}**/*") if path.is_file()}


def test_the_control_plane_is_backed_up_swept_and_brought_back_with_its_key_file(
    provider: Provider, folder: Path, tmp_path: Path
) -> None:
    shell(provider, f"FOLDER = {str(folder)!r}\n{SWITCH_ON}")
    for count in (1, 2, 3):
        shell(provider, BACK_UP)
        found = seen(provider, lambda all, n=count: len(all) == n and all[-1]["state"] != "running")
        last = found["backups"][-1]
        assert (last["state"], last["key"]) == ("stored", "control-k1"), last
    shell(provider, PROVE)
    found = seen(provider, lambda all: [one["level"] for one in all] == ["1"] * 3)
    gone, _middle, newest = (one["uuid"] for one in found["backups"])
    assert found["backups"][0]["files"] > 0

    shell(provider, f"GONE = {gone!r}\n{DELETE}")
    found = seen(provider, lambda all: all[0]["state"] == "deleted")
    assert found["backups"][0]["freed"] > 100_000
    assert gone not in objects(folder) and not {one for one in objects(folder) if gone in one}

    shell(provider, CHECK)
    found = until(provider, lambda all: all["audited"])
    assert found["odd"] == {"found": [], "counts": {}}, found["odd"]

    keys = provider.stack.settings.backup_key_file
    assert "control plane" in reader(folder, "list")
    assert newest in reader(folder, "list", layout.CONTROL)
    binaries = provider.stack.control_cluster.binaries
    words = (layout.CONTROL, newest, "--keys", str(keys))
    told = reader(
        *(folder, "verify", *words), *("--pg-bin", str(binaries.tool("pg_restore").parent))
    )
    assert told.splitlines()[-1] == "proven"
    reader(folder, "extract", *words, "--to", str(tmp_path / "out"))
    assert any((tmp_path / "out" / "filestore").iterdir())
    rows = brought_back(provider, tmp_path / "out" / "database.dump")
    assert rows == found["tenants"]

    (dump,) = folder.glob(f"v1/{layout.CONTROL}/db/{newest}*")
    dump.unlink()
    shell(provider, CHECK)
    found = until(provider, lambda all: all["odd"]["counts"])
    assert found["odd"]["counts"] == {"missing": 1}
    assert found["backups"][-1]["badge"] == "unproven"


def brought_back(provider: Provider, dump: Path) -> int:
    """Restore as docs/backups.md says; return how many tenants are there."""
    cluster = provider.stack.control_cluster
    cluster.sql("CREATE DATABASE brought_back TEMPLATE template0 ENCODING 'UTF8'")
    try:
        cluster.sql(UNACCENT, dbname="brought_back")
        order = [
            *(cluster.binaries.tool("pg_restore"), "--single-transaction", "--exit-on-error"),
            *("--no-owner", "--no-acl", "--no-comments"),
            *("-h", cluster.host, "-p", cluster.port, "-d", "brought_back", dump),
        ]
        subprocess.run(
            [str(word) for word in order],
            env=cluster.client_environment(),
            check=True,
            timeout=120,
        )
        return int(cluster.sql("SELECT count(*) FROM saas_tenant", dbname="brought_back"))
    finally:
        cluster.sql("DROP DATABASE brought_back WITH (FORCE)")
