"""What a tenant's form shows of its quotas.

Owns: the button, the line of the worst one. Does not own: quotas (`saas_quota.py`).
"""

from odoo import api, fields, models
from odoo.tools import format_date

from ..kernel.quota.enforcement import worst_level
from .saas_quota import LEVELS

# The worst first.
BAD = ("blocked", "exceeded", "warned")


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    quota_ids = fields.One2many("saas.quota", "tenant_id", readonly=True, string="Quotas")
    quota_level = fields.Selection(LEVELS, compute="_compute_quota_level", string="Limits")
    quota_percent = fields.Float(compute="_compute_quota_level", digits=(16, 0), string="Most Used")
    quota_most = fields.Char(
        compute="_compute_quota_level", string="Limit Most Used", help="— when it is unknown."
    )
    quota_worst_id = fields.Many2one("saas.quota", compute="_compute_quota_level")
    quota_text = fields.Char(compute="_compute_quota_level")
    quota_override_count = fields.Integer(
        compute="_compute_quota_override_count", string="Limits Set by Hand"
    )

    @api.depends("quota_ids.level", "quota_ids.percent", "quota_ids.forecast_on")
    def _compute_quota_level(self):
        for tenant in self:
            quotas = tenant.quota_ids
            tenant.quota_level = worst_level(quotas.mapped("level")) or False
            limited = quotas.filtered(lambda one: one.has_limit and one.used_known)
            tenant.quota_percent = max(limited.mapped("percent"), default=0)
            most = limited.sorted("percent")[-1:] or quotas.filtered("has_limit")[:1]
            tenant.quota_most = most.summary
            bad = quotas.filtered(lambda one: one.level in BAD)
            worst = bad.sorted(lambda one: (BAD.index(one.level), -one.percent))[:1]
            soon = quotas.filtered("forecast_on").sorted("forecast_on")[:1]
            tenant.quota_worst_id = worst or soon
            tenant.quota_text = tenant._quota_line(worst, soon)

    def _quota_line(self, worst, soon):
        """Return the one sentence on its limits that an operator has to read, or nothing."""
        if worst and worst.level != "warned":
            return worst._effect_line() if worst.forced_since else worst.why_title
        if soon:
            return self.env._(
                "%(meter)s reaches its limit on %(day)s at this pace.",
                meter=soon.meter_id.name,
                day=format_date(self.env, soon.forecast_on),
            )
        return worst.why_title if worst else False

    def _compute_quota_override_count(self):
        groups = self.env["saas.quota.override"]._read_group(
            [("tenant_id", "in", self.ids), ("state", "in", ["on"])], ["tenant_id"], ["__count"]
        )
        counts = {tenant.id: count for tenant, count in groups}
        for tenant in self:
            tenant.quota_override_count = counts.get(tenant._origin.id, 0)

    def action_view_quotas(self):
        """Open the quotas of this tenant as cards."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_quota"
        )
        return dict(
            action,
            domain=[("tenant_id", "=", self.id)],
            context={},
            views=[(False, "kanban"), (False, "list"), (False, "form")],
            path=False,
            display_name=self.env._("Quotas of %(name)s", name=self.display_name),
        )

    def action_open_quota(self):
        """Open the five lines on the worst of its quotas."""
        self.ensure_one()
        return self.quota_worst_id.action_open_why() if self.quota_worst_id else False

    def action_view_quota_overrides(self):
        """Open the limits that were set by hand for this tenant."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_quota_override"
        )
        return dict(action, domain=[("tenant_id", "=", self.id)], context={}, path=False)
