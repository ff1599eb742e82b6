"""On which day quotas reach their limits, looked at once a day for each.

Owns: which are due, their days. Does not own: the line through them (`kernel/quota/forecast.py`).
"""

from datetime import timedelta, timezone
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.quota.enforcement import COUNTED
from ..kernel.quota.forecast import LOOKED_DAYS, count_reaches, level_reaches

SOME = 400
DUE = """
SELECT q.id, q.tenant_id, q.meter_id, q."limit"::text, q.used::text, q.period_end_at
  FROM saas_quota AS q JOIN saas_tenant AS t ON t.id = q.tenant_id
 WHERE q.has_limit AND q.has_reading AND (q.forecast_day IS NULL OR q.forecast_day < %s)
   AND (q.id = ANY(%s) OR t.state IN ('trial', 'active', 'suspended'))
 ORDER BY q.id LIMIT %s
"""
DAYS = """
SELECT d.tenant_id, d.meter_id, d.day, d.quantity::text
  FROM unnest(%s::int[], %s::int[]) AS q (tenant_id, meter_id)
  JOIN saas_usage_day AS d ON d.tenant_id = q.tenant_id AND d.meter_id = q.meter_id
 WHERE d.day >= %s
"""
PUT = """
UPDATE saas_quota AS q SET forecast_on = new.on_day, forecast_day = %s
  FROM unnest(%s::int[], %s::date[]) AS new (id, on_day) WHERE q.id = new.id
"""
WITHOUT = """
UPDATE saas_quota SET forecast_on = NULL
 WHERE forecast_on IS NOT NULL AND (has_limit IS NOT TRUE OR level IN ('exceeded', 'blocked'))
"""


class SaasQuota(models.Model):
    _inherit = "saas.quota"

    @api.model
    @api.private
    def _foresee(self, quotas=None):
        """Look at some quotas that were not looked at today, or at these; return how many."""
        self.flush_model()
        self.env["saas.usage.day"].flush_model()
        today = fields.Datetime.now().replace(tzinfo=timezone.utc).date()
        self.env.cr.execute(SQL(WITHOUT))
        wanted = quotas.ids if quotas else []
        due = self.env.execute_query(SQL(DUE, today, wanted, SOME))
        days = self._days_of(due, today)
        found = [_foreseen(row, days.get(row[1:3], {}), today) for row in due]
        self.env.cr.execute(SQL(PUT, today, [row[0] for row in due], found))
        self.invalidate_model()
        return len(due)

    @api.model
    def _days_of(self, due, today):
        since = today - timedelta(days=LOOKED_DAYS)
        keys = [[row[place] for row in due] for place in (1, 2)]
        found = {}
        for tenant, meter, day, quantity in self.env.execute_query(SQL(DAYS, *keys, since)):
            found.setdefault((tenant, meter), {})[day] = Decimal(quantity)
        counted = {
            meter.id for meter in self.env["saas.meter"].browse(keys[1]) if meter.code in COUNTED
        }
        return {
            key: {"by_day": by_day, "counted": key[1] in counted} for key, by_day in found.items()
        }


def _foreseen(row, days, today):
    _id, _tenant, _meter, limit, used, ends_at = row
    by_day, limit = days.get("by_day", {}), Decimal(limit)
    if not days.get("counted"):
        return level_reaches(by_day, limit, today)
    return count_reaches(by_day, Decimal(used), limit, today, ends_at.date())
