"""The last thirty days of a quota as one line: the figures for it.

Owns: these figures. Does not own: drawing them (`static/src/saas_sparkline`), days of usage
(`saas_usage_day.py`).
"""

from datetime import timedelta

from odoo import api, fields, models

DAYS = 30


class SaasQuota(models.Model):
    _inherit = "saas.quota"

    trend = fields.Json(compute="_compute_trend", string="Last 30 Days")

    @api.depends("used", "limit")
    def _compute_trend(self):
        today = fields.Date.context_today(self)
        days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
        found = self._quantities(days[0])
        for quota in self:
            by_day = found.get((quota.tenant_id.id, quota.meter_id.id), {})
            # What is used on one day says nothing beside the limit of a month.
            limit = quota.limit if quota.has_limit and not quota._is_counted() else None
            quota.trend = {"values": [by_day.get(day) for day in days], "limit": limit}

    def _quantities(self, since):
        domain = [
            ("tenant_id", "in", self.tenant_id.ids),
            ("meter_id", "in", self.meter_id.ids),
            ("day", ">=", since),
        ]
        rows = self.env["saas.usage.day"].search_fetch(
            domain, ["tenant_id", "meter_id", "day", "quantity"]
        )
        found = {}
        for row in rows:
            found.setdefault((row.tenant_id.id, row.meter_id.id), {})[row.day] = row.quantity
        return found
