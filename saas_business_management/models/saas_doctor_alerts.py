"""The doctor's check of backups that fail, from their open alerts.

Owns: this check. Does not own: gaps and proofs (`saas_doctor_backup.py`), raising alerts
(`saas_backup_alert.py`).
"""

from collections.abc import Iterator
from typing import Any

from odoo import models

from ..kernel.backup import alert
from .saas_doctor_backup import MOST_TOLD


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield from self._look_at_failed_backups()

    def _look_at_failed_backups(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        failed = [("event", "=", alert.BACKUP_FAILED), ("ended_at", "=", False)]
        rows = self.env["saas.backup.alert"].search(failed)
        for row in rows[:MOST_TOLD]:
            what = _(
                "The last backup of %(tenant)s to %(target)s failed",
                tenant=row.tenant_id.name,
                target=row.target_id.name,
            )
            mend = _("Open its operation, mend what it says and choose Back Up Now.")
            yield self._told(
                "backup_failed", "backups", "failing", what, row.text or "", mend, row.tenant_id
            )
        if not rows:
            yield self._told("backup_failed", "backups", "ok", _("No backup fails"))
