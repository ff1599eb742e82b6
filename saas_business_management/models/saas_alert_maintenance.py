"""Alerts of tenants whose announced maintenance is on wake nobody.

Owns: this reason to mute. Does not own: other reasons, windows (`saas_maintenance.py`). What is
about security is told whatever is planned.
"""

from odoo import api, fields, models

from ..kernel.monitoring.layers import SECURITY

MAINTENANCE = "maintenance"


class SaasAlert(models.Model):
    _inherit = "saas.alert"

    muted = fields.Selection(
        selection_add=[(MAINTENANCE, "Maintenance")], ondelete={MAINTENANCE: "set null"}
    )

    @api.model
    def _mute(self, now):
        """Mute what is explained or silenced now, and what announced maintenance explains."""
        done = super()._mute(now)
        tenants = self.env["saas.maintenance"]._tenants_at(now)
        if tenants:
            told = [("state", "=", "firing"), ("muted", "=", False), ("layer", "!=", SECURITY)]
            found = self.sudo().search([*told, ("tenant_id", "in", tenants.ids)])
            found._put({"muted": MAINTENANCE})
        return done


class SaasMaintenance(models.Model):
    _inherit = "saas.maintenance"

    @api.model
    @api.private
    def _tenants_at(self, now):
        """Return the tenants whose announced window is open at a naive UTC instant."""
        announced = [("published_at", "!=", False), ("state", "not in", ("completed", "cancelled"))]
        around = [("start_at", "<=", now), ("end_at", ">", now)]
        return self.sudo().search([*announced, *around]).affected_ids
