"""What all tenants together used of a meter on a day, by company and cluster.

Owns: the table, keeping it equal to the days. Does not own: the days (`saas_usage_day.py`).

Sums of ten thousand tenants over a year are some thousand rows here. `tenants` says how many had a
reading: whoever had none is not in the sum.
"""

from odoo import api, models
from odoo.tools import SQL

TABLE = """
CREATE TABLE IF NOT EXISTS saas_usage_total (
    company_id integer NOT NULL,
    cluster_id integer NOT NULL,
    meter_id integer NOT NULL,
    day date NOT NULL,
    quantity numeric(38, 12) NOT NULL,
    tenants integer NOT NULL,
    PRIMARY KEY (meter_id, day, company_id, cluster_id)
)
"""
FORGET = """
DELETE FROM saas_usage_total AS kept
 USING unnest(%(meters)s::int[], %(days)s::date[]) AS new (meter_id, day)
 WHERE kept.meter_id = new.meter_id AND kept.day = new.day
"""
SUM = """
INSERT INTO saas_usage_total (company_id, cluster_id, meter_id, day, quantity, tenants)
SELECT u.company_id, coalesce(t.cluster_id, 0), u.meter_id, u.day, sum(u.quantity), count(*)
  FROM unnest(%(meters)s::int[], %(days)s::date[]) AS new (meter_id, day)
  JOIN saas_usage_day AS u ON u.meter_id = new.meter_id AND u.day = new.day
  JOIN saas_tenant AS t ON t.id = u.tenant_id
 WHERE u.company_id IS NOT NULL
 GROUP BY u.company_id, coalesce(t.cluster_id, 0), u.meter_id, u.day
    ON CONFLICT (meter_id, day, company_id, cluster_id) DO UPDATE
   SET quantity = EXCLUDED.quantity, tenants = EXCLUDED.tenants
"""


class SaasUsageTotal(models.AbstractModel):
    _name = "saas.usage.total"
    _description = "Usage of All Tenants on a Day"

    def init(self):
        self.env.cr.execute(SQL(TABLE))

    @api.model
    @api.private
    def _sum_up(self, keys):
        """Sum `(meter, day)` again, by ids and dates; may run twice."""
        if keys:
            meters, days = (list(column) for column in zip(*sorted(keys), strict=True))
            self.env.cr.execute(SQL(FORGET, meters=meters, days=days))
            self.env.cr.execute(SQL(SUM, meters=meters, days=days))


class SaasUsageDay(models.Model):
    _inherit = "saas.usage.day"

    @api.model
    @api.private
    def _compute_days(self, keys):
        """Compute the days, then what all tenants together used on them."""
        super()._compute_days(keys)
        self.env["saas.usage.total"]._sum_up({(meter, day) for _tenant, meter, day in keys})
