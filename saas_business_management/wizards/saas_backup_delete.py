"""The dialog before a backup is deleted: what is lost, why not, the reason, the name.

Owns: the preview and the proof of identity. Does not own: what forbids it, deleting
(`models/saas_backup_expiry.py`).
"""

from odoo import api, fields, models
from odoo.addons.base.models.res_users import check_identity
from odoo.exceptions import UserError


class SaasBackupDelete(models.TransientModel):
    _name = "saas.backup.delete"
    _description = "Delete Backup"

    backup_id = fields.Many2one(
        "saas.backup", required=True, readonly=True, ondelete="cascade", string="Backup"
    )
    effects = fields.Text(compute="_compute_effects", string="What Happens")
    hindrance = fields.Char(compute="_compute_effects", string="Why Not")
    reason = fields.Char(string="Why")
    wanted = fields.Char(compute="_compute_effects")
    typed = fields.Char(string="Name")

    @api.depends("backup_id")
    def _compute_effects(self):
        for wizard in self:
            backup = wizard.backup_id
            wizard.wanted = backup.owner_name
            wizard.hindrance = backup._deletion_hindrance()
            wizard.effects = "\n".join(wizard._told_effects())

    def _told_effects(self):
        _ = self.env._
        left = self.backup_id._restorable_of(self.backup_id.tenant_id, self.backup_id.target_id)
        return [
            _("What it shows can no longer be restored from here. Nobody can undo this."),
            _(
                "Backups of it that stay on %(target)s: %(count)s.",
                count=len(left - self.backup_id),
                target=self.backup_id.target_id.name,
            ),
        ]

    @check_identity
    def action_delete(self):
        """Have it deleted, once the person has proven who it is and typed the name."""
        return self._delete()

    def _delete(self):
        self.ensure_one()
        self.backup_id._check_deleting()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write why: it stands in the audit log."))
        if (self.typed or "").strip().casefold() != self.wanted.casefold():
            raise UserError(self.env._("Type %(text)s to go on.", text=self.wanted))
        self.backup_id._delete_by_hand(self.reason.strip())
        return {"type": "ir.actions.client", "tag": "soft_reload"}
