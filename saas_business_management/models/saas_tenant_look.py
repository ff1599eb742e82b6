"""How a tenant looks to people: what its plan includes, and what keeps it from being provisioned.

Owns: what only screens need. Does not own: limits in force (`kernel/quota`), the check at the click
(`saas_tenant_provision.py`).
"""

from odoo import api, fields, models


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    template_ready = fields.Boolean(compute="_compute_template_ready")
    included_users = fields.Char(string="Users", compute="_compute_included")
    included_storage = fields.Char(string="Storage", compute="_compute_included")
    included_api_calls = fields.Char(string="API Calls", compute="_compute_included")
    included_bandwidth = fields.Char(string="Bandwidth", compute="_compute_included")
    last_job_id = fields.Many2one(
        "saas.job", string="Last Operation", compute="_compute_last_job_id"
    )

    @api.depends("template_id.published_version_id")
    def _compute_template_ready(self) -> None:
        for tenant in self:
            tenant.template_ready = bool(tenant.template_id.published_version_id)

    @api.depends("plan_id", "template_id")
    def _compute_included(self) -> None:
        """Tell the plan's resources, and the template's where the plan says nothing."""
        for tenant in self:
            tenant.included_users = tenant._included("limit_users", self.env._("%(number)s users"))
            tenant.included_storage = tenant._included(
                "limit_storage_gb", self.env._("%(number)s GB")
            )
            tenant.included_api_calls = tenant._included(
                "limit_api_calls", self.env._("%(number)s a month")
            )
            tenant.included_bandwidth = tenant._included(
                "limit_bandwidth_gb", self.env._("%(number)s GB a month")
            )

    def _included(self, name: str, text: str) -> str:
        source = self.plan_id or self.template_id
        number = source[name] or (self.template_id[name] if self.plan_id else 0)
        if not number:
            return self.env._("No limit")
        return text % {"number": self._portal_number(number, 2)}

    @api.depends("job_ids")
    def _compute_last_job_id(self) -> None:
        for tenant in self:
            tenant.last_job_id = tenant.job_ids.sorted("id")[-1:]

    def action_open_template(self) -> dict:
        """Open the template, to build it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.template",
            "res_id": self.template_id.id,
            "views": [(False, "form")],
        }
