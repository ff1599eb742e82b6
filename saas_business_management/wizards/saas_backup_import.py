"""The dialog in which an Odoo zip of somebody else is imported as a backup of a draft.

Owns: what is asked. Does not own: the order (`models/saas_backup_import.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import SaasError


class SaasBackupImport(models.TransientModel):
    _name = "saas.backup.import"
    _description = "Import Odoo Backup"

    file_name = fields.Char(
        string="File",
        help="A zip of Odoo's database manager, by its name in the upload folder.",
    )
    found = fields.Text(compute="_compute_found", string="In the Upload Folder")
    tenant_id = fields.Many2one(
        "saas.tenant",
        domain="[('state', '=', 'draft')]",
        help="A draft: the import becomes its first backup, of which a copy can be restored.",
    )
    opens = fields.Boolean(
        string="Open the Tenant With It",
        default=True,
        help="When the file is imported, the draft becomes a tenant with this data. Nobody is "
        "charged before a person starts its subscription.",
    )
    target_id = fields.Many2one("saas.backup.target", string="Backup Target")
    cluster_id = fields.Many2one(
        "saas.cluster", default=lambda self: self.env["saas.cluster"].search([], limit=1)
    )

    @api.depends("tenant_id")
    def _compute_found(self):
        names = self.env["saas.backup"]._import_files()
        told = "\n".join(names) or self.env._("Nothing yet.")
        for wizard in self:
            wizard.found = told

    def action_import(self):
        """Order the import and show the backup it becomes."""
        self.ensure_one()
        self._check_complete()
        self.tenant_id.check_access("write")
        try:
            backup = self.env["saas.backup"]._order_import(
                (self.file_name or "").strip(),
                self.tenant_id,
                self.target_id,
                self.cluster_id,
                self.opens,
            )
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        return {
            "type": "ir.actions.act_window",
            "res_model": backup._name,
            "res_id": backup.id,
            "views": [(False, "form")],
        }

    def _check_complete(self):
        if not (self.file_name and self.tenant_id and self.target_id and self.cluster_id):
            raise UserError(self.env._("Choose file, tenant, backup target and cluster."))
