"""Recurring revenue as smart buttons show it, on tenants and plans.

Owns: sums for screens. Does not own: the ledger (`saas_mrr_movement.py`).
"""

from odoo import fields, models

USER = "saas_business_management.group_saas_billing_user"


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Our Currency")
    mrr = fields.Monetary(
        compute="_compute_mrr",
        string="MRR",
        currency_field="company_currency_id",
        groups=USER,
        help="Recurring fees of its subscriptions a month, in our currency.",
    )

    def _compute_mrr(self):
        groups = self.env["saas.subscription"]._read_group(
            [("tenant_id", "in", self.ids)], ["tenant_id"], ["mrr_company:sum"]
        )
        sums = {tenant.id: total for tenant, total in groups}
        for tenant in self:
            tenant.mrr = sums.get(tenant._origin.id, 0.0)

    def action_view_mrr(self) -> dict:
        """Open the movements of this tenant's subscriptions."""
        self.ensure_one()
        return self.subscription_ids.action_view_mrr()

    def action_view_profitability(self) -> dict:
        """Open what this tenant brings and costs."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_profitability"
        )
        domain = [("tenant_id", "=", self.id)]
        return dict(action, domain=domain, context={}, path=False)


class SaasPlan(models.Model):
    _inherit = "saas.plan"

    our_currency_id = fields.Many2one(
        "res.currency", compute="_compute_mrr", string="Our Currency", groups=USER
    )
    mrr = fields.Monetary(
        compute="_compute_mrr",
        string="MRR",
        currency_field="our_currency_id",
        groups=USER,
        help="Recurring fees of its subscriptions a month, of the company at hand.",
    )

    def _compute_mrr(self):
        company = self.env.company
        groups = self.env["saas.subscription"]._read_group(
            [("plan_id", "in", self.ids), ("company_id", "=", company.id)],
            ["plan_id"],
            ["mrr_company:sum"],
        )
        sums = {plan.id: total for plan, total in groups}
        for plan in self:
            plan.our_currency_id = company.currency_id
            plan.mrr = sums.get(plan._origin.id, 0.0)

    def action_view_mrr(self) -> dict:
        """Open the movements of subscriptions of this plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_mrr_movement"
        )
        domain = [("plan_id", "=", self.id)]
        return dict(action, domain=domain, context={}, path=False)
