"""The dialog before a restore in place says what is newer than the backup and would be lost.

Owns: when that is counted, showing it. Does not own: counting and the sentences
(`models/saas_tenant_newer.py`), the dialog (`saas_tenant_restore.py`). Nobody has to wait for the
number: a tenant that cannot be looked into is the one that has to be restored.
"""

from datetime import timedelta

from odoo import api, fields, models

from .saas_tenant_restore import FILES, IN_PLACE

# A number that was counted longer ago is counted again.
GOOD_FOR = timedelta(minutes=5)


class SaasTenantRestore(models.TransientModel):
    _inherit = "saas.tenant.restore"

    operation_id = fields.Many2one("saas.job", readonly=True, string="Count")
    operation_percent = fields.Integer(related="operation_id.progress_percent")
    counting = fields.Boolean(compute="_compute_newer")
    newer = fields.Text(compute="_compute_newer", string="Newer Than the Backup")

    @api.depends("operation_id.state", "operation_id.facts", "where", "what", "backup_id")
    @api.depends_context("lang", "tz")
    def _compute_newer(self):
        for wizard in self:
            job = wizard.operation_id if wizard._loses() and wizard._is_counted() else False
            wizard.counting = bool(job) and job._is_counting()
            wizard.newer = job and job._newer_text()

    def _loses(self):
        """Tell whether something that is newer than the backup leaves the live database."""
        return self.where == IN_PLACE and self.what != FILES and bool(self.backup_id)

    def _is_counted(self):
        """Tell whether the count is, or will be, about the backup that is chosen now."""
        spec = self.operation_id.sudo().spec or {}
        return spec.get("since") == self.backup_id._shows().isoformat()

    def _is_old(self):
        ended_at = self.operation_id.ended_at
        return bool(ended_at) and ended_at < fields.Datetime.now() - GOOD_FOR

    def _turn(self, by):
        shown = super()._turn(by)
        if self.page == "check" and self._loses() and (not self._is_counted() or self._is_old()):
            self._count()
        return shown

    def _count(self):
        """Order the count, unless there is no database that could be looked into."""
        if not self.hindrance:
            self.operation_id = self.tenant_id._order_newer(self.backup_id)

    def action_look_again(self):
        """Show how far the count is; what was entered stays."""
        return self._show()
