"""A billing plan: what a customer pays, how often, and what is included.

Owns: the offer as it is being edited. Does not own: its terms (`saas_plan_terms.py`), what is sold
(`saas_plan_version.py`), subscriptions and invoices.
"""

from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .saas_template import slug


class SaasPlan(models.Model):
    _name = "saas.plan"
    _description = "Billing Plan"
    _inherit = ["mail.thread", "mail.activity.mixin", "saas.plan.terms"]
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
    kind = fields.Selection(
        [("plan", "Plan"), ("addon", "Add-on")], default="plan", required=True, index=True
    )
    compatible_plan_ids = fields.Many2many(
        "saas.plan",
        "saas_plan_addon_rel",
        "addon_id",
        "plan_id",
        string="Added To",
        domain=[("kind", "=", "plan")],
        help="Empty: every plan can have it.",
    )
    price_ids = fields.One2many(
        "saas.plan.price", "plan_id", string="Prices in Further Currencies", copy=True
    )
    charge_ids = fields.One2many("saas.plan.charge", "plan_id", string="Charges", copy=True)
    template_ids = fields.Many2many(
        "saas.template", string="Templates", help="Empty: sold with every template."
    )
    published = fields.Boolean(string="On the Pricing Page", tracking=True)
    tenant_ids = fields.One2many("saas.tenant", "plan_id", string="Tenants")
    tenant_count = fields.Integer(string="Number of Tenants", compute="_compute_tenant_count")

    _code_unique = models.Constraint("UNIQUE (code)", "Another plan has this code already.")
    _code_form = models.Constraint(
        "CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,39}$')",
        "A code has a–z, 0–9 and hyphens and at most 40 characters.",
    )

    @api.depends("name")
    def _compute_code(self) -> None:
        for plan in self:
            plan.code = plan.code or slug(plan.name)

    def _compute_tenant_count(self) -> None:
        counts = self._tenants_by_plan()
        for plan in self:
            plan.tenant_count = counts.get(plan._origin.id, 0)

    def _tenants_by_plan(self) -> dict[int, int]:
        """Return how many tenants each plan has, in the companies of the reader.

        Whoever sells plans may know how many, also without a right to see the tenants.
        """
        tenants_sudo = self.env["saas.tenant"].sudo()
        domain = [("plan_id", "in", self.ids), ("state", "!=", "deleted")]
        if not self.env.su:
            domain.append(("company_id", "in", self.env.companies.ids))
        groups = tenants_sudo._read_group(domain, ["plan_id"], ["__count"])
        return {plan.id: count for plan, count in groups}

    def copy_data(self, default: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        return [
            {
                **vals,
                "name": self.env._("%(name)s (copy)", name=plan.name),
                "code": slug(f"{plan.code[:34]}-copy"),
                "published": False,
                **(default or {}),
            }
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
        if any(plan.version_ids for plan in self):
            raise ValidationError(
                self.env._(
                    "A version of this plan was published. Archive it instead: what was sold stays "
                    "readable, nobody new gets it."
                )
            )

    @api.constrains("kind", "compatible_plan_ids")
    def _check_kind(self) -> None:
        for plan in self:
            if plan.kind == "plan" and plan.compatible_plan_ids:
                raise ValidationError(self.env._("Only an add-on is added to plans."))
            if any(one.kind != "plan" for one in plan.compatible_plan_ids):
                raise ValidationError(self.env._("An add-on is added to plans, not to add-ons."))

    def write(self, vals: dict[str, Any]) -> bool:
        if "kind" in vals and any(plan.version_ids and plan.kind != vals["kind"] for plan in self):
            raise ValidationError(
                self.env._("A published plan stays a plan, and a published add-on an add-on.")
            )
        return super().write(vals)

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
