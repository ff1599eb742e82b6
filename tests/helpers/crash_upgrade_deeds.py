"""Orders that bring the tenant that is open to another version of its template, and back.

Owns: how each is asked for, what has to stand before. The change itself is played
(`tests/fixtures/odoo_stub`): it counts up two parameters, so that everybody sees how often it was
done. Does not own: what is right afterwards (`audit_upgrade.py`).
"""

from typing import Any

from odoo.api import Environment
from odoo.models import Model

from . import tenant_inside
from .crash_backup_deeds import backup_ready
from .crash_secret_deeds import work, work_to_the_end

COUNTED = ("saas.stub.first", "saas.stub.second")
REASON = "The crash suite asked"
# It waits for a safety backup, so that one call of a worker does not see its end.
KIND = "upgrade_tenant"


def upgrade_ready(tenant: Model, **places: Any) -> None:
    """Have a tenant of no known version, a backup, nothing kept of an earlier upgrade."""
    backup_ready(tenant, **places)
    tenant.env["ir.config_parameter"].sudo().set_param("saas.upgrade_watch_minutes", "0")
    for one in tenant.upgrade_ids.filtered("can_undo"):
        one._put({"undo_until": one.started_at})
    work(tenant)
    tenant.env["saas.upgrade"]._cron_forget_kept()
    work(tenant)
    tenant._set({"version_id": False})
    for key in COUNTED:
        tenant_inside.put_parameter(tenant, key, "0")
    tenant_inside.commit_mark(tenant)


def upgraded_ready(tenant: Model, **places: Any) -> None:
    """Have an upgrade that can be taken back."""
    upgrade_ready(tenant, **places)
    work(tenant)
    job = upgrade(tenant.env, tenant.id)
    work_to_the_end(job, tenant)


READY = {
    "upgrade": upgrade_ready,
    "upgrade_in_place": upgrade_ready,
    "rehearse": upgrade_ready,
    "undo_upgrade": upgraded_ready,
}


def upgrade(env: Environment, tenant: int, **how: Any) -> Model:
    """Have it brought to the published version."""
    found = env["saas.tenant"].browse(tenant)
    one = env["saas.upgrade"]._propose(found, reason=REASON, **how)
    one._start()
    return one.job_ids


def upgrade_in_place(env: Environment, tenant: int) -> Model:
    """Have it changed at once, while it is closed."""
    return upgrade(env, tenant, mode="in_place")


def rehearse(env: Environment, tenant: int) -> Model:
    """Have it tried on a copy."""
    return upgrade(env, tenant, rehearsal=True)


def undo_upgrade(env: Environment, tenant: int) -> Model:
    """Have its last upgrade taken back."""
    one = env["saas.tenant"].browse(tenant).undo_upgrade_id
    one._roll_back(REASON)
    return one.job_ids.sorted("id")[-1]


ORDERS = {
    "upgrade": upgrade,
    "upgrade_in_place": upgrade_in_place,
    "rehearse": rehearse,
    "undo_upgrade": undo_upgrade,
}
