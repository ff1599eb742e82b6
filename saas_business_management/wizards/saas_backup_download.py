"""The dialog in which a file of a backup is ordered: which form, and the passphrase.

Owns: what is asked, and that a passphrase never lies in its table. Does not own: the order
(`models/saas_backup_export.py`).

The two passphrase fields have no column: as soon as they are saved, a key is made of them.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import SaasError

TYPED = ("passphrase", "passphrase_again")


class SaasBackupDownload(models.TransientModel):
    _name = "saas.backup.download"
    _description = "Download Backup"

    backup_id = fields.Many2one(
        "saas.backup", required=True, readonly=True, ondelete="cascade", string="Backup"
    )
    kind = fields.Selection(
        [
            ("sealed", "Our Format, Under a Passphrase"),
            ("odoo_zip", "Odoo Zip and Open Data, Not Encrypted"),
        ],
        required=True,
        default="sealed",
        string="As",
    )
    passphrase = fields.Char(compute="_compute_typed", inverse="_inverse_typed", store=False)
    passphrase_again = fields.Char(
        compute="_compute_typed",
        inverse="_inverse_typed",
        store=False,
        string="Passphrase Once More",
    )
    aware = fields.Boolean(string="Whoever Gets the File Can Read It: I Keep It Safe")
    salt = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    sealed_key = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    has_key = fields.Boolean(compute="_compute_has_key", compute_sudo=True)
    effects = fields.Text(compute="_compute_effects", string="What Happens")

    def _compute_typed(self):
        self.passphrase = self.passphrase_again = False

    def _inverse_typed(self):
        for wizard in self:
            if wizard.passphrase or wizard.passphrase_again:
                wizard._keep_key(wizard.passphrase, wizard.passphrase_again)

    def _keep_key(self, passphrase, again):
        try:
            salt, key = self.env["saas.backup.export"]._close_key(passphrase, again)
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        self.sudo().write({"salt": salt, "sealed_key": key})
        self.invalidate_recordset(TYPED)

    @api.depends("sealed_key")
    def _compute_has_key(self):
        for wizard in self:
            wizard.has_key = bool(wizard.sealed_key)

    @api.depends("backup_id", "kind")
    def _compute_effects(self):
        for wizard in self:
            wizard.effects = "\n".join(wizard._told_effects())

    def _told_effects(self):
        _ = self.env._
        told = [
            _(
                "A file of about %(size)s MB is made and read back; then you get a mail. It can be "
                "fetched by you alone, and is removed after 7 days.",
                size=round(self.backup_id.size_mb) or 1,
            )
        ]
        if self.kind == "odoo_zip":
            told.append(
                _(
                    "The zip is not encrypted. It holds every record and file of %(tenant)s, with "
                    "the hashes of passwords.",
                    tenant=self.backup_id.tenant_id.name,
                )
            )
        else:
            told.append(_("Without the passphrase nobody can open it, we neither."))
        return told

    def action_order(self):
        """Order the file and show how it goes."""
        self.ensure_one()
        wizard_sudo = self.sudo()
        if self.kind == "odoo_zip" and not self.aware:
            raise UserError(
                self.env._("The zip is not encrypted. Tick the box to say that you keep it safe.")
            )
        self.backup_id.check_access("read")
        try:
            export = self.env["saas.backup.export"]._order_for(
                self.backup_id, self.kind, wizard_sudo.salt or "", wizard_sudo.sealed_key or ""
            )
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        wizard_sudo.write({"salt": False, "sealed_key": False})
        return {
            "type": "ir.actions.act_window",
            "res_model": export._name,
            "res_id": export.id,
            "views": [(False, "form")],
        }
