"""Orders that bring backups of the tenant that is open back: in place, and taken back.

Owns: how each is asked for, what has to stand before. Does not own: what is right afterwards
(`audit_restore.py`), switching backups on (`crash_backup_deeds.py`).
"""

from typing import Any

from odoo.api import Environment
from odoo.models import Model

from .crash_backup_deeds import backup_ready
from .crash_secret_deeds import work, work_to_the_end

REASON = "The crash suite asked"
# It waits for a safety backup, so that one call of a worker does not see its end.
KIND = "restore_tenant"


def fresh(tenant: Model, **places: Any) -> None:
    """Have a backup, and nothing that an earlier restore keeps."""
    backup_ready(tenant, **places)
    for one in tenant.restore_ids.filtered("can_undo"):
        one._put({"undo_until": one.started_at})
    work(tenant)
    tenant.env["saas.restore"]._cron_forget_kept()


def restored_ready(tenant: Model, **places: Any) -> None:
    """Have a restore that can be taken back."""
    fresh(tenant, **places)
    work(tenant)
    job = restore(tenant.env, tenant.id)
    work_to_the_end(job, tenant)


READY = {"restore": fresh, "undo_restore": restored_ready}


def restore(env: Environment, tenant: int) -> Model:
    """Have its newest backup brought back in place."""
    found = env["saas.tenant"].browse(tenant)
    asked = {"typed": found.subdomain, "reason": REASON}
    backup = env["saas.backup"]._newest(found)
    return env["saas.restore"]._order_restore(backup, "in_place", "all", **asked).job_ids


def undo_restore(env: Environment, tenant: int) -> Model:
    """Have its last restore taken back."""
    one = env["saas.tenant"].browse(tenant).undo_restore_id
    one.action_undo_restore()
    return one.job_ids.sorted("id")[-1]


ORDERS = {"restore": restore, "undo_restore": undo_restore}
