"""The dialog before a backup key is destroyed: what can never be read again, the reason, the name.

Owns: the preview and the proof of identity. Does not own: destroying (`models/saas_backup_key.py`).
"""

from odoo import api, fields, models
from odoo.addons.base.models.res_users import check_identity
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import SaasError

DESTROY = "destroy_keys"


class SaasBackupKeyDestroy(models.TransientModel):
    _name = "saas.backup.key.destroy"
    _description = "Destroy Backup Key"

    key_id = fields.Many2one(
        "saas.backup.key", required=True, readonly=True, ondelete="cascade", string="Key"
    )
    tenant_id = fields.Many2one(related="key_id.tenant_id")
    effects = fields.Text(compute="_compute_effects", string="What Happens")
    reason = fields.Char(string="Why")
    wanted = fields.Char(compute="_compute_effects")
    typed = fields.Char(string="Subdomain")

    @api.depends("key_id")
    def _compute_effects(self):
        for wizard in self:
            wizard.wanted = wizard.tenant_id.subdomain
            wizard.effects = "\n".join(wizard._told_effects())

    def _told_effects(self):
        _ = self.env._
        told = [
            _(
                "%(count)s backups of %(tenant)s can never be restored again, wherever copies of "
                "them lie. Nobody can undo this.",
                count=self.key_id.backup_count,
                tenant=self.tenant_id.name,
            )
        ]
        if self.key_id.state == "active":
            told.append(_("Its next backup is closed with a new key."))
        if self.env["saas.approval"]._waits(self.key_id, DESTROY):
            told.append(_("A second person has to approve it first: they are asked now."))
        return told

    @check_identity
    def action_destroy(self):
        """Destroy it, once the person has proven who it is and typed the subdomain."""
        return self._destroy()

    def _destroy(self):
        self.ensure_one()
        self.key_id._check_admin()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write why: it stands in the audit log."))
        if (self.typed or "").strip().lower() != self.wanted:
            raise UserError(self.env._("Type %(text)s to go on.", text=self.wanted))
        approvals = self.env["saas.approval"]
        if not approvals._is_granted(self.key_id, DESTROY):
            return approvals._ask(self.key_id, DESTROY, self.reason.strip())._show()
        try:
            self.key_id._destroy(self.reason.strip())
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        return {"type": "ir.actions.client", "tag": "soft_reload"}
