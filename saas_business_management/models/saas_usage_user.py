"""Which users of a tenant use it most: their requests by day, told by nodes, known by number alone.

Owns: the table, adding up what nodes told, how many users of a day are kept and for how long. Does
not own: counting (`gateway/counters.py`), the screen (`saas_top_user.py`).

A user is the number it has in its tenant: names and addresses stay there. Visitors are nobody.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

KEPT_DAYS = 31
# Of a day that is over; while it lasts more are kept, so that who comes late is seen, too.
MOST, MOST_TODAY = 50, 500
LARGEST = {"number": 2**31 - 1, "count": 10**12}
TABLE_SQL = """
CREATE TABLE IF NOT EXISTS saas_usage_user (
    tenant_id integer NOT NULL REFERENCES saas_tenant ON DELETE CASCADE,
    day date NOT NULL,
    number integer NOT NULL CHECK (number >= 0),
    requests bigint NOT NULL,
    api_calls bigint NOT NULL,
    ms double precision NOT NULL,
    last_at timestamp NOT NULL,
    PRIMARY KEY (tenant_id, day, number)
);
CREATE INDEX IF NOT EXISTS saas_usage_user_day ON saas_usage_user (day);
"""
MERGE = """
    ON CONFLICT (tenant_id, day, number) DO UPDATE
   SET requests = kept.requests + EXCLUDED.requests,
       api_calls = kept.api_calls + EXCLUDED.api_calls, ms = kept.ms + EXCLUDED.ms,
       last_at = greatest(kept.last_at, EXCLUDED.last_at)
"""
# A node may have written anything; of its own cluster's databases alone, and only numbers count.
ADD = """
INSERT INTO saas_usage_user AS kept
SELECT tenant_id, day, number::integer, sum(requests), sum(api_calls), sum(ms), max(at)
  FROM (SELECT t.id, u.at::date, {numbers}, u.at
          FROM saas_node_usage AS u
          JOIN saas_database AS d ON d.name = u.database
          JOIN saas_cluster AS c ON c.id = d.cluster_id AND c.node_role = u.node_role
          JOIN saas_tenant AS t ON t.id = d.tenant_id,
               jsonb_array_elements(
                   CASE jsonb_typeof(u.users) WHEN 'array' THEN u.users ELSE '[]' END) AS one
         WHERE u.id = ANY(%(ids)s)) AS told (tenant_id, day, number, requests, api_calls, ms, at)
 WHERE number BETWEEN 0 AND %(number)s AND requests BETWEEN 1 AND %(count)s
   AND api_calls BETWEEN 0 AND requests AND ms BETWEEN 0 AND %(count)s
 GROUP BY 1, 2, 3
"""
NUMBERS = ", ".join(
    f"CASE jsonb_typeof(one -> {place}) WHEN 'number' THEN (one ->> {place})::numeric END"
    for place in range(4)
)
ADD = ADD.replace("{numbers}", NUMBERS) + MERGE
# Who is beyond the most becomes part of number 0, all others.
SHORTEN = """
WITH long AS (
    SELECT tenant_id, day FROM saas_usage_user WHERE day >= %(today)s - 2 AND number > 0
     GROUP BY 1, 2
    HAVING count(*) > CASE WHEN day < %(today)s THEN %(most)s ELSE %(most_today)s END
), ranked AS (
    SELECT u.tenant_id, u.day, u.number,
           row_number() OVER (PARTITION BY u.tenant_id, u.day ORDER BY u.requests DESC, u.number)
           AS place
      FROM saas_usage_user AS u JOIN long USING (tenant_id, day) WHERE u.number > 0
), gone AS (
    DELETE FROM saas_usage_user AS u USING ranked AS r
     WHERE u.tenant_id = r.tenant_id AND u.day = r.day AND u.number = r.number
       AND r.place > CASE WHEN r.day < %(today)s THEN %(most)s ELSE %(most_today)s END
    RETURNING u.*
)
INSERT INTO saas_usage_user AS kept
SELECT tenant_id, day, 0, sum(requests), sum(api_calls), sum(ms), max(last_at)
  FROM gone GROUP BY 1, 2
"""
SHORTEN = SHORTEN + MERGE
DEMO = """
INSERT INTO saas_usage_user
SELECT t.id, %(today)s - back, number, requests, requests / 9, requests * 140,
       %(today)s - back + time '09:00' + make_interval(mins => number)
  FROM unnest(%(tenants)s::int[]) WITH ORDINALITY AS t (id, place),
       generate_series(0, 6) AS back,
       (VALUES (2, 610), (6, 1480), (7, 920), (9, 75), (12, 260)) AS one (number, base),
       LATERAL (SELECT base / t.place - 7 * back AS requests) AS counted
 WHERE requests > 0
    ON CONFLICT DO NOTHING
"""


class SaasNodeUsage(models.AbstractModel):
    _inherit = "saas.node.usage"

    def init(self):
        super().init()
        self.env.cr.execute(SQL(TABLE_SQL))

    @api.model
    @api.private
    def _add_to_totals(self, ids):
        """Add the users of rows that are folded to their day, once each."""
        super()._add_to_totals(ids)
        if ids:
            self.env.cr.execute(SQL(ADD, ids=list(ids), **LARGEST))
        else:
            self._keep_users()

    @api.model
    @api.private
    def _keep_users(self):
        """Keep the users with the most requests of each day, and no day for longer than a month."""
        today = fields.Date.context_today(self.with_context(tz="UTC"))
        self.env.cr.execute(SQL(SHORTEN, today=today, most=MOST, most_today=MOST_TODAY))
        oldest = today - timedelta(days=KEPT_DAYS)
        self.env.cr.execute(SQL("DELETE FROM saas_usage_user WHERE day < %s", oldest))


class SaasUsageSample(models.AbstractModel):
    _inherit = "saas.usage.sample"

    @api.model
    @api.private
    def _add_demo(self, tenant_ids):
        """Add what some users of the demonstration's tenants did in the last week."""
        super()._add_demo(tenant_ids)
        today = fields.Date.context_today(self.with_context(tz="UTC"))
        self.env.cr.execute(SQL(DEMO, tenants=tenant_ids, today=today))
