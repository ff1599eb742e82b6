"""The doctor's checks of metering: readings that do not come, days billing was not told of.

Owns: these checks. Does not own: taking readings (job `sample_usage`).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from odoo import fields, models
from odoo.tools import SQL

TOO_LONG = timedelta(hours=6)
UNTOLD_FOR = timedelta(hours=12)
NOT_FOLDED = """
SELECT count(*) FROM saas_node_usage WHERE folded IS NOT TRUE AND arrived_at < %s
"""


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield self._look_at_gaps()
        yield self._look_at_untold()

    def _look_at_gaps(self) -> dict[str, Any]:
        _ = self.env._
        late = fields.Datetime.now() - TOO_LONG
        gaps = self.env["saas.usage.gap"].search(
            [("until_at", "=", False), ("since_at", "<", late)]
        )
        if not gaps:
            what = _("Usage of every tenant is known")
            return self._told("usage_unknown", "work", "ok", what)
        names = ", ".join(sorted(set(gaps.tenant_id.mapped("name")))[:5])
        what = _("Usage of %(count)s tenants is unknown", count=len(gaps.tenant_id))
        why = _("For over 6 hours: %(names)s. %(reason)s", names=names, reason=gaps[0].reason)
        mend = _("Open Usage, Unknown Readings: each line says what was met.")
        return self._told("usage_unknown", "work", "warning", what, why, mend, gaps[0].tenant_id)

    def _look_at_untold(self) -> dict[str, Any]:
        _ = self.env._
        late = fields.Datetime.now() - UNTOLD_FOR
        days = self.env["saas.usage.day"].search_count(
            [("told", "=", False), ("end_at", "<", late)]
        )
        waiting = self.env.execute_query(SQL(NOT_FOLDED, late))[0][0]
        if not days and not waiting:
            what = _("Billing knows of every day that is over")
            return self._told("usage_untold", "work", "ok", what)
        what = _("Days of usage were not given to billing")
        why = _("%(days)s days and %(rows)s rows of nodes wait.", days=days, rows=waiting)
        mend = _("Look whether the scheduled action “SaaS: Roll up usage” runs, and at its log.")
        return self._told("usage_untold", "work", "failing", what, why, mend)
