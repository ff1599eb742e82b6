"""The order that deletes old backups of the tenant that is open: some to delete, and things left by
workers that died long ago.

Owns: how it is asked for, what has to lie on the target before. Does not own: what is right
afterwards (`audit_expiry.py`), switching backups on (`crash_backup_deeds.py`).
"""

import os
import secrets
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from odoo.addons.saas_business_management.adapters.storage import folder
from odoo.addons.saas_business_management.kernel.backup import layout
from odoo.api import Environment
from odoo.models import Model

from .crash_backup_deeds import shelf_ready

KEPT, GOING = 2, 2
LONG_AGO = timedelta(days=30)
AGED_SECONDS = 3 * 86400
WORK_SECONDS = 60


def expiry_ready(tenant: Model, shelf: str, **places: Any) -> None:
    """Have two backups that stay, read whole, and before them some whose time is over."""
    shelf_ready(tenant, shelf=shelf, **places)
    env, target = tenant.env, tenant.backup_policy_id.target_ids
    stored = env["saas.backup"]._restorable_of(tenant, target)
    while len(stored.filtered(lambda one: not one.promised_until)) < KEPT + GOING:
        tenant._order_backup("manual")
        _work(env)
        stored = env["saas.backup"]._restorable_of(tenant, target)
    # As retention orders them: several may have been finished within one second.
    ordered = stored.sorted(lambda one: (one.finished_at, one.uuid))
    for one in ordered[-KEPT:].filtered(lambda one: one.level == "0"):
        one._order_proof()
    _work(env)
    env["saas.backup"]._apply_retention(tenant, target)
    for one in stored.filtered(lambda one: one.state == "expired"):
        one._put({"expired_at": one.expired_at - LONG_AGO})
    target.write({"tidied_at": False})
    _leave(Path(shelf), tenant._backup_uuid())


def _work(env: Environment) -> None:
    env.cr.commit()
    env["saas.job"]._work(WORK_SECONDS, until_idle=True)
    env.invalidate_all()


def _leave(shelf: Path, tenant: str) -> None:
    """Leave a content nobody names and half an upload; then let three days pass for everything, and
    for the dumps that workers which died have left.
    """
    for key in (
        layout.object_name(tenant, secrets.token_hex(32)),
        f"{folder.STAGING}/{secrets.token_hex(12)}{folder.PART}",
    ):
        path = shelf / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"left behind")
    then = time.time() - AGED_SECONDS
    for place, _folders, names in os.walk(shelf):
        for name in names:
            os.utime(Path(place, name), (then, then))


READY = {"expire": expiry_ready}


def expire(env: Environment, tenant: int) -> Model:
    """Have backups deleted whose time is over."""
    found = env["saas.tenant"].browse(tenant)
    return env["saas.backup"]._order_expiry(found, found.backup_policy_id.target_ids)


ORDERS = {"expire": expire}
