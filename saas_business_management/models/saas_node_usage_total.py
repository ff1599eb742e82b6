"""What nodes counted since their first row, by cluster, and who keeps a node busy.

Owns: the totals of each cluster for Prometheus, the routes that took the most time. Does not own:
the rows (`saas_node_usage.py`), metrics by minute (`saas_metric_gateway.py`).
"""

from odoo import api, models
from odoo.tools import SQL

from ..kernel.gateway.busy import busiest

SUMS = (
    *("requests", "failures", "api_calls", "answered", "response_ms"),
    *("bytes_in", "bytes_out", "cron_ms", "failed_logins", "held_requests"),
)
ROUTES = """
SELECT left(one ->> 0, 200),
       sum(CASE jsonb_typeof(one -> 1) WHEN 'number' THEN (one ->> 1)::numeric ELSE 0 END),
       sum(CASE jsonb_typeof(one -> 2) WHEN 'number' THEN (one ->> 2)::numeric ELSE 0 END)
  FROM saas_node_usage AS u,
       jsonb_array_elements(
           CASE jsonb_typeof(u.routes) WHEN 'array' THEN u.routes ELSE '[]' END) AS one
 WHERE u.database = %s AND u.node_role = %s AND u.at >= %s
   AND jsonb_typeof(one -> 0) = 'string' AND jsonb_typeof(one -> 2) = 'number'
 GROUP BY 1 ORDER BY 3 DESC LIMIT 10
"""
TOTAL_SQL = """
CREATE TABLE IF NOT EXISTS saas_node_total (
    node_role varchar(63) PRIMARY KEY,
    {sums},
    latency bigint[] NOT NULL DEFAULT '{{}}'
)
""".replace(
    "{sums}", ",\n    ".join(f"{name} double precision NOT NULL DEFAULT 0" for name in SUMS)
).replace("{{}}", "{}")
ADD = """
INSERT INTO saas_node_total AS t (node_role, {names}, latency)
SELECT u.node_role, {sums},
       (SELECT coalesce(array_agg(n ORDER BY place), '{{}}')
          FROM (SELECT place, sum(n)::bigint AS n FROM saas_node_usage AS v,
                       unnest(v.latency) WITH ORDINALITY AS l (n, place)
                 WHERE v.id = ANY(%s) AND v.node_role = u.node_role GROUP BY place) AS added)
  FROM saas_node_usage AS u WHERE u.id = ANY(%s) GROUP BY u.node_role
    ON CONFLICT (node_role) DO UPDATE SET {more},
       latency = (SELECT coalesce(array_agg(n ORDER BY place), '{{}}') FROM
                  (SELECT place, sum(n)::bigint AS n FROM (
                     SELECT * FROM unnest(t.latency) WITH ORDINALITY AS a (n, place) UNION ALL
                     SELECT * FROM unnest(excluded.latency) WITH ORDINALITY AS b (n, place)
                  ) AS parts
                   GROUP BY place) AS summed)
"""
ADD = (
    ADD.replace("{names}", ", ".join(SUMS))
    .replace("{sums}", ", ".join(f"sum(u.{name})" for name in SUMS))
    .replace("{more}", ", ".join(f"{name} = t.{name} + excluded.{name}" for name in SUMS))
    .replace("{{}}", "{}")
)
# Only real nodes' rows, so that nobody makes labels without end.
TOTALS = """
SELECT t.node_role, {sums}, t.latency FROM saas_node_total AS t ORDER BY 1
""".replace("{sums}", ", ".join(f"t.{name}" for name in SUMS))


class SaasNodeUsage(models.AbstractModel):
    _inherit = "saas.node.usage"

    def init(self):
        super().init()
        self.env.cr.execute(SQL(TOTAL_SQL))

    @api.model
    @api.private
    def _top_routes(self, tenant, since):
        """Return what took the most time of a tenant's nodes: `[(route, requests, ms)]`."""
        database_sudo = tenant.sudo().database_id
        role = database_sudo.cluster_id.node_role
        rows = self.env.execute_query(SQL(ROUTES, database_sudo.name or "", role or "", since))
        return busiest({route: (int(count), float(ms)) for route, count, ms in rows})

    @api.model
    @api.private
    def _add_to_totals(self, ids):
        """Add rows that are folded to the totals of their cluster, once each."""
        if ids:
            self.env.cr.execute(SQL(ADD, list(ids), list(ids)))

    @api.model
    @api.private
    def _totals(self):
        """Return `{node role: ({sum: number}, buckets)}` since the first row of each."""
        return {
            role: (dict(zip(SUMS, sums, strict=True)), latency or [])
            for role, *sums, latency in self.env.execute_query(SQL(TOTALS))
        }
