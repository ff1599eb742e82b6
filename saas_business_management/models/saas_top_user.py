"""Users of tenants by what they asked for in the last 30 days: one row for each, read only.

Owns: the sums, how a user is called on screens, the way there from a tenant. Does not own: the days
(`saas_usage_user.py`).
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

DAYS = 30
# The id is made of both numbers, so that it stays the same and means one user.
SUMS = """
SELECT (u.tenant_id::bigint << 31) | u.number AS id, u.tenant_id, u.number, t.company_id,
       t.plan_id, t.cluster_id, u.requests, u.api_calls, u.minutes, u.days, u.last_at
  FROM (SELECT tenant_id, number, sum(requests)::bigint AS requests,
               sum(api_calls)::bigint AS api_calls, sum(ms) / 60000 AS minutes,
               count(*) AS days, max(last_at) AS last_at
          FROM saas_usage_user WHERE day > %s GROUP BY 1, 2) AS u
  JOIN saas_tenant AS t ON t.id = u.tenant_id
"""


class SaasTopUser(models.Model):
    _name = "saas.top.user"
    _description = "Top User"
    _auto = False
    _order = "requests desc, id"
    _rec_name = "label"

    tenant_id = fields.Many2one("saas.tenant", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    plan_id = fields.Many2one("saas.plan", string="Plan", readonly=True)
    cluster_id = fields.Many2one("saas.cluster", readonly=True)
    number = fields.Integer(
        string="User Number",
        readonly=True,
        aggregator=None,
        help="The number of the user inside the tenant. Names and addresses stay there.",
    )
    label = fields.Char(string="User", compute="_compute_label")
    requests = fields.Integer(readonly=True)
    api_calls = fields.Integer(string="API Calls", readonly=True)
    minutes = fields.Float(
        string="Minutes of Work",
        readonly=True,
        digits=(16, 1),
        help="How long the node worked for the answers.",
    )
    days = fields.Integer(
        string="Active Days", readonly=True, aggregator="max", help="Days with a request."
    )
    last_at = fields.Datetime(string="Last Request", readonly=True, aggregator="max")

    @property
    def _table_query(self):
        self.env["saas.tenant"].flush_model(["company_id", "plan_id", "cluster_id"])
        today = fields.Date.context_today(self.with_context(tz="UTC"))
        return SQL(SUMS, today - timedelta(days=DAYS))

    @api.depends("number")
    def _compute_label(self):
        for one in self:
            known = self.env._("User %(number)s", number=one.number)
            one.label = known if one.number else self.env._("All Others")


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def action_view_top_users(self):
        """Open which users of this tenant asked for the most."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_top_user"
        )
        return dict(
            action,
            domain=[("tenant_id", "=", self.id)],
            context={},
            path=False,
            display_name=self.env._("Top Users of %(name)s", name=self.display_name),
        )
