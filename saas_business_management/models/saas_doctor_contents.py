"""The doctor's check of what lies on backup targets (audit A3).

Owns: this check. Does not own: comparing (`saas_backup_target_audit.py`).
"""

from collections.abc import Iterator
from typing import Any

from odoo import models

OLD_DAYS = 15


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        for target in self.env["saas.backup.target"].search([]):
            if target._audited_tenants():
                yield self._look_at_contents(target)

    def _look_at_contents(self, target: models.Model) -> dict[str, Any]:
        _ = self.env._
        if not target.audited_at or self._age(target.audited_at) > OLD_DAYS * 24:
            what = _(
                "What lies on %(target)s was not compared with the records lately",
                target=target.name,
            )
            mend = _("Open it and choose Check Contents; look whether the control worker runs.")
            level = "unknown"
        elif target.audit_count:
            counts = (target.audit_findings or {}).get("counts") or {}
            only_extra = set(counts) <= {"extra", "stranger"}
            level = "warning" if only_extra else "failing"
            what = _(
                "%(count)s objects on %(target)s differ from the records",
                count=target.audit_count,
                target=target.name,
            )
            mend = (
                _(
                    "They cost room alone: what nobody needs goes with the next deletion of old "
                    "backups, what is of nobody we know you remove by hand."
                )
                if only_extra
                else _("Open it, see Contents, and back up what is damaged at once.")
            )
        else:
            what = _("What lies on %(target)s is what the records say", target=target.name)
            level, mend = "ok", ""
        return self._told("target_contents", "backups", level, what, "", mend, target)
