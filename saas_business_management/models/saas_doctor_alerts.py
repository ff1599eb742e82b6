"""The doctor's checks of backups that fail and of targets that lost many, from open alerts.

Owns: these checks. Does not own: gaps and proofs (`saas_doctor_backup.py`), raising alerts
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
        yield from self._look_at_lost_backups()

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

    def _look_at_lost_backups(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        lost = [("event", "=", alert.BACKUPS_LOST), ("ended_at", "=", False)]
        rows = self.env["saas.backup.alert"].search(lost)
        for row in rows[:MOST_TOLD]:
            what = _("Unusually many backups on %(target)s were lost", target=row.target_id.name)
            mend = _(
                "Look in the audit log who deleted them. If nobody of you did: lock those "
                "accounts, give the target another key at the service, bring the objects back "
                "from its versions and back up to another target."
            )
            yield self._told(
                "backups_lost", "backups", "failing", what, row.text or "", mend, row.target_id
            )
        if not rows:
            yield self._told("backups_lost", "backups", "ok", _("No target lost many backups"))
