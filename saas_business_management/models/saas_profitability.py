"""What a tenant brought in a month and what it cost, for the last two years.

Owns: the query. Does not own: documents (Odoo), usage (`saas_usage_bucket.py`), costs
(`saas_cost_rate.py`).

Revenue lies in the months that a line serves, by days: a year that is paid at once is earned month
by month. A month costs what holds on its first day; a cost of a cluster goes before one of all.
"""

from odoo import fields, models
from odoo.tools import SQL

from ..kernel.period import add_months

MONTHS_BACK = 24
ROWS = """
WITH months AS (
    SELECT day::date AS month, (day + interval '1 month')::date AS after
      FROM generate_series(%(first)s::date, %(last)s::date, interval '1 month') day
), life AS (
    SELECT tenant_id, min(at) FILTER (WHERE event = 'provisioned') AS since,
           max(at) FILTER (WHERE to_state = 'deleted') AS gone
      FROM saas_tenant_event GROUP BY tenant_id
), served AS (
    SELECT tenant.id AS tenant_id, tenant.cluster_id, tenant.company_id, tenant.partner_id,
           tenant.plan_id, month, after,
           count(*) OVER (PARTITION BY tenant.company_id, tenant.cluster_id, month) AS neighbours
      FROM saas_tenant tenant
 LEFT JOIN life ON life.tenant_id = tenant.id
      JOIN months ON months.after > COALESCE(life.since, tenant.create_date)
                 AND months.month <= COALESCE(life.gone, 'infinity'::timestamp)
     WHERE tenant.state NOT IN ('draft', 'provisioning', 'failed')
), earned AS (
    SELECT one.tenant_id, months.month,
           sum(-line.balance * (LEAST(line.saas_end_on, months.after)
                                - GREATEST(line.saas_start_on, months.month))
               / (line.saas_end_on - line.saas_start_on)) AS amount
      FROM account_move_line line
      JOIN saas_billing_period period ON period.id = line.saas_period_id
      JOIN saas_subscription one ON one.id = period.subscription_id
      JOIN months ON months.month < line.saas_end_on AND months.after > line.saas_start_on
     WHERE line.parent_state = 'posted' AND one.tenant_id IS NOT NULL
       AND line.saas_start_on < line.saas_end_on
  GROUP BY 1, 2
), used AS (
    SELECT one.tenant_id, bucket.meter_id, date_trunc('month', bucket.start_at)::date AS month,
           CASE WHEN meter.aggregation IN ('max', 'last') THEN max(bucket.quantity::numeric)
                ELSE sum(bucket.quantity::numeric) END AS quantity
      FROM saas_usage_bucket bucket
      JOIN saas_meter meter ON meter.id = bucket.meter_id
      JOIN saas_subscription one ON one.id = bucket.subscription_id
     WHERE one.tenant_id IS NOT NULL
  GROUP BY one.tenant_id, bucket.meter_id, meter.aggregation, 3
), priced AS (
    SELECT DISTINCT ON (served.tenant_id, served.month, cost.resource, cost.meter_id)
           served.tenant_id, served.month, cost.resource, cost.meter_id, served.neighbours,
           cost.amount::numeric AS amount
      FROM served
      JOIN saas_cost_rate cost
        ON cost.company_id = served.company_id
       AND (cost.cluster_id IS NULL OR cost.cluster_id = served.cluster_id)
       AND cost.start_on <= served.month
       AND (cost.end_on IS NULL OR served.month < cost.end_on)
  ORDER BY served.tenant_id, served.month, cost.resource, cost.meter_id,
           cost.cluster_id NULLS LAST
), spent AS (
    SELECT priced.tenant_id, priced.month,
           sum(CASE priced.resource WHEN 'tenant' THEN priced.amount
                    WHEN 'cluster' THEN priced.amount / priced.neighbours
                    ELSE priced.amount * COALESCE(used.quantity, 0) END) AS amount
      FROM priced
 LEFT JOIN used ON used.tenant_id = priced.tenant_id AND used.month = priced.month
               AND used.meter_id = priced.meter_id
  GROUP BY 1, 2
)
SELECT (served.tenant_id * 1200
        + (extract(year FROM served.month) - 2000) * 12 + extract(month FROM served.month))::int
           AS id,
       served.tenant_id, served.cluster_id, served.company_id, served.partner_id, served.plan_id,
       served.month AS date,
       COALESCE(earned.amount, 0) AS revenue, COALESCE(spent.amount, 0) AS cost,
       COALESCE(earned.amount, 0) - COALESCE(spent.amount, 0) AS margin
  FROM served
LEFT JOIN earned ON earned.tenant_id = served.tenant_id AND earned.month = served.month
LEFT JOIN spent ON spent.tenant_id = served.tenant_id AND spent.month = served.month
"""


class SaasProfitability(models.Model):
    _name = "saas.profitability"
    _description = "Profitability"
    _auto = False
    _order = "date desc, margin, tenant_id"
    _rec_name = "tenant_id"

    tenant_id = fields.Many2one("saas.tenant", string="Tenant", readonly=True)
    cluster_id = fields.Many2one("saas.cluster", string="Cluster", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    plan_id = fields.Many2one("saas.plan", string="Billing Plan", readonly=True)
    date = fields.Date(string="Month", readonly=True)
    revenue = fields.Monetary(
        readonly=True, help="Of posted documents without tax, in the months they serve."
    )
    cost = fields.Monetary(readonly=True, help="By the table of costs.")
    margin = fields.Monetary(readonly=True, help="Revenue less cost.")

    @property
    def _table_query(self):
        for name in ("account.move", "account.move.line", "saas.subscription", "saas.tenant",
                     "saas.usage.bucket", "saas.cost.rate", "saas.tenant.event",
                     "saas.billing.period"):  # fmt: skip
            self.env[name].flush_model()
        last = fields.Date.context_today(self).replace(day=1)
        return SQL(ROWS, first=add_months(last, 1 - MONTHS_BACK), last=last)
