"""Another threshold of a rule for a plan or a tenant, with an owner and a last day.

Owns: the rows. Does not own: which one counts (`kernel/alerting/threshold.py`).
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..kernel.alerting.threshold import Override

LONGEST_DAYS = 366


class SaasAlertOverride(models.Model):
    _name = "saas.alert.override"
    _description = "Other Threshold of an Alert Rule"
    _inherit = ["saas.number"]
    _order = "rule_id, tenant_id, plan_id, id"
    _rec_name = "rule_id"

    rule_id = fields.Many2one(
        "saas.alert.rule",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("scope", "=", "tenant")],
    )
    plan_id = fields.Many2one("saas.plan", index="btree_not_null", ondelete="cascade")
    tenant_id = fields.Many2one("saas.tenant", index="btree_not_null", ondelete="cascade")
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index="btree_not_null"
    )
    threshold = fields.Float(required=True, digits=(16, 3))
    unit = fields.Char(compute="_compute_unit")
    usual = fields.Float(compute="_compute_unit", string="Threshold of the Rule", digits=(16, 3))
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    until_on = fields.Date(
        string="Last Day",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=90),
    )
    reason = fields.Char(required=True, string="Why")
    is_on = fields.Boolean(compute="_compute_is_on", search="_search_is_on", string="In Force")

    _one_each = models.UniqueIndex(
        "(rule_id, coalesce(plan_id, 0), coalesce(tenant_id, 0))",
        "There is another threshold for this already. Change that one.",
    )
    _of_one = models.Constraint(
        "CHECK ((plan_id IS NULL) <> (tenant_id IS NULL))",
        "Another threshold is for a plan or for a tenant: choose one of them.",
    )

    @api.depends("rule_id")
    def _compute_unit(self):
        for one in self:
            first = one.rule_id.condition_ids.sorted("sequence")[:1]
            one.unit, one.usual = first.unit, first.threshold

    @api.depends("until_on")
    def _compute_is_on(self):
        today = fields.Date.context_today(self)
        for one in self:
            one.is_on = bool(one.until_on and one.until_on >= today)

    def _search_is_on(self, operator, value):
        if operator != "in":
            return NotImplemented
        today, wanted = fields.Date.context_today(self), set(value)
        if wanted == {True, False}:
            return []
        return [("until_on", ">=" if True in wanted else "<", today)]

    @api.constrains("until_on", "reason", "rule_id")
    def _check_terms(self):
        today = fields.Date.context_today(self)
        for one in self:
            if not (one.reason or "").strip():
                raise ValidationError(self.env._("Write why: your colleagues will ask."))
            if not today <= one.until_on <= today + timedelta(days=LONGEST_DAYS):
                raise ValidationError(
                    self.env._("The last day is between today and a year from now.")
                )
            if one.rule_id.scope != "tenant":
                raise ValidationError(self.env._("Only rules about tenants have other thresholds."))

    @api.private
    def _to_override(self):
        """Return it as the kernel weighs it."""
        return Override(
            threshold=self.threshold,
            until=self.until_on,
            plan=self.plan_id.id or 0,
            tenant=self.tenant_id.id or 0,
        )
