"""The work on downloads of backups: what its steps are told, and what they leave on the row.

Owns: a download's course through its operation, what is over, the operation's link. Does not own:
the row and who may fetch it (`saas_backup_export.py`), the steps (`jobs/export_backup.py`,
`jobs/drop_exports.py`).
"""

from datetime import timedelta

from odoo import api, fields, models

from ..kernel.errors import Refused
from .saas_backup import RESTORABLE

KEPT = timedelta(days=7)


class SaasBackupExport(models.Model):
    _inherit = "saas.backup.export"

    @api.private
    def _step_begin(self):
        """Return what is written, from which backup, and how much room that takes."""
        backup_sudo = self.backup_id.sudo()
        if backup_sudo.state not in RESTORABLE:
            raise Refused("export_gone")
        return {
            **backup_sudo._step_place(),
            "export": self.uuid,
            "kind": self.kind,
            "label": self.tenant_id.subdomain,
            "salt": self.salt or "",
            "wanted_bytes": int(3 * backup_sudo.database_bytes + backup_sudo.file_bytes),
        }

    @api.private
    def _step_key(self):
        """Return what the passphrase was made into, for the step alone; empty when there is none.

        Raises: Broken (`secret_damaged`, `secret_key_unknown`).
        """
        if self.kind != "sealed":
            return {"key": None}
        if not self.sealed_key:
            raise Refused("export_key_gone")
        return {"key": self.env["saas.keyring"]._open(self.sealed_key, self._label(self.salt))}

    @api.private
    def _step_ready(self, size, sha256):
        """Offer the file to who ordered it, and say so by mail."""
        now = fields.Datetime.now()
        self._put(
            {
                "state": "ready",
                "sealed_key": False,
                "size_bytes": size,
                "sha256": sha256,
                "ready_at": now,
                "kept_until": now + KEPT,
            }
        )
        self.env["saas.audit.entry"]._note(
            "backup_export_made", self, kind=self.kind, size_bytes=size, sha256=sha256
        )
        # The command line waits itself; its user reads no mails.
        if self.user_id.active and self.user_id.email:
            template = self.env.ref("saas_business_management.mail_backup_export_ready")
            template.sudo().send_mail(self.id, force_send=False)
            self.env["mail.mail"]._send_soon()

    @api.private
    def _step_not_ready(self):
        """It came to nothing; the operation says why."""
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context.get("saas_job_id"))
        why = job_sudo.error_text or ""
        self._put({"state": "failed", "sealed_key": False, "error_text": why})

    @api.private
    def _step_over(self, names):
        """Return which of these files nobody waits for any more."""
        now = fields.Datetime.now()
        wanted_sudo = self.sudo().search([("uuid", "in", names)])
        kept = wanted_sudo.filtered(
            lambda one: (
                one.state == "running"
                or (one.state == "ready" and one.kept_until and one.kept_until > now)
            )
        )
        return {"over": sorted(set(names) - set(kept.mapped("uuid")))}

    @api.private
    def _step_dropped(self, names):
        """Note that these files are gone, and those that were gone before."""
        past = [("kept_until", "<=", fields.Datetime.now())]
        rows_sudo = self.sudo().search([("state", "=", "ready"), *past])
        rows_sudo |= self.sudo().search([("state", "=", "ready"), ("uuid", "in", names)])
        if rows_sudo:
            rows_sudo._put({"state": "deleted"})

    @api.model
    def _cron_drop(self):
        """Order that files whose time is over are removed."""
        past = [("state", "=", "ready"), ("kept_until", "<=", fields.Datetime.now())]
        if self.sudo().search_count(past, limit=1):
            self.env["saas.job"]._enqueue("drop_exports", dedupe_key="drop_exports", priority=70)


class SaasJob(models.Model):
    _inherit = "saas.job"

    export_id = fields.Many2one(
        "saas.backup.export",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        string="Download",
    )

    def _export_folder(self):
        """Return the folder of an operation that makes or removes downloads, else nothing."""
        wanted = self.kind in ("export_backup", "drop_exports")
        return self.env["saas.backup.export"]._folder() if wanted else ""

    def _target(self, link):
        """Downloads as a whole are no link either."""
        return self.env["saas.backup.export"] if link == "exports" else super()._target(link)
