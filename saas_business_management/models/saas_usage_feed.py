"""Handing days of metering to billing.

Owns: which days are told to which subscription, and by which rows. Does not own: the days
(`saas_usage_day.py`), rating (`saas_billing_usage.py`).

What a day says is compared with what billing was told of it before, so that telling twice adds
nothing, and a day that changed adds the difference: a row with the rest where days are added up, a
row that replaces the one before where a level counts.
"""

from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

METERING = "metering"
# By then the day was asked for once more after its end.
GRACE = timedelta(hours=2)
SOME = 2000
ADDED_UP = ("sum", "count", "unique_count")
# Numbers come as text: the driver would make floats of them.
UNTOLD = """
SELECT d.id, d.meter_id, d.start_at, d.end_at, d.quantity::text, d.reading_count, m.aggregation,
       (SELECT s.id FROM saas_subscription AS s
         WHERE s.tenant_id = d.tenant_id AND s.state <> 'draft' AND s.started_on <= d.day
           AND (s.ends_on IS NULL OR s.ends_on > d.day)
         ORDER BY s.id DESC LIMIT 1)
  FROM saas_usage_day AS d JOIN saas_meter AS m ON m.id = d.meter_id
 WHERE d.told IS NOT TRUE AND d.end_at < %s
 ORDER BY d.end_at, d.id LIMIT %s FOR UPDATE OF d SKIP LOCKED
"""
TOLD = """
SELECT subscription_id, meter_id, start_at, sum(quantity::numeric)::text,
       (array_agg(quantity::numeric ORDER BY id DESC))[1]::text
  FROM saas_usage_bucket
 WHERE source = %s AND subscription_id = ANY(%s) AND start_at = ANY(%s::timestamp[])
 GROUP BY 1, 2, 3
"""


class SaasUsageBucket(models.Model):
    _inherit = "saas.usage.bucket"

    @api.model
    @api.private
    def _feed(self):
        """Tell billing some days that are over; return how many were looked at."""
        self.flush_model()
        self.env["saas.subscription"].flush_model()
        over = fields.Datetime.now() - GRACE
        days = self.env.execute_query(SQL(UNTOLD, over, SOME))
        if not days:
            return 0
        told = self._told_before(days)
        late = self._add_told({day[0]: vals for day in days if (vals := self._telling(day, told))})
        ids = [day[0] for day in days]
        self.env.cr.execute(
            SQL(
                "UPDATE saas_usage_day SET told = true, too_late = id = ANY(%s) WHERE id = ANY(%s)",
                late,
                ids,
            )
        )
        self.env["saas.usage.day"].invalidate_model(["told", "too_late"])
        return len(days)

    def _add_told(self, rows):
        """Add rows by the id of their day; return the days that billing takes no more."""
        if self._taken(list(rows.values())):
            return []
        return [day for day, vals in rows.items() if not self._taken([vals])]

    def _taken(self, vals_list):
        try:
            with self.env.cr.savepoint():
                self.sudo().create(vals_list)
        except UserError:  # its period was invoiced too long ago
            return False
        return True

    def _told_before(self, days):
        """Return sum and newest quantity that billing has, by subscription, meter and begin."""
        subscriptions = sorted({day[7] for day in days if day[7]})
        starts = sorted({day[2] for day in days})
        rows = self.env.execute_query(SQL(TOLD, METERING, subscriptions, starts))
        return {tuple(row[:3]): tuple(map(Decimal, row[3:])) for row in rows}

    def _telling(self, day, told):
        """Return the row that brings billing up to date, None when it is or nobody is billed."""
        _id, meter, start, end, told_quantity, readings, aggregation, subscription = day
        quantity = Decimal(told_quantity)
        if not subscription:
            return None
        before = told.get((subscription, meter, start))
        if before:
            added, newest = before
            if quantity == (added if aggregation in ADDED_UP else newest):
                return None
            quantity -= added if aggregation in ADDED_UP else 0
        return {
            "subscription_id": subscription,
            "meter_id": meter,
            "start_at": start,
            "end_at": end,
            "quantity": f"{quantity:f}",
            "event_count": readings,
            "source": METERING,
        }
