"""The doctor's checks of quotas: that they are judged, and what stands in the way of one.

Owns: these checks. Does not own: judging (`saas_quota_judge.py`).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from odoo import fields, models

TOO_LONG = timedelta(minutes=15)


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield self._look_at_judgement()
        yield self._look_at_stuck_quotas()

    def _look_at_judgement(self) -> dict[str, Any]:
        _ = self.env._
        cron_sudo = self.env.ref("saas_business_management.ir_cron_judge_quotas").sudo()
        late = fields.Datetime.now() - TOO_LONG
        if cron_sudo.active and cron_sudo.nextcall > late:
            return self._told("quotas_judged", "work", "ok", _("Quotas are judged every minute"))
        what = _("Quotas are not judged")
        why = _("Limits that are reached are not put in force, and those that ended not lifted.")
        mend = _("Look whether the scheduled action “SaaS: Judge quotas” runs, and at its log.")
        return self._told("quotas_judged", "work", "failing", what, why, mend)

    def _look_at_stuck_quotas(self) -> dict[str, Any]:
        _ = self.env._
        late = fields.Datetime.now() - TOO_LONG
        stuck = self.env["saas.quota"].search(
            [
                ("policy", "=", "suspend"),
                ("forced_since", "!=", False),
                ("forced_since", "<", late),
                ("tenant_id.state", "in", ("trial", "active")),
            ]
        )
        if not stuck:
            what = _("Every tenant that is to be closed for a limit is closed")
            return self._told("quotas_closed", "work", "ok", what)
        what = _("%(count)s tenants are open beyond their limits", count=len(stuck.tenant_id))
        names = ", ".join(sorted(set(stuck.tenant_id.mapped("name")))[:5])
        why = _("Their grace is over: %(names)s.", names=names)
        mend = _("Open the tenant: its activities say what stands in the way.")
        return self._told("quotas_closed", "work", "warning", what, why, mend, stuck[0].tenant_id)
