"""Which limits of a tenant are enforced inside its database.

Owns: these two numbers. Does not own: having them enforced (`saas_tenant_enforcement.py`).
"""

from odoo import api, models

GIGABYTE = 1_000_000_000


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.private
    def _wanted_limits(self):
        """Return `users` and `storage_room`, the bytes that attachments may still grow; None = no
        limit.
        """
        self.ensure_one()
        users = self.plan_id.limit_users or self.template_id.limit_users
        gigabytes = self.plan_id.limit_storage_gb or self.template_id.limit_storage_gb
        return {"users": users or None, "storage_room": self._storage_room(gigabytes)}

    def _storage_room(self, gigabytes):
        if not gigabytes:
            return None
        reading = (
            self.env["saas.usage.reading"]
            .sudo()
            .search([("tenant_id", "=", self.id), ("meter_id.code", "=", "storage_gb")], limit=1)
        )
        return max(0, round((gigabytes - reading.quantity) * GIGABYTE))
