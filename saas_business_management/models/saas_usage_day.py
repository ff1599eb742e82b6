"""What a tenant used of a meter on one day.

Owns: the rows, readings rolled up to hours, hours to days, corrections taken into account. Does not
own: readings (`saas_usage_sample.py`), what billing gets of it (`saas_usage_feed.py`).

A day is one of the subscription's time zone, UTC without one. A day without any reading has no row:
it is unknown, not zero. Rolling up is by the mark of `saas.usage.sample`: hours and days with new
readings are computed again, whole, so that doing it twice changes nothing.
"""

from datetime import timedelta, timezone
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL, groupby

from ..kernel.metering.aggregate import TIME_WEIGHTED, measure
from ..kernel.metering.aggregate import Meter as Kind
from ..kernel.metering.event import Event
from ..kernel.period import Bounds, Period, bounds, zone
from .saas_usage_sample import FIRST_XID, LAST_XID

UTC = "UTC"
# All meters of a tenant's hour, for what was read together stands together.
HOURS = """
INSERT INTO saas_usage_hour AS kept
       (tenant_id, meter_id, start_at, total, weighed, weight, lowest, highest, last, last_at,
        readings)
SELECT s.tenant_id, s.meter_id, new.start_at, sum(s.quantity), sum(s.quantity * s.weight),
       sum(s.weight), min(s.quantity), max(s.quantity),
       (array_agg(s.quantity ORDER BY s.at DESC, s.xid DESC))[1], max(s.at), count(*)
  FROM (SELECT DISTINCT tenant_id, date_trunc('hour', at) AS start_at
          FROM saas_usage_raw WHERE xid >= %(since)s::bigint AND xid < %(until)s::bigint) AS new
  JOIN saas_usage_sample AS s
    ON s.tenant_id = new.tenant_id
   AND s.at >= new.start_at AND s.at < new.start_at + interval '1 hour'
 GROUP BY 1, 2, 3
    ON CONFLICT (tenant_id, meter_id, start_at) DO UPDATE
   SET total = EXCLUDED.total, weighed = EXCLUDED.weighed, weight = EXCLUDED.weight,
       lowest = EXCLUDED.lowest, highest = EXCLUDED.highest, last = EXCLUDED.last,
       last_at = EXCLUDED.last_at, readings = EXCLUDED.readings
 WHERE kept.readings <> EXCLUDED.readings OR kept.last_at <> EXCLUDED.last_at
"""
NEW_DAYS = """
SELECT DISTINCT s.tenant_id, s.meter_id,
       (s.at AT TIME ZONE 'UTC' AT TIME ZONE coalesce(z.name, 'UTC'))::date
  FROM saas_usage_sample AS s
  LEFT JOIN (SELECT * FROM unnest(%(tenants)s::int[], %(zones)s::text[])) AS z (tenant_id, name)
    ON z.tenant_id = s.tenant_id
 WHERE s.xid >= %(since)s::bigint AND s.xid < %(until)s::bigint
"""
ZONES = """
SELECT DISTINCT ON (tenant_id) tenant_id, timezone FROM saas_subscription
 WHERE tenant_id IS NOT NULL AND state <> 'draft'
 ORDER BY tenant_id, ends_on DESC NULLS FIRST, id DESC
"""
# How the readings of a day become one quantity; `kernel/metering/aggregate.py` says the same.
DAYS = """
INSERT INTO saas_usage_day AS kept
       (tenant_id, company_id, meter_id, day, start_at, end_at, quantity, lowest, highest,
        reading_count, last_at, corrected, told)
SELECT d.tenant_id, t.company_id, d.meter_id, d.day, d.start_at, d.end_at,
       coalesce(max(c.quantity),
           CASE WHEN m.covers = 'day' OR m.aggregation = 'last'
                THEN (array_agg(s.last ORDER BY s.last_at DESC, s.xid DESC))[1]
                WHEN m.aggregation = 'max' THEN max(s.highest)
                WHEN m.aggregation = 'average'
                THEN round(coalesce(sum(s.weighed) / nullif(sum(s.weight), 0), 0), 12)
                ELSE sum(s.total) END),
       min(s.lowest), max(s.highest), coalesce(sum(s.readings), 0), max(s.last_at),
       bool_or(c.id IS NOT NULL), false
  FROM unnest(%(tenants)s::int[], %(meters)s::int[], %(days)s::date[], %(starts)s::timestamp[],
              %(ends)s::timestamp[]) AS d (tenant_id, meter_id, day, start_at, end_at)
  JOIN saas_tenant AS t ON t.id = d.tenant_id
  JOIN saas_meter AS m ON m.id = d.meter_id
  LEFT JOIN {parts} AS s
    ON s.tenant_id = d.tenant_id AND s.meter_id = d.meter_id
   AND s.start_at >= d.start_at AND s.start_at < d.end_at
  LEFT JOIN LATERAL (SELECT id, quantity::numeric AS quantity FROM saas_usage_correction
                      WHERE tenant_id = d.tenant_id AND meter_id = d.meter_id AND day = d.day
                      ORDER BY id DESC LIMIT 1) AS c ON true
 GROUP BY d.tenant_id, t.company_id, d.meter_id, d.day, d.start_at, d.end_at, m.covers,
          m.aggregation
HAVING count(s.last_at) > 0 OR max(c.quantity) IS NOT NULL
    ON CONFLICT (tenant_id, meter_id, day) DO UPDATE
   SET quantity = EXCLUDED.quantity, lowest = EXCLUDED.lowest, highest = EXCLUDED.highest,
       reading_count = EXCLUDED.reading_count, last_at = EXCLUDED.last_at,
       corrected = EXCLUDED.corrected, start_at = EXCLUDED.start_at, end_at = EXCLUDED.end_at,
       told = kept.told AND kept.quantity = EXCLUDED.quantity
"""
OF_HOURS = DAYS.format(parts="(SELECT *, 0 AS xid FROM saas_usage_hour)")
# Zones like that of Kolkata begin their days in the middle of an hour.
OF_READINGS = DAYS.format(
    parts="""(
       SELECT tenant_id, meter_id, at AS start_at, at AS last_at, xid, quantity AS total,
              quantity * weight AS weighed, weight, quantity AS lowest, quantity AS highest,
              quantity AS last, 1 AS readings
         FROM saas_usage_sample)"""
)
# Numbers come as text: the driver would make floats of them.
OF_DAY = """
SELECT at, quantity::text FROM saas_usage_sample
 WHERE tenant_id = %s AND meter_id = %s AND at >= %s AND at < %s ORDER BY at, xid
"""
BEFORE = """
SELECT quantity::text FROM saas_usage_sample
 WHERE tenant_id = %s AND meter_id = %s AND at < %s ORDER BY at DESC, xid DESC LIMIT 1
"""


class SaasUsageDay(models.Model):
    _name = "saas.usage.day"
    _description = "Usage of a Day"
    _order = "day desc, tenant_id, meter_id"
    _rec_name = "meter_id"
    _log_access = False

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    plan_id = fields.Many2one(related="tenant_id.plan_id")
    meter_id = fields.Many2one(
        "saas.meter", required=True, readonly=True, index=True, ondelete="restrict"
    )
    unit_label = fields.Char(related="meter_id.unit_label")
    day = fields.Date(required=True, readonly=True, index=True)
    start_at = fields.Datetime(string="From", required=True, readonly=True)
    end_at = fields.Datetime(string="Until", required=True, readonly=True)
    quantity = fields.Float(digits=(16, 3), readonly=True, aggregator="sum")
    lowest = fields.Float(digits=(16, 3), readonly=True, aggregator="min", string="Lowest Reading")
    highest = fields.Float(
        digits=(16, 3), readonly=True, aggregator="max", string="Highest Reading"
    )
    reading_count = fields.Integer(string="Readings", readonly=True)
    last_at = fields.Datetime(string="Last Reading", readonly=True)
    corrected = fields.Boolean(readonly=True, help="A person has set the quantity of this day.")
    told = fields.Boolean(string="Given to Billing", readonly=True)
    too_late = fields.Boolean(
        string="Too Late for Billing",
        readonly=True,
        help="Its period was invoiced longer ago than the newest two: charge or credit by hand.",
    )

    _once = models.Constraint("UNIQUE (tenant_id, meter_id, day)", "A day is counted once.")
    _untold_idx = models.Index("(end_at) WHERE told IS NOT TRUE")

    def action_correct(self):
        """Open a correction of this day."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.usage.correction",
            "name": self.env._("Correct a Day"),
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_tenant_id": self.tenant_id.id,
                "default_meter_id": self.meter_id.id,
                "default_day": self.day,
            },
        }

    @api.model
    def _cron_roll_up(self):
        """Fold what nodes counted, compute hours and days with new readings, tell billing."""
        self.env["saas.usage.sample"]._keep_partitions()
        while count := self.env["saas.node.usage"]._fold_some():
            self.env["ir.cron"]._commit_progress(count)
        self._roll_up()
        self.env["ir.cron"]._commit_progress(1)
        while count := self.env["saas.usage.bucket"]._feed():
            self.env["ir.cron"]._commit_progress(count)

    @api.model
    @api.private
    def _roll_up(self):
        """Compute every hour and day with readings that were not looked at yet."""
        self._roll_up_written(*self.env["saas.usage.sample"]._take_new())

    @api.model
    @api.private
    def _roll_up_written(self, since=FIRST_XID, until=LAST_XID):
        """Compute every hour and day with readings that these transactions wrote, or all did."""
        span = {"since": since, "until": until}
        self.env.cr.execute(SQL(HOURS, **span))
        zones = self._zones()
        tenants, names = list(zones), list(zones.values())
        found = self.env.execute_query(SQL(NEW_DAYS, tenants=tenants, zones=names, **span))
        self._compute_days(found)

    @api.model
    @api.private
    def _compute_days(self, keys):
        """Compute days `(tenant, meter, day)` again from their hours and corrections."""
        if not keys:
            return
        self.env["saas.usage.correction"].flush_model()
        self.env["saas.meter"].flush_model(["covers", "aggregation"])
        zones = self._zones()
        rows = [(*key, *self._bounds(key[2], zones.get(key[0], UTC))) for key in keys]
        for by_hours, some in groupby(rows, key=lambda row: not (row[3].minute or row[4].minute)):
            columns = [list(column) for column in zip(*some, strict=True)]
            names = ("tenants", "meters", "days", "starts", "ends")
            statement = OF_HOURS if by_hours else OF_READINGS
            self.env.cr.execute(SQL(statement, **dict(zip(names, columns, strict=True))))
        self.invalidate_model()
        self._weigh(rows)

    @api.model
    def _zones(self):
        """Return the time zone in which the days of each tenant begin, of those that have one."""
        self.env["saas.subscription"].flush_model(["tenant_id", "timezone", "state", "ends_on"])
        return {tenant: name or UTC for tenant, name in self.env.execute_query(SQL(ZONES))}

    @api.model
    def _bounds(self, day, zone_name):
        """Return when a day begins and ends, naive in UTC."""
        span = bounds(Period(day, day + timedelta(days=1)), zone(zone_name))
        return span.start.replace(tzinfo=None), span.end.replace(tzinfo=None)

    @api.model
    def _weigh(self, rows):
        """Compute the days of levels that are weighted by the time for which they held."""
        weighted = self.env["saas.meter"].search([("aggregation", "=", TIME_WEIGHTED)])
        of_meter = {meter.id: meter for meter in weighted}
        for meter_id, days in groupby(rows, key=lambda row: row[1]):
            for tenant, _meter, day, start, end in days if meter_id in of_meter else ():
                quantity = self._weighted(of_meter[meter_id], tenant, start, end)
                self.env.cr.execute(
                    SQL(
                        "UPDATE saas_usage_day SET quantity = %s, told = told AND quantity = %s"
                        " WHERE tenant_id = %s AND meter_id = %s AND day = %s AND NOT corrected",
                        *(quantity, quantity, tenant, meter_id, day),
                    )
                )

    def _weighted(self, meter, tenant, start, end):
        place = (tenant, meter.id)
        found = self.env.execute_query(SQL(OF_DAY, *place, start, end))
        before = self.env.execute_query(SQL(BEFORE, *place, start))
        until = min(end, max(fields.Datetime.now(), start + timedelta(seconds=1)))
        events = [
            Event("metering", f"{number:09}", "", meter.code, _aware(at), Decimal(quantity))
            for number, (at, quantity) in enumerate(found)
        ]
        kind = Kind(TIME_WEIGHTED, carry_forward=meter.carry_forward)
        level = Decimal(before[0][0]) if before else Decimal(0)
        return measure(kind, events, level, Bounds(_aware(start), _aware(until))).raw


def _aware(at):
    return at.replace(tzinfo=timezone.utc)
