"""What the operations that prove isolation and change passwords ask of a database's row."""

from odoo import fields, models


class SaasDatabase(models.Model):
    _inherit = "saas.database"

    rotated_at = fields.Datetime(readonly=True, string="Password Changed")

    def _step_isolation_wanted(self):
        """Return whom to attack as, nothing when the tenant is closed meanwhile."""
        if self.stage != "claimed" or not self.tenant_id._is_serving():
            return {}
        other = self.search(
            [
                ("cluster_id", "=", self.cluster_id.id),
                ("kind", "=", "tenant"),
                ("stage", "=", "claimed"),
                ("id", "!=", self.id),
            ],
            order="id desc",
            limit=1,
        )
        return {"database": self.name, "generation": self.generation, "other": other.name or ""}

    def _step_isolation_told(self, attacks):
        self.tenant_id._isolation_told(attacks)
