"""Backups of the demo tenant: a folder as target, the basic policy switched on, a first backup.

Owns: what an administrator would click for that. Does not own: making the backup (the worker does,
within seconds).
"""

from __future__ import annotations

from . import paths
from .say import step
from .shell import clean_environment, run
from .stack import Stack

MARK = "demo.backups"
# What is kept on the machine that it is a backup of helps against mistakes alone; this is a demo.
SWITCH_ON = """
sheets = env["saas.recovery.sheet"]
if not sheets._is_confirmed():
    sheet = sheets.browse(sheets.action_make()["res_id"])
    sheet.action_print()
    answers = {"place": "Nowhere: a demo", "holder": "Nobody", "typed": sheet.fingerprint[-4:]}
    sheet.write(answers)
    sheet.action_confirm()
target = env.ref("saas_business_management.demo_backup_target_folder", raise_if_not_found=False)
target = target or env["saas.backup.target"].create({"name": "Backup Disk", "folder": FOLDER})
target.folder = FOLDER
policy = env.ref("saas_business_management.backup_policy_basic")
policy.target_ids = target
if policy.state == "off":
    policy.action_switch_on()
env["saas.tenant"].search([("subdomain", "=", SUBDOMAIN)]).action_back_up_now()
env.cr.commit()
"""


def ensure_backups(stack: Stack, subdomain: str) -> None:
    """Have the demo tenant backed up daily, once at once; may run again at any time."""
    mark = stack.settings.folder / MARK
    if mark.exists():
        return
    folder = stack.settings.folder / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    with step("backups of the demo tenant"):
        program = f"FOLDER, SUBDOMAIN = {str(folder)!r}, {subdomain!r}\n{SWITCH_ON}"
        options = ["--no-http", "--log-level", "error"]
        run(
            [paths.ODOO_BIN, "shell", "-c", stack.settings.control_conf, *options],
            "Switching backups on",
            stdin=program,
            env=clean_environment(),
        )
    mark.touch()
