"""The recovery sheet: the paper that says which key file is needed and where its copy lies.

Owns: making one, that somebody confirmed it, which key file it speaks of. Does not own: the key
file (`saas_backup_keyring.py`). The sheet holds fingerprints and references, never a key, and no
name: it outlives customers who are erased.

Without a confirmed sheet no policy is switched on: a missing key file is the usual reason why a
backup cannot be restored.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import Refused, SaasError

FIXED_ONCE_CONFIRMED = {"place", "holder", "typed"}
_CONFIRM = object()


class SaasRecoverySheet(models.Model):
    _name = "saas.recovery.sheet"
    _description = "Recovery Sheet"
    _order = "id desc"
    _rec_name = "reference"

    reference = fields.Char(compute="_compute_reference")
    state = fields.Selection(
        [("draft", "To Confirm"), ("confirmed", "Confirmed")],
        default="draft",
        required=True,
        readonly=True,
    )
    made_at = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now(), string="Made"
    )
    kek_id = fields.Char(readonly=True, required=True, string="Key in Use")
    fingerprint = fields.Char(readonly=True, required=True)
    file_path = fields.Char(readonly=True, string="Key File on the Server")
    told = fields.Json(readonly=True, help="Fingerprints and key ids as they were then.")
    printed_at = fields.Datetime(readonly=True, string="Printed")
    place = fields.Char(
        string="Where the Copy Lies",
        help="Where a copy of the key file is kept, apart from this server and its backups.",
    )
    holder = fields.Char(string="Who Can Get It", help="Two people are better than one.")
    typed = fields.Char(
        string="Last Group of the Fingerprint",
        help="The last four characters of the fingerprint, from the printed sheet.",
    )
    confirmed_at = fields.Datetime(readonly=True, string="Confirmed")
    confirmed_by = fields.Many2one("res.users", readonly=True, string="By")
    is_current = fields.Boolean(
        string="For the Key in Use",
        compute="_compute_is_current",
        help="It speaks of the key that is in use now.",
    )

    @api.depends("made_at")
    def _compute_reference(self):
        for sheet in self:
            sheet.reference = self.env._("Recovery Sheet %(number)s", number=sheet.id or "")

    @api.depends("fingerprint")
    def _compute_is_current(self):
        now = self.env["saas.backup.keyring"]._fingerprint()
        for sheet in self:
            sheet.is_current = bool(now) and sheet.fingerprint == now

    @api.model
    @api.private
    def _is_confirmed(self):
        """Tell whether the key in use stands on a confirmed sheet."""
        fingerprint = self.env["saas.backup.keyring"]._fingerprint()
        wanted = [("state", "=", "confirmed"), ("fingerprint", "=", fingerprint)]
        return bool(fingerprint) and bool(self.sudo().search_count(wanted, limit=1))

    @api.model
    @api.private
    def _was_confirmed(self):
        """Tell whether any sheet was ever confirmed: a new key must not stop backups."""
        return bool(self.sudo().search_count([("state", "=", "confirmed")], limit=1))

    # Making and confirming it

    @api.model
    def action_make(self):
        """Make a sheet about the key file as it is now, and open it."""
        self.check_access("create")
        try:
            made = self.with_context(saas_sheet=_CONFIRM).create(self._prepare_sheet_vals())
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": made.id,
            "views": [(False, "form")],
        }

    def _prepare_sheet_vals(self):
        ring = self.env["saas.backup.keyring"]
        keys, fault = ring._load(), ring._fault()
        if fault == "backup_kek_shared":
            raise Refused("backup_kek_shared")
        stored_sudo = self.env["saas.backup.key"].sudo()._kept()
        return {
            "kek_id": keys.current,
            "fingerprint": keys.fingerprint(),
            "file_path": ring._place(),
            "told": {
                "keks": [[one, keys.fingerprint(one)] for one in keys.ids],
                "keys": [[one.tenant_id.public_id, one.key_id] for one in stored_sudo],
            },
        }

    def action_print(self):
        """Print the sheet; it can be confirmed afterwards."""
        self.ensure_one()
        self.check_access("write")
        self.with_context(saas_sheet=_CONFIRM).printed_at = fields.Datetime.now()
        report = self.env.ref("saas_business_management.report_recovery_sheet")
        return report.report_action(self)

    def action_confirm(self):
        """Confirm that the printed sheet is at hand and a copy of the key file is safe."""
        self.ensure_one()
        self.check_access("write")
        self._check_answers()
        self.with_context(saas_sheet=_CONFIRM).write(
            {
                "state": "confirmed",
                "confirmed_at": fields.Datetime.now(),
                "confirmed_by": self.env.uid,
            }
        )
        self.env["saas.audit.entry"]._note(
            "recovery_sheet_confirmed", self, fingerprint=self.fingerprint, place=self.place
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_answers(self):
        _ = self.env._
        if not self.is_current:
            raise UserError(
                _("The key file has changed since this sheet was made. Make a new recovery sheet.")
            )
        if not self.printed_at:
            raise UserError(_("Print the sheet first: it is needed when this server is not there."))
        if not (self.place or "").strip() or not (self.holder or "").strip():
            raise UserError(
                _("Write where the copy of the key file lies and who can get it when it is needed.")
            )
        if (self.typed or "").strip().upper() != self.fingerprint[-4:]:
            raise UserError(
                _("Type the last four characters of the fingerprint from the printed sheet.")
            )

    # What was confirmed stays as it was

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("saas_sheet") is not _CONFIRM:
            raise UserError(self.env._("Choose Make Recovery Sheet: it is filled in by itself."))
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("saas_sheet") is not _CONFIRM:
            if set(vals) - FIXED_ONCE_CONFIRMED:
                raise UserError(self.env._("What a recovery sheet tells is not written by hand."))
            if any(sheet.state == "confirmed" for sheet in self):
                raise UserError(self.env._("A confirmed recovery sheet cannot be changed."))
        return super().write(vals)

    def unlink(self):
        if any(sheet.state == "confirmed" for sheet in self):
            raise UserError(self.env._("A confirmed recovery sheet cannot be deleted."))
        return super().unlink()
