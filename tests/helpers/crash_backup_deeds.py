"""Orders about the backups of the tenant that is open: written, proven, their target tested.

Owns: switching backups on, how each is asked for. Does not own: what is right afterwards
(`audit_backup.py`), other orders (`crash_tenant_deeds.py`).
"""

from pathlib import Path
from typing import Any

from odoo.api import Environment
from odoo.models import Model


def shelf_ready(tenant: Model, shelf: str, **_places: Any) -> None:
    """Switch backups on as an administrator does, once; the target is a folder."""
    env = tenant.env
    if tenant.backup_policy_id:
        return
    Path(shelf).mkdir()
    sheets = env["saas.recovery.sheet"]
    sheet = sheets.browse(sheets.action_make()["res_id"])
    sheet.action_print()
    sheet.write({"place": "The safe", "holder": "Ada", "typed": sheet.fingerprint[-4:]})
    sheet.action_confirm()
    target = env["saas.backup.target"].create({"name": "Shelf", "folder": shelf})
    policy = env["saas.backup.policy"].create({"name": "Crash", "target_ids": target.ids})
    policy.action_switch_on()
    tenant.backup_policy_id = policy


def backup_ready(tenant: Model, **places: Any) -> None:
    """Have one backup at least."""
    shelf_ready(tenant, **places)
    if not tenant.env["saas.backup"]._newest(tenant):
        tenant._order_backup("manual")


def target_ready(tenant: Model, **places: Any) -> None:
    """Have a target that nobody has tested."""
    shelf_ready(tenant, **places)
    tenant.backup_policy_id.target_ids._forget_test()


READY = {"back_up": shelf_ready, "prove": backup_ready, "test_target": target_ready}


def back_up(env: Environment, tenant: int) -> Model:
    """Have it backed up."""
    return env["saas.tenant"].browse(tenant)._order_backup("manual").job_id


def prove(env: Environment, tenant: int) -> Model:
    """Have its newest backup read whole."""
    return env["saas.backup"]._newest(env["saas.tenant"].browse(tenant))._order_proof()


def test_target(env: Environment, tenant: int) -> Model:
    """Have the target of its backups tested."""
    return env["saas.tenant"].browse(tenant).backup_policy_id.target_ids._test_connection()


ORDERS = {"back_up": back_up, "prove": prove, "test_target": test_target}
