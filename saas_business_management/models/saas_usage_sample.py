"""Raw readings of meters: tables outside the ORM, a partition for each day.

Owns: the tables, adding readings, partitions and their end, the mark up to which readings were
rolled up. Does not own: taking readings (job `sample_usage`), hours and days (`saas_usage_day.py`).

What was read of a tenant at an instant is one row of `saas_usage_raw`, for a thousand tenants write
each minute; `saas_usage_sample` shows them as one row for each reading. What could not be read has
none and is a gap (`saas_usage_gap.py`). Instants are UTC. `xid` says which transaction wrote a row,
so that rows of one that commits late are found by the next look.
"""

from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

TABLES = """
CREATE TABLE IF NOT EXISTS saas_usage_raw (
    at timestamp NOT NULL,
    tenant_id integer NOT NULL,
    meter_ids integer[] NOT NULL,
    quantities numeric(38, 12)[] NOT NULL,
    weights numeric(38, 12)[],
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint
) PARTITION BY RANGE (at);
CREATE TABLE IF NOT EXISTS saas_usage_raw_rest PARTITION OF saas_usage_raw DEFAULT;
CREATE INDEX IF NOT EXISTS saas_usage_raw_of ON saas_usage_raw (tenant_id, at);
CREATE INDEX IF NOT EXISTS saas_usage_raw_xid ON saas_usage_raw
    USING brin (xid) WITH (pages_per_range = 16, autosummarize = on);
CREATE OR REPLACE VIEW saas_usage_sample AS
SELECT raw.at, raw.tenant_id, one.meter_id, one.quantity, coalesce(one.weight, 1) AS weight, raw.xid
  FROM saas_usage_raw AS raw,
       unnest(raw.meter_ids, raw.quantities, raw.weights) AS one (meter_id, quantity, weight);
CREATE TABLE IF NOT EXISTS saas_usage_hour (
    tenant_id integer NOT NULL,
    meter_id integer NOT NULL,
    start_at timestamp NOT NULL,
    total numeric(38, 12) NOT NULL,
    weighed numeric(38, 12) NOT NULL,
    weight numeric(38, 12) NOT NULL,
    lowest numeric(38, 12) NOT NULL,
    highest numeric(38, 12) NOT NULL,
    last numeric(38, 12) NOT NULL,
    last_at timestamp NOT NULL,
    readings integer NOT NULL,
    PRIMARY KEY (tenant_id, meter_id, start_at)
);
CREATE TABLE IF NOT EXISTS saas_usage_mark (name text PRIMARY KEY, xid xid8 NOT NULL);
INSERT INTO saas_usage_mark VALUES ('rolled up', '0') ON CONFLICT DO NOTHING;
"""
ADD = """
INSERT INTO saas_usage_raw (at, tenant_id, meter_ids, quantities, weights)
SELECT at, tenant_id, meter_ids::int[], quantities::numeric[], weights::numeric[]
  FROM unnest(%s::timestamp[], %s::int[], %s::text[], %s::text[], %s::text[])
       AS row (at, tenant_id, meter_ids, quantities, weights)
"""
# A day gets its partition before its readings come; those that were earlier move into it.
PARTITION = """
CREATE TEMPORARY TABLE saas_usage_moving ON COMMIT DROP AS
    SELECT * FROM saas_usage_raw_rest WHERE at >= %(start)s AND at < %(end)s;
DELETE FROM saas_usage_raw_rest WHERE at >= %(start)s AND at < %(end)s;
CREATE TABLE %(table)s PARTITION OF saas_usage_raw FOR VALUES FROM (%(start)s) TO (%(end)s);
INSERT INTO saas_usage_raw SELECT * FROM saas_usage_moving;
DROP TABLE saas_usage_moving
"""
PARTITIONS = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
 WHERE i.inhparent = 'saas_usage_raw'::regclass AND c.relname ~ '^saas_usage_raw_[0-9]{8}$'
 ORDER BY c.relname
"""
NEW = """
SELECT mark.xid::text, pg_snapshot_xmin(pg_current_snapshot())::text,
       mark.xid > pg_current_xact_id()
  FROM saas_usage_mark AS mark WHERE mark.name = 'rolled up' FOR UPDATE
"""
AHEAD_DAYS = 3
RAW_DAYS, HOUR_DAYS = 40, 400
# Days are computed of hours, which last at least as long as readings that come late.
LEAST_DAYS = {"raw": 8, "rest": 8, "hour": HOUR_DAYS}
FIRST_XID = "0"
LAST_XID = "9223372036854775807"


class SaasUsageSample(models.AbstractModel):
    _name = "saas.usage.sample"
    _description = "Raw Readings"

    def init(self):
        self.env.cr.execute(SQL(TABLES))
        self._keep_partitions()

    @api.model
    @api.private
    def _add(self, rows):
        """Add readings: `(at, tenant id, meter id, quantity, weight)`, instants naive in UTC."""
        if rows:
            columns = [list(column) for column in zip(*_by_tenant(rows), strict=True)]
            self.env.cr.execute(SQL(ADD, *columns))

    @api.model
    @api.private
    def _keep_partitions(self):
        """Make the partitions of the coming days and let old ones go; may run twice."""
        today = fields.Date.context_today(self.with_context(tz="UTC"))
        there = {name for (name,) in self.env.execute_query(SQL(PARTITIONS))}
        for ahead in range(AHEAD_DAYS + 1):
            day = today + timedelta(days=ahead)
            if _name_of(day) not in there:
                self._make_partition(day)
        last = _name_of(today - timedelta(days=self._kept_days("raw")))
        for name in sorted(one for one in there if one < last):
            self.env.cr.execute(SQL("DROP TABLE %s", SQL.identifier(name)))
        oldest = today - timedelta(days=self._kept_days("rest"))
        self.env.cr.execute(SQL("DELETE FROM saas_usage_raw_rest WHERE at < %s", oldest))
        oldest = today - timedelta(days=self._kept_days("hour"))
        self.env.cr.execute(SQL("DELETE FROM saas_usage_hour WHERE start_at < %s", oldest))

    def _make_partition(self, day):
        bounds = {"start": day, "end": day + timedelta(days=1)}
        self.env.cr.execute(SQL(PARTITION, table=SQL.identifier(_name_of(day)), **bounds))

    @api.model
    def _kept_days(self, kind):
        """Return how long rows stay: parameter `saas.usage_raw_days`, `saas.usage_hour_days`."""
        least, usual = LEAST_DAYS[kind], HOUR_DAYS if kind == "hour" else RAW_DAYS
        name = "saas.usage_hour_days" if kind == "hour" else "saas.usage_raw_days"
        told = self.env["ir.config_parameter"].sudo().get_param(name)
        return max(int(told), least) if str(told or "").isdecimal() else usual

    @api.model
    @api.private
    def _take_new(self):
        """Return `(from, to)`, the transactions whose readings were not rolled up yet, and move the
        mark; whoever asks at once waits.

        After a restore of the control database transactions count anew: everything is new then.
        """
        mark, horizon, ahead = self.env.execute_query(SQL(NEW))[0]
        self.env.cr.execute(
            SQL("UPDATE saas_usage_mark SET xid = %s::xid8 WHERE name = 'rolled up'", horizon)
        )
        return (FIRST_XID, LAST_XID) if ahead else (mark, horizon)

    @api.model
    @api.private
    def _add_demo(self, tenant_ids):
        """Add a month of readings for the demonstration's tenants, and the days made of them."""
        now = fields.Datetime.now().replace(minute=0, second=0, microsecond=0)
        meters = {meter.code: meter.id for meter in self.env["saas.meter"].search([])}
        self._add(
            [
                (now - timedelta(days=29 - day), tenant, meters[code], quantity, 1)
                for place, tenant in enumerate(tenant_ids, start=1)
                for day in range(30)
                for code, quantity in _demo(place, day)
            ]
        )
        self.env["saas.usage.day"]._roll_up_written()
        tenants = self.env["saas.tenant"].browse(tenant_ids)
        for source, codes in (("sizes", ("storage_gb",)), ("users", ("users", "active_users"))):
            rows = self.env["saas.usage.source"]._of(tenants, source)
            self.env["saas.usage.source"].flush_model()
            newest = [
                (tenant, meters[code], rows[tenant].id, quantity, now)
                for place, tenant in enumerate(tenant_ids, start=1)
                for code, quantity in _demo(place, 29)
                if code in codes
            ]
            self.env["saas.usage.reading"]._put_newest(newest)


def _by_tenant(rows):
    """Return what was read of a tenant at an instant, arrays in PostgreSQL's writing."""
    together = {}
    for at, tenant, meter, quantity, weight in rows:
        parts = together.get((at, tenant))
        if parts is None:
            parts = together[at, tenant] = ([], [], [])
        parts[0].append(str(meter))
        parts[1].append(str(quantity))
        parts[2].append(weight)
    return [
        (*key, _array(meters), _array(quantities), _weights(weights))
        for key, (meters, quantities, weights) in together.items()
    ]


def _weights(weights):
    """Return nothing where each reading weighs one."""
    return None if weights.count(1) == len(weights) else _array(map(str, weights))


def _array(texts):
    return "{" + ",".join(texts) + "}"


def _demo(place, day):
    """Return what a tenant of the demonstration used on a day of the month."""
    weekend = day % 7 in (5, 6)
    calls = (40 if weekend else 900) * place + day * 37 % 211
    return [
        ("storage_gb", Decimal(12 * place + day) / 10),
        ("users", 3 * place + day // 10),
        ("active_users", 2 * place + day // 12),
        ("api_calls", calls),
        ("requests", calls * 7),
        ("bandwidth_gb", Decimal(calls) / 1000),
        ("orders", 0 if weekend else 4 * place + day % 5),
    ]


def _name_of(day):
    return f"saas_usage_raw_{day:%Y%m%d}"
