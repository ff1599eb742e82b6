"""A quota: how the use of one meter stands to the limit that is in force for a tenant.

Owns: one row for each tenant and meter, how it looks. Does not own: judging
(`saas_quota_judge.py`), telling people (`saas_quota_tell.py`), the five lines of *Why?*
(`saas_quota_why.py`), what follows for the tenant (`saas_tenant_limits.py`).
"""

from odoo import api, fields, models

from ..kernel.quota import limits, terms
from ..kernel.quota.enforcement import COUNTED
from .saas_quota_rule import POLICIES

LEVELS = [
    (terms.OK, "Fine"),
    (terms.WARNED, "Warned"),
    (terms.OVER, "Over"),
    (terms.BLOCKED, "In Force"),
    (terms.UNKNOWN, "Unknown"),
]
SOURCES = [
    (limits.OVERRIDE, "Set by Hand"),
    (limits.TRIAL, "Trial"),
    (limits.PLAN, "Plan"),
    (limits.TEMPLATE, "Template"),
    (limits.NOTHING, "No Limit"),
]


class SaasQuota(models.Model):
    _name = "saas.quota"
    _description = "Quota"
    _order = "percent desc nulls last, id"
    _rec_name = "meter_id"
    _log_access = False

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    partner_id = fields.Many2one(related="tenant_id.partner_id", string="Customer")
    shown_brand_id = fields.Many2one(related="tenant_id.shown_brand_id")
    plan_id = fields.Many2one("saas.plan", readonly=True, index="btree_not_null")
    cluster_id = fields.Many2one("saas.cluster", readonly=True, index="btree_not_null")
    meter_id = fields.Many2one(
        "saas.meter", required=True, readonly=True, index=True, ondelete="restrict"
    )
    unit_label = fields.Char(related="meter_id.unit_label")
    has_limit = fields.Boolean(readonly=True, string="Limited")
    limit = fields.Float(digits=(16, 3), readonly=True, aggregator=None)
    addons = fields.Float(digits=(16, 3), readonly=True, string="Of Add-ons", aggregator=None)
    source = fields.Selection(SOURCES, readonly=True, string="Limit From")
    override_id = fields.Many2one("saas.quota.override", readonly=True, ondelete="set null")
    has_reading = fields.Boolean(readonly=True)
    used = fields.Float(digits=(16, 3), readonly=True)
    used_known = fields.Boolean(readonly=True, string="Known")
    read_at = fields.Datetime(string="Last Reading", readonly=True)
    percent = fields.Float(
        string="Used (%)", digits=(16, 1), readonly=True, aggregator="max", index="btree_not_null"
    )
    level = fields.Selection(LEVELS, required=True, readonly=True, index=True)
    since = fields.Datetime(readonly=True, help="Since when it is at this level.")
    policy = fields.Selection(POLICIES, readonly=True)
    warn_percent = fields.Integer(readonly=True)
    hard_percent = fields.Integer(readonly=True)
    grace_days = fields.Integer(readonly=True)
    over_since = fields.Datetime(readonly=True)
    grace_until = fields.Datetime(string="Grace Until", readonly=True, index="btree_not_null")
    forced_since = fields.Datetime(string="In Force Since", readonly=True)
    period_on = fields.Date(string="Month From", readonly=True)
    period_end_at = fields.Datetime(string="Month Ends", readonly=True)
    forecast_on = fields.Date(
        string="Reaches the Limit", readonly=True, help="If its use goes on like this."
    )
    forecast_day = fields.Date(readonly=True)
    # What the next judgement has to remember, and the facts of the last one.
    told_marks = fields.Char(readonly=True)
    force_told = fields.Boolean(readonly=True)
    news_at = fields.Datetime(readonly=True)
    facts_key = fields.Char(readonly=True)
    event_ids = fields.One2many("saas.quota.event", "quota_id", string="Journal", readonly=True)
    shown = fields.Char(compute="_compute_shown", string="Use")
    summary = fields.Char(compute="_compute_shown")

    _once = models.Constraint("UNIQUE (tenant_id, meter_id)", "A meter has one quota.")

    @api.depends("tenant_id", "meter_id")
    def _compute_display_name(self):
        for quota in self:
            quota.display_name = f"{quota.meter_id.name}: {quota.tenant_id.sudo().name}"

    @api.depends("used", "used_known", "has_reading", "limit", "has_limit", "level")
    def _compute_shown(self):
        """Say how much of how much; a dash where it is not known."""
        _ = self.env._
        for quota in self:
            used = quota._number(quota.used) if quota.has_reading and quota.used_known else "—"
            if quota.has_limit:
                quota.shown = _(
                    "%(used)s of %(limit)s %(unit)s",
                    used=used,
                    limit=quota._number(quota.limit),
                    unit=quota.unit_label or "",
                )
            else:
                quota.shown = _("%(used)s %(unit)s", used=used, unit=quota.unit_label or "")
            quota.summary = _("%(meter)s: %(shown)s", meter=quota.meter_id.name, shown=quota.shown)

    def _number(self, number):
        """Return a quantity as people read it, without zeros behind the point that say nothing."""
        text = f"{number:,.{min(self.meter_id.decimals, 3)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def _is_counted(self):
        return self.meter_id.code in COUNTED

    # Looking at it

    def action_open_why(self):
        """Open the five lines that say why it is as it is."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why?"),
            "res_model": "saas.quota",
            "res_id": self.id,
            "views": [(self.env.ref("saas_business_management.view_saas_quota_form").id, "form")],
        }

    def action_raise(self):
        """Open the dialog that sets another limit for this tenant."""
        self.ensure_one()
        self.env["saas.tenant"].check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Raise Limit"),
            "res_model": "saas.quota.raise",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_tenant_id": self.tenant_id.id,
                "default_meter_id": self.meter_id.id,
            },
        }

    def action_change_plan(self):
        """Open where its plan is changed: its subscription, or the tenant without one."""
        self.ensure_one()
        if not self.tenant_id.subscription_id:
            return self.action_open_tenant()
        return self.tenant_id.action_view_subscription()

    def action_open_tenant(self):
        """Open the tenant."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.tenant",
            "res_id": self.tenant_id.id,
            "views": [(False, "form")],
        }

    def action_view_days(self):
        """Open what was used day by day."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_usage_day"
        )
        domain = [("tenant_id", "=", self.tenant_id.id), ("meter_id", "=", self.meter_id.id)]
        context = {"search_default_last_30": 1, "graph_groupbys": ["day:day"]}
        views = [(False, "graph"), (False, "list"), (False, "pivot"), (False, "kanban")]
        return dict(action, domain=domain, context=context, views=views, path=False)

    def action_view_events(self):
        """Open the journal of this quota."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_quota_event"
        )
        return dict(action, domain=[("quota_id", "=", self.id)], context={}, path=False)

    @api.model
    @api.private
    def _judge_soon(self):
        """Have quotas judged as soon as this is committed."""
        cron = self.env.ref(
            "saas_business_management.ir_cron_judge_quotas", raise_if_not_found=False
        )
        if cron:
            cron.sudo()._trigger()
