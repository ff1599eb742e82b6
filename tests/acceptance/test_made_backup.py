"""A backup on a whole installation: switched on as an administrator does, made by the worker, read
whole, and read once more with its key and nothing else of the product.
"""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from dev import paths
from dev.shell import clean_environment

from .conftest import Provider
from .test_isolation import make_walled, shell

SHELF = """
sheets = env["saas.recovery.sheet"]
sheet = sheets.browse(sheets.action_make()["res_id"])
sheet.action_print()
sheet.write({"place": "The safe", "holder": "Ada", "typed": sheet.fingerprint[-4:]})
sheet.action_confirm()
target = env["saas.backup.target"].create({"name": "Shelf", "folder": FOLDER})
policy = env["saas.backup.policy"].create({"name": "Walled", "target_ids": target.ids})
policy.action_switch_on()
"""
SWITCH_ON = (
    SHELF
    + """
tenant = env["saas.tenant"].search([("subdomain", "=", "walled")])
tenant.backup_policy_id = policy
tenant.action_back_up_now()
env.cr.commit()
"""
)
AGAIN = """
env["saas.tenant"].search([("subdomain", "=", "walled")]).action_back_up_now()
env.cr.commit()
"""
PROVE = """
env["saas.tenant"].search([("subdomain", "=", "walled")]).backup_ids.action_prove()
env.cr.commit()
"""
LOOK = """
import json
tenant = env["saas.tenant"].search([("subdomain", "=", "walled")])
print("FOUND " + json.dumps({
    "known": tenant.id,
    "uuid": tenant._backup_uuid() if tenant else "",
    "badge": tenant.backup_badge,
    "opens": tenant.backup_ids.key_id.mapped("opens"),
    "locked": sum(tenant.backup_ids.target_id.mapped("locked_count")),
    "backups": [
        {"uuid": one.uuid, "state": one.state, "level": one.level, "why": one.error_text,
         "files": one.file_count, "new": one.new_bytes, "previous": one.previous_id.uuid,
         "checks": one.check_ids.sorted("id").mapped(lambda check: [check.level, check.outcome])}
        for one in tenant.backup_ids.sorted("id")
    ],
}))
"""
PROVE_KEYS = """
tenant = env["saas.tenant"].search([("subdomain", "=", "walled")])
tenant.backup_ids.target_id.action_check_canaries()
env.cr.commit()
"""
KEYS = """
from odoo.addons.saas_business_management.adapters.backup.key_file import write_keys
keys = env["saas.tenant"].search([("subdomain", "=", "walled")])._backup_keys_sudo()
write_keys(FILE, {key.key_id: key._data_key() for key in keys})
"""


def look(provider: Provider) -> dict:
    lines = [one for one in shell(provider, LOOK).splitlines() if "FOUND " in one]
    return json.loads(lines[-1].partition("FOUND ")[2])


def seen(provider: Provider, condition: Callable, seconds: float = 90, whole: bool = False) -> dict:
    end = time.monotonic() + seconds
    while True:
        found = look(provider)
        if condition(found if whole else found["backups"]):
            return found
        assert time.monotonic() < end, found


def reader(folder: Path, *words: str) -> str:
    """Read with the plain program; return what it printed."""
    command = [paths.PYTHON, "-m", "saas_business_management.backup_reader", "--store", folder]
    done = subprocess.run(
        [str(word) for word in (*command, *words)],
        cwd=paths.ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout


def test_a_tenant_is_backed_up_read_whole_and_read_without_the_product(
    provider: Provider, tmp_path: Path
) -> None:
    if not look(provider)["known"]:
        make_walled(provider)
    folder = tmp_path / "shelf"
    folder.mkdir()
    shell(provider, f"FOLDER = {str(folder)!r}\n{SWITCH_ON}")
    found = seen(provider, lambda all: all and all[0]["state"] != "running")
    (first,) = found["backups"]
    assert (first["state"], first["checks"][:1]) == ("stored", [["0", "passed"]]), first
    assert first["files"] > 10 and first["new"] > 500_000
    assert found["badge"] in ("unproven", "stored"), "nothing was restored yet"

    shell(provider, AGAIN)
    found = seen(provider, lambda all: len(all) == 2 and all[1]["state"] != "running")
    second = found["backups"][1]
    assert (second["state"], second["previous"]) == ("stored", first["uuid"]), second
    assert second["new"] < first["new"], "files that are there are not stored again"

    shell(provider, PROVE)
    found = seen(provider, lambda all: all[0]["level"] == all[1]["level"] == "1")
    assert [one["checks"][-1] for one in found["backups"]] == [["1", "passed"]] * 2

    shell(provider, PROVE_KEYS)
    seen(provider, lambda all: all["opens"] == ["yes"], whole=True)
    (proof,) = folder.glob(f"v1/{found['uuid']}/canary/*")
    proof.write_bytes(proof.read_bytes()[:-1] + b"x")
    shell(provider, PROVE_KEYS)
    seen(provider, lambda all: (all["opens"], all["locked"]) == (["no"], 1), whole=True)

    keys = tmp_path / "keys.json"
    shell(provider, f"FILE = {str(keys)!r}\n{KEYS}")
    assert second["uuid"] in reader(folder, "list", found["uuid"])
    bin_folder = provider.stack.tenant_cluster.binaries.tool("pg_restore").parent
    told = reader(
        *(folder, "verify", found["uuid"], second["uuid"]),
        *("--keys", str(keys), "--pg-bin", str(bin_folder)),
    )
    assert told.splitlines()[-1] == "proven"

    victim = next(folder.glob(f"v1/{found['uuid']}/db/{second['uuid']}*"))
    damaged = bytearray(victim.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    victim.write_bytes(damaged)
    shell(provider, PROVE)
    found = seen(provider, lambda all: all[1]["checks"][-1] == ["1", "failed"])
    assert found["backups"][0]["checks"][-1] == ["1", "passed"]
