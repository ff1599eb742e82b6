"""Operations that use backup targets.

Owns: the link, which targets an operation may use (its order's `targets`, and the one it works
for). Does not own: the targets (`saas_backup_target.py`).
"""

from odoo import fields, models


class SaasJob(models.Model):
    _inherit = "saas.job"

    target_id = fields.Many2one(
        "saas.backup.target",
        string="Backup Target",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _target_specs(self):
        """Return how to reach the targets of this operation, by their numbers."""
        self.ensure_one()
        numbers = (self.spec or {}).get("targets") or []
        targets_sudo = self.target_id | self.env["saas.backup.target"].sudo().browse(numbers)
        return {target_sudo.id: target_sudo._to_spec() for target_sudo in targets_sudo.exists()}
