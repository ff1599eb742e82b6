"""Months of service for a demonstration.

Owns: three months of each tenant of the demonstration. Does not own: real months.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import date_utils

from ..kernel.service import month

# Bad and unknown minutes of the last three months, by the place of a tenant.
MONTHS = (((4, 0), (0, 0), (12, 0)), ((95, 0), (31, 20), (0, 0)), ((0, 0), (600, 0), (7, 45)))


class SaasServiceLevel(models.Model):
    _inherit = "saas.service.level"

    @api.model
    @api.private
    def _add_demo(self, tenant_ids):
        """Add the three months before this one for tenants of the demonstration, once."""
        first = date_utils.start_of(fields.Date.context_today(self), "month")
        tenants_sudo = self.env["saas.tenant"].sudo().browse(tenant_ids)
        for back in range(3):
            first = date_utils.start_of(first - timedelta(days=1), "month")
            for place, tenant_sudo in enumerate(tenants_sudo):
                bad, unknown = MONTHS[place % len(MONTHS)][back]
                row = self._of(tenant_sudo, first)
                if row.state == "running":
                    row._put(self._demo_vals(row, bad, unknown))

    def _demo_vals(self, row, bad, unknown):
        minutes = int((row.end_at - row.start_at).total_seconds() / 60)
        result = month.Result(minutes - bad - unknown, bad, unknown)
        tier = row.tenant_id._service_tier() or self.env["saas.service.tier"].search([], limit=1)
        return {
            **self._figures(result, tier),
            "state": "computed",
            "plan_id": row.tenant_id.plan_id.id,
        }
