"""The doctor's check of the control plane's own backups.

Owns: this check. Does not own: when one is due (`saas_control_backup.py`).
"""

from collections.abc import Iterator
from typing import Any

from odoo import models


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield self._look_at_control_backup()

    def _look_at_control_backup(self) -> dict[str, Any]:
        _ = self.env._
        control = self.env["saas.control.backup"]
        why = _("It holds which tenants there are, their keys, and all that was billed.")
        told = control._backup_schedule()
        if told is None:
            what = _("The control plane itself is not backed up")
            mend = _(
                "Settings › SaaS Management › Control Plane Backup: choose a policy with a target "
                "and switch it on."
            )
            return self._told("control_backup", "backups", "warning", what, why, mend)
        if control._backup_failing():
            hours = round(told[0].gap_limit.total_seconds() / 3600)
            what = _("The control plane has no backup younger than %(hours)s hours", hours=hours)
            mend = _("Look at its last backups for what fails, then choose Back Up Control Plane.")
            return self._told("control_backup", "backups", "failing", what, why, mend)
        newest = self.env["saas.backup"]._newest(self.env["saas.tenant"])
        if newest.badge == "unproven":
            what = _("The newest backup of the control plane is not proven")
            mend = _("See what its last check says, mend it, then choose Back Up Control Plane.")
            told = (what, newest.badge_text, mend, newest)
            return self._told("control_backup", "backups", "failing", *told)
        what = _("The control plane is backed up in time")
        return self._told("control_backup", "backups", "ok", what)
