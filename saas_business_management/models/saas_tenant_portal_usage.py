"""Usage in the customer portal: a bar for each meter, and the last 30 days of each.

Owns: what these show. Does not own: reading meters (`saas_usage_sample.py`), days
(`saas_usage_day.py`), limits (`saas_quota.py`), where bars stand (`kernel/portal/chart.py`).
"""

from datetime import timedelta
from decimal import Decimal

from odoo import api, models
from odoo.tools import format_date, formatLang

from ..kernel.portal import chart

METERS = ("users", "storage_gb", "api_calls", "bandwidth_gb")
LIMITS = {
    "users": "limit_users",
    "storage_gb": "limit_storage_gb",
    "api_calls": "limit_api_calls",
    "bandwidth_gb": "limit_bandwidth_gb",
}
# A limit of these is of a moment; the others' is of a month and says nothing of a day.
LEVELS = ("users", "storage_gb")
WARN_PERCENT = 80
CHART_DAYS = 30


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.private
    def _portal_usages(self):
        """Return for each of these a bar for each limited meter and each other one with a reading.

        `{id: [{"code", "name", "shown", "percent", "look", "at"}]}`, without a percent where there
        is no limit or no reading; the number of queries does not grow with the number of tenants.
        """
        meters = self._portal_meter_rows()
        found = {}
        for tenant in self:
            readings = {one.meter_id: one for one in tenant.usage_reading_ids}
            bars = (tenant._portal_bar(meter, readings.get(meter)) for meter in meters)
            found[tenant.id] = [bar for bar in bars if bar]
        return found

    @api.model
    def _portal_meter_rows(self):
        meters = self.env["saas.meter"].sudo().search([("code", "in", METERS)])
        return meters.sorted(lambda one: METERS.index(one.code))

    def _portal_bar(self, meter, reading):
        _ = self.env._
        quantity, at, limit = self._portal_measured(meter, reading)
        if not limit and quantity is None:
            return None
        used = "—" if quantity is None else self._portal_number(quantity, meter.decimals)
        unit = meter.unit_label or ""
        if limit:
            most = self._portal_number(limit, meter.decimals)
            shown = _("%(used)s of %(limit)s %(unit)s", used=used, limit=most, unit=unit)
        else:
            shown = _("%(used)s %(unit)s, no limit", used=used, unit=unit)
        percent = None
        if limit and quantity is not None:
            percent = min(999, round(quantity / limit * 100))
        return {
            "code": meter.code,
            "name": meter.name,
            "shown": shown,
            "percent": percent,
            "look": self._portal_bar_look(percent),
            "at": at,
        }

    def _portal_measured(self, meter, reading):
        """Return how much is used (None when it is unknown), when that was read, and the limit."""
        quota = self.quota_ids.filtered(lambda one: one.meter_id == meter)
        if quota:
            known = quota.has_reading and quota.used_known
            quantity, at = (quota.used, quota.read_at) if known else (None, None)
            return quantity, at, quota.limit if quota.has_limit else 0
        known = bool(reading) and reading.known
        quantity, at = (reading.quantity, reading.at) if known else (None, None)
        return quantity, at, (self.plan_id or self.template_id)[LIMITS[meter.code]] or 0

    @api.model
    def _portal_bar_look(self, percent):
        if percent is None or percent < WARN_PERCENT:
            return "primary"
        return "danger" if percent >= 100 else "warning"

    @api.model
    def _portal_number(self, number, decimals):
        digits = min(decimals, 2)
        while digits and round(number, digits) == round(number, digits - 1):
            digits -= 1
        return formatLang(self.env, float(number), digits=digits)

    # The last 30 days

    @api.private
    def _portal_charts(self):
        """Return a chart for each meter with a day: `{"code", "name", "unit", "chart", "top",
        "first", "last", "limit", "rows"}`; `rows` hold `(day, quantity)` as words, newest first.
        """
        self.ensure_one()
        last = self._today()
        since = last - timedelta(days=CHART_DAYS - 1)
        days = self.env["saas.usage.day"].sudo()
        wanted = [("tenant_id", "=", self.id), ("day", ">=", since), ("day", "<=", last)]
        of_meter = {}
        for row in days.search([*wanted, ("meter_id.code", "in", METERS)]):
            of_meter.setdefault(row.meter_id, {})[row.day] = Decimal(str(row.quantity))
        meters = self._portal_meter_rows().filtered(of_meter.get)
        return [self._portal_chart(meter, of_meter[meter], last) for meter in meters]

    def _portal_chart(self, meter, quantities, last):
        limit = self._portal_measured(meter, None)[2] if meter.code in LEVELS else 0
        drawn = chart.chart(quantities, last, CHART_DAYS, Decimal(str(limit or 0)))

        def words(quantity):
            return "—" if quantity is None else self._portal_number(quantity, meter.decimals)

        return {
            "code": meter.code,
            "name": meter.name,
            "unit": meter.unit_label or "",
            "chart": drawn,
            "width": chart.WIDTH,
            "height": chart.HEIGHT,
            "top": words(drawn.top),
            "limit": words(limit) if drawn.limit_y is not None else "",
            "first": format_date(self.env, drawn.bars[0].day),
            "last": format_date(self.env, last),
            "rows": [
                (format_date(self.env, bar.day), words(bar.quantity))
                for bar in reversed(drawn.bars)
            ],
        }
