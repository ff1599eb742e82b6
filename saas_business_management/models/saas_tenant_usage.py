"""What people see of a tenant's usage on its form.

Owns: the button, the days of its meters. Does not own: the numbers (`saas_usage_day.py`).
"""

from odoo import api, fields, models


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    usage_reading_ids = fields.One2many(
        "saas.usage.reading", "tenant_id", readonly=True, string="Last Readings"
    )
    usage_unknown_count = fields.Integer(
        string="Unknown Readings", compute="_compute_usage_unknown_count"
    )
    usage_storage_gb = fields.Float(
        string="Storage Used (GB)", compute="_compute_usage_now", digits=(16, 2)
    )
    usage_users = fields.Integer(string="Users Now", compute="_compute_usage_now")
    usage_known = fields.Boolean(compute="_compute_usage_now")

    def _compute_usage_unknown_count(self):
        groups = self.env["saas.usage.gap"]._read_group(
            [("tenant_id", "in", self.ids), ("until_at", "=", False)], ["tenant_id"], ["__count"]
        )
        counts = {tenant.id: count for tenant, count in groups}
        for tenant in self:
            tenant.usage_unknown_count = counts.get(tenant._origin.id, 0)

    @api.depends("usage_reading_ids.quantity")
    def _compute_usage_now(self):
        for tenant in self:
            readings = {one.meter_id.code: one for one in tenant.usage_reading_ids}
            storage, users = readings.get("storage_gb"), readings.get("users")
            tenant.usage_known = bool(storage and storage.known)
            tenant.usage_storage_gb = storage.quantity if storage else 0.0
            tenant.usage_users = int(users.quantity) if users else 0

    def action_view_usage(self):
        """Open what this tenant used, day by day."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_usage_day"
        )
        return dict(
            action,
            domain=[("tenant_id", "=", self.id)],
            context={
                "search_default_last_30": 1,
                "search_default_built_in_storage": 1,
                "graph_groupbys": ["day:day", "meter_id"],
            },
            views=[(False, "graph"), (False, "list"), (False, "pivot"), (False, "kanban")],
            path=False,
            display_name=self.env._("Usage of %(name)s", name=self.display_name),
        )

    def action_view_usage_gaps(self):
        """Open the times in which this tenant's usage is unknown."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_usage_gap"
        )
        return dict(action, domain=[("tenant_id", "=", self.id)], context={}, path=False)
