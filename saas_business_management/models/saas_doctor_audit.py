"""The doctor's checks of the audit log: is it sealed, does the chain hold, who looked last.

Owns: these checks. Does not own: verifying (`saas_audit_check.py`).
"""

from collections.abc import Iterator
from typing import Any

from odoo import models

UNSEALED_SECONDS = 60
CHECKED_HOURS = 48


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield self._look_at_sealing()
        yield self._look_at_chain()

    def _look_at_sealing(self) -> dict[str, Any]:
        _ = self.env._
        count, age = self.env["saas.audit.check"]._unsealed()
        if age <= UNSEALED_SECONDS:
            return self._told("audit_sealed", "audit", "ok", _("The audit log is sealed"))
        what = _(
            "%(count)s entries of the audit log have not been sealed for %(minutes)s minutes",
            count=count,
            minutes=int(age // 60),
        )
        why = _("Until they are, a change of them would not be seen.")
        mend = _("The control worker seals them: look whether it runs, and at its log.")
        return self._told("audit_sealed", "audit", "failing", what, why, mend)

    def _look_at_chain(self) -> dict[str, Any]:
        _ = self.env._
        last = self.env["saas.audit.check"].search([], limit=1)
        why = _("Only a recent verification shows that nothing was changed.")
        if not last:
            what = _("The audit log was never verified")
            mend = _("Open Operations › Audit Log and choose Verify Now.")
            return self._told("audit_chain", "audit", "unknown", what, why, mend)
        if not last.holds:
            what = _("The audit log was changed at entry %(entry)s", entry=last.bad_entry)
            why = _("Somebody with access to the database changed or removed what was noted.")
            mend = _("Keep a copy of the database, compare it with a backup, find out who it was.")
            return self._told("audit_chain", "audit", "failing", what, why, mend)
        hours = self._age(last.at)
        if hours > CHECKED_HOURS:
            what = _("The audit log has not been verified for %(days)s days", days=int(hours // 24))
            mend = _("Look at the scheduled action that verifies it, or choose Verify Now.")
            return self._told("audit_chain", "audit", "failing", what, why, mend)
        what = _("The chain of the audit log is unbroken: %(count)s entries", count=last.number)
        return self._told("audit_chain", "audit", "ok", what)
