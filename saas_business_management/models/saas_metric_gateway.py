"""Metrics of the gateway: what nodes counted, summed by tenant and minute.

Owns: which minutes are summed, and the sums. Does not own: counting, what nodes write down
(`saas_node_usage.py`), meters.

Nodes tell every few seconds, each process by itself. A minute is summed when it is over, and again
when more of it arrives.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.gateway.count import BOUNDS_MS
from ..kernel.monitoring.histogram import percentile

SHARE = 0.95
# Rows of transactions that were open at the last look came meanwhile.
OVERLAP = timedelta(minutes=2)
FIRST = timedelta(hours=1)
LATE = timedelta(hours=47)
TABLE = """
CREATE TABLE IF NOT EXISTS saas_metric_mark (name text PRIMARY KEY, at timestamp NOT NULL)
"""
MARK = "SELECT at FROM saas_metric_mark WHERE name = 'gateway'"
MOVE = """
INSERT INTO saas_metric_mark VALUES ('gateway', %s)
    ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at
"""
# A node tells of databases of its own cluster alone; what it tells of others counts for nobody.
SUMS = """
WITH minutes AS (
    SELECT DISTINCT date_trunc('minute', at) AS start_at FROM saas_node_usage
     WHERE arrived_at >= %(arrived)s AND at >= %(oldest)s AND at < %(until)s),
told AS (
    SELECT t.id AS tenant_id, m.start_at, u.*
      FROM minutes AS m
      JOIN saas_node_usage AS u ON u.at >= m.start_at AND u.at < m.start_at + interval '1 minute'
      JOIN saas_database AS d ON d.name = u.database
      JOIN saas_cluster AS c ON c.id = d.cluster_id AND c.node_role = u.node_role
      JOIN saas_tenant AS t ON t.id = d.tenant_id),
buckets AS (
    SELECT tenant_id, start_at, array_agg(n ORDER BY place) AS latency
      FROM (SELECT tenant_id, start_at, place, sum(n)::bigint AS n
              FROM told CROSS JOIN LATERAL unnest(latency) WITH ORDINALITY AS one (n, place)
             GROUP BY tenant_id, start_at, place) AS summed
     GROUP BY tenant_id, start_at)
SELECT told.tenant_id, told.start_at, sum(requests), sum(failures), sum(api_calls), sum(answered),
       sum(response_ms), sum(bytes_in), sum(bytes_out), sum(cron_ms),
       sum(failed_logins), sum(held_requests), buckets.latency
  FROM told LEFT JOIN buckets USING (tenant_id, start_at)
 GROUP BY told.tenant_id, told.start_at, buckets.latency
"""
SUMMED = (
    *("requests", "failures", "api_calls", "answered", "response_ms", "bytes_in", "bytes_out"),
    *("cron_ms", "failed_logins", "held_requests"),
)


class SaasMetric(models.AbstractModel):
    _inherit = "saas.metric"

    def init(self):
        super().init()
        self.env.cr.execute(SQL(TABLE))

    @api.model
    @api.private
    def _collect_gateway(self):
        """Sum the minutes that are over and of which rows arrived; return how many sums there are.

        May run twice: a sum takes the place of the one before.
        """
        now = fields.Datetime.now()
        for name in ("saas.database", "saas.tenant", "saas.cluster"):
            self.env[name].flush_model()
        mark = self.env.execute_query(SQL(MARK))
        since = mark[0][0] if mark else now - FIRST
        asked = {
            "arrived": min(since, now) - OVERLAP,
            "oldest": now - LATE,
            "until": now.replace(second=0, microsecond=0),
        }
        found = self.env.execute_query(SQL(SUMS, **asked))
        rows = [(at, tenant, _figures(sums, latency)) for tenant, at, *sums, latency in found]
        self._add("gateway", rows)
        self.env.cr.execute(SQL(MOVE, now))
        return len(rows)


def _figures(sums, latency):
    figures = dict(zip(SUMMED, map(float, sums), strict=True))
    counts = latency if latency and len(latency) == len(BOUNDS_MS) + 1 else None
    if counts:
        figures["latency_p95_ms"] = percentile(BOUNDS_MS, counts, SHARE)
    return figures
