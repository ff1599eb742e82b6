"""A billing plan: what a customer pays, how often, and what is included.

Owns: the offer. Does not own: subscriptions and invoices, which keep the plan they were sold with.
"""

from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import TRIAL_DAYS
from .saas_template import slug

UNITS = [
    ("week", "Week"),
    ("month", "Month"),
    ("quarter", "Quarter"),
    ("half_year", "Half-Year"),
    ("year", "Year"),
]


class SaasPlan(models.Model):
    _name = "saas.plan"
    _description = "Billing Plan"
    _inherit = ["mail.thread", "mail.activity.mixin", "saas.limits"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(
        compute="_compute_code",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        tracking=True,
        help="Short name for the API and integrations.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", string="Company", help="Empty: every company sells it."
    )
    description = fields.Html(translate=True, help="What customers read about it.")
    cycle_count = fields.Integer(string="Every", default=1, required=True, tracking=True)
    cycle_unit = fields.Selection(
        UNITS, string="Billing Cycle", default="month", required=True, tracking=True
    )
    cycle_label = fields.Char(string="Billed", compute="_compute_cycle_label")
    price = fields.Monetary(tracking=True, help="For one billing cycle, without tax.")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        tracking=True,
    )
    template_ids = fields.Many2many(
        "saas.template", string="Templates", help="Empty: sold with every template."
    )
    trial_days = fields.Integer(
        default=lambda self: self._default_trial_days(),
        tracking=True,
        help="0 means no trial: the plan begins at once.",
    )
    trial_end_rule = fields.Selection(
        [
            ("convert", "Becomes a paying tenant"),
            ("suspend", "Is closed until a plan is chosen"),
            ("cancel", "Is archived"),
        ],
        string="When the Trial Ends",
        default="suspend",
        required=True,
        tracking=True,
    )
    published = fields.Boolean(string="On the Pricing Page", tracking=True)
    tenant_ids = fields.One2many("saas.tenant", "plan_id", string="Tenants")
    tenant_count = fields.Integer(string="Number of Tenants", compute="_compute_tenant_count")

    _code_unique = models.Constraint("UNIQUE (code)", "Another plan has this code already.")
    _code_form = models.Constraint(
        "CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,39}$')",
        "A code has a–z, 0–9 and hyphens and at most 40 characters.",
    )
    _cycle_positive = models.Constraint(
        "CHECK (cycle_count BETWEEN 1 AND 60)",
        "A billing cycle counts from 1 to 60 weeks, months, quarters or years.",
    )
    _price_positive = models.Constraint(
        "CHECK (price >= 0)", "A price cannot be negative; 0 means free."
    )
    _trial_border = models.Constraint(
        "CHECK (trial_days BETWEEN 0 AND 365)", "A trial has from 0 to 365 days."
    )
    _limits_positive = models.Constraint(
        "CHECK (limit_users >= 0 AND limit_storage_gb >= 0 AND limit_api_calls >= 0 AND "
        "limit_bandwidth_gb >= 0)",
        "A limit cannot be negative; 0 means no limit.",
    )

    @api.model
    def _default_trial_days(self) -> int:
        told = self.env["ir.config_parameter"].sudo().get_param("saas.trial_days") or ""
        return int(told) if told.isdecimal() else TRIAL_DAYS

    @api.depends("name")
    def _compute_code(self) -> None:
        for plan in self:
            plan.code = plan.code or slug(plan.name)

    @api.depends("cycle_count", "cycle_unit")
    def _compute_cycle_label(self) -> None:
        units = dict(self._fields["cycle_unit"]._description_selection(self.env))
        for plan in self:
            unit = units.get(plan.cycle_unit, "")
            plan.cycle_label = (
                self.env._("per %(unit)s", unit=unit.lower())
                if plan.cycle_count == 1
                else self.env._(
                    "every %(count)s × %(unit)s", count=plan.cycle_count, unit=unit.lower()
                )
            )

    def _compute_tenant_count(self) -> None:
        groups = self.env["saas.tenant"]._read_group(
            [("plan_id", "in", self.ids), ("state", "!=", "deleted")], ["plan_id"], ["__count"]
        )
        counts = {plan.id: count for plan, count in groups}
        for plan in self:
            plan.tenant_count = counts.get(plan._origin.id, 0)

    def copy_data(self, default: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        return [
            dict(
                vals,
                name=self.env._("%(name)s (copy)", name=plan.name),
                code=slug(f"{plan.code[:34]}-copy"),
                published=False,
            )
            for plan, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self) -> None:
        if any(plan.tenant_count for plan in self):
            raise ValidationError(
                self.env._(
                    "Tenants have this plan. Archive it instead: they keep it, nobody new gets it."
                )
            )

    def action_view_tenants(self) -> dict:
        """Open the tenants with this plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_tenant"
        )
        return dict(
            action,
            domain=[("plan_id", "=", self.id)],
            context={"default_plan_id": self.id},
            path=False,
        )
