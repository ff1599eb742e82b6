"""Downloads of backups: a file that was ordered, made, offered to who ordered it, and removed.

Owns: its row, its order, the key made of a passphrase until the file is there, who may fetch it.
Does not own: making the file (`jobs/export_backup.py`), what its steps are told and tell
(`saas_backup_export_work.py`), the link (`saas_link_export.py`), sending it
(`controllers/export.py`).

A passphrase is never stored. What scrypt makes of it lies here closed with the key file of this
control plane, bound to its salt, and is wiped as soon as the operation is over.
"""

import secrets
import uuid
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config, format_date

from ..const import GB
from ..kernel.backup import passphrase as phrases
from ..kernel.errors import Refused
from ..kernel.secret import Secret
from .saas_backup import RESTORABLE

KINDS = [
    ("sealed", "Our Format, Under a Passphrase"),
    ("odoo_zip", "Odoo Zip and Open Data, Not Encrypted"),
]
STATES = [
    ("running", "Being Made"),
    ("ready", "Ready"),
    ("failed", "Failed"),
    ("deleted", "Removed"),
]
ENDINGS = {"sealed": "saasbackup", "odoo_zip": "zip"}
MOST_GB = 100
FOLDER = "saas_exports"


class SaasBackupExport(models.Model):
    _name = "saas.backup.export"
    _inherit = "saas.ledger"
    _description = "Download of a Backup"
    _order = "id desc"

    uuid = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: str(uuid.uuid4())
    )
    backup_id = fields.Many2one(
        "saas.backup", required=True, readonly=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one(
        related="backup_id.tenant_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    state = fields.Selection(STATES, default="running", required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        string="Ordered By",
        default=lambda self: self.env.user,
    )
    job_id = fields.Many2one("saas.job", string="Operation", readonly=True, ondelete="set null")
    salt = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    sealed_key = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    size_bytes = fields.Float(readonly=True, string="Size (Bytes)", digits=(20, 0))
    size_mb = fields.Float(compute="_compute_size_mb", string="Size (MB)", digits=(16, 1))
    sha256 = fields.Char(readonly=True, string="SHA-256")
    ready_at = fields.Datetime(readonly=True, string="Ready")
    kept_until = fields.Datetime(readonly=True, help="The file is removed then.")
    fetched_at = fields.Datetime(readonly=True, string="Last Download")
    fetched_count = fields.Integer(readonly=True, string="Downloads")
    error_text = fields.Char(readonly=True, string="Why It Failed")
    is_mine = fields.Boolean(compute="_compute_is_mine")

    _uuid_uniq = models.Constraint("UNIQUE (uuid)", "Two downloads cannot share a file.")
    _key_wiped = models.Constraint(
        "CHECK (state = 'running' OR sealed_key IS NULL)",
        "What a passphrase was made into is wiped as soon as the operation is over.",
    )

    @api.depends("backup_id", "kind")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for export in self:
            export.display_name = f"{export.backup_id.display_name} · {kinds.get(export.kind, '')}"

    @api.depends("size_bytes")
    def _compute_size_mb(self):
        for export in self:
            export.size_mb = export.size_bytes / 1e6

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for export in self:
            export.is_mine = export.user_id == self.env.user

    # Ordering one

    @api.model
    @api.private
    def _close_key(self, passphrase, again):
        """Return salt and closed key of a passphrase that was typed twice, both to be stored.

        Raises: Refused (`passphrase_short`, `passphrase_long`, `passphrase_differs`, those of the
        key file).
        """
        chosen = phrases.checked(Secret(passphrase or ""), Secret(again or ""))
        made = phrases.Derivation(secrets.token_bytes(phrases.SALT_BYTES))
        salt = made.salt.hex()
        key = Secret(made.key(chosen).secret.hex())
        return salt, self.env["saas.keyring"]._seal(key, self._label(salt))

    @api.model
    def _label(self, salt):
        return f"saas.backup.export,key,{salt}"

    @api.model
    @api.private
    def _order_for(self, backup, kind, salt="", sealed_key=""):
        """Order a file of a backup for the user of the environment; return its row.

        Raises: Refused (`export_gone`, `export_too_large`, `export_without_passphrase`).
        """
        backup.ensure_one()
        if backup.state not in RESTORABLE or not backup.tenant_id:
            raise Refused("export_gone")
        if kind == "sealed" and not sealed_key:
            raise Refused("export_without_passphrase")
        if backup.sudo().key_id.state == "destroyed":
            raise Refused("backup_key_destroyed", tenant=backup.tenant_id.display_name)
        most = self._most_bytes()
        if backup.database_bytes + backup.file_bytes > most:
            raise Refused("export_too_large", most_bytes=most)
        sealed = kind == "sealed"
        made_sudo = self._at_work().create(
            {
                "backup_id": backup.id,
                "kind": kind,
                "user_id": self.env.uid,
                "salt": salt if sealed else False,
                "sealed_key": sealed_key if sealed else False,
            }
        )
        made_sudo._put({"job_id": made_sudo._enqueue().id})
        export = self.browse(made_sudo.id)
        self.env["saas.audit.entry"]._note("backup_export_ordered", export, kind=kind)
        return export

    def _enqueue(self):
        backup_sudo = self.backup_id.sudo()
        return self.env["saas.job"]._enqueue(
            "export_backup",
            spec={"targets": backup_sudo.target_id.ids},
            dedupe_key=f"export_backup:{self.uuid}",
            serial_key=f"export:{backup_sudo.tenant_id.id}",
            priority=25,
            tenant_id=backup_sudo.tenant_id.id,
            backup_id=backup_sudo.id,
            export_id=self.id,
            cluster_id=backup_sudo.tenant_id.cluster_id.id,
        )

    @api.model
    @api.private
    def _most_bytes(self):
        """Return how large database and files of a backup may be that is made a file."""
        return int(float(config.get("saas_export_most_gb") or MOST_GB) * GB)

    @api.model
    @api.private
    def _folder(self):
        """Return the private folder of these files on this machine."""
        return config.get("saas_export_folder") or str(Path(config["data_dir"]) / FOLDER)

    @api.private
    def _file_path(self):
        """Return where the file of a download lies on this machine."""
        self.ensure_one()
        return str(Path(self._folder()) / self.uuid)

    @api.private
    def _file_name(self):
        """Return what the file is called where it goes: tenant and day, nothing else."""
        day = (self.backup_id.taken_at or self.create_date).strftime("%Y-%m-%d")
        return f"{self.tenant_id.subdomain}-{day}.{ENDINGS[self.kind]}"

    # Fetching it

    def action_download(self):
        """Fetch the file by a link that works once, for who ordered it, for 15 minutes."""
        self.ensure_one()
        self.check_access("read")
        if self.user_id != self.env.user:
            raise UserError(
                self.env._(
                    "Only %(who)s can fetch this file. Download the backup yourself.",
                    who=self.user_id.name,
                )
            )
        if not self._is_there():
            raise UserError(self.env._("This file is not there any more. Order it anew."))
        url = self.env["saas.link"].sudo()._make_for_export(self.sudo())
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def action_remove(self):
        """Remove the file now."""
        self.check_access("read")
        if not self.env.user.has_group("saas_business_management.group_saas_operator"):
            raise UserError(self.env._("Only an operator removes files of backups."))
        self._end()
        return True

    @api.private
    def _end(self):
        """Have the files of these downloads removed now, whoever waits for them."""
        ready = self.filtered(lambda one: one.state == "ready")
        ready._put({"kept_until": fields.Datetime.now()})
        if ready:
            self.env["saas.job"]._enqueue("drop_exports", dedupe_key="drop_exports", priority=70)

    @api.private
    def _is_there(self):
        self.ensure_one()
        return self.state == "ready" and self.kept_until > fields.Datetime.now()

    @api.private
    def _fetched(self):
        """Write down that somebody took the file."""
        self._put({"fetched_at": fields.Datetime.now(), "fetched_count": self.fetched_count + 1})
        self.env["saas.audit.entry"]._note(
            "backup_export_downloaded", self.sudo(False), kind=self.kind, sha256=self.sha256
        )

    @api.private
    def _until(self):
        """Return the last day of the file, as its reader writes dates."""
        self.ensure_one()
        return format_date(self.env, self.kept_until.date(), lang_code=self.user_id.lang)

    def action_view_backup(self):
        """Open the backup it was made from."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.backup",
            "res_id": self.backup_id.id,
            "views": [(False, "form")],
        }

    # Nobody else writes

    @api.private
    def _forget(self):
        """Forget rows whose files are gone, together with the backup they were made of."""
        self._at_work().unlink()

    def _may_go(self):
        return self._is_at_work() and all(one.state in ("failed", "deleted") for one in self)

    def _stays_text(self):
        return self.env._("The record of a download stays: it says who took what away.")

    def _by_hand_text(self):
        return self.env._("Downloads are written by operations, never by hand.")


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    export_ids = fields.One2many("saas.backup.export", "backup_id", readonly=True)

    def action_ask_download(self):
        """Open the dialog in which a file of this backup is ordered."""
        self.ensure_one()
        self.env["saas.backup.download"].check_access("create")
        if self.state not in RESTORABLE or not self.tenant_id:
            raise UserError(
                self.env._("This backup is not on its target, so there is nothing to download.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Download Backup"),
            "res_model": "saas.backup.download",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_backup_id": self.id},
        }

    @api.private
    def _expire(self):
        self.sudo().export_ids._forget()
        return super()._expire()


class SaasBackupKey(models.Model):
    _inherit = "saas.backup.key"

    @api.private
    def _destroy(self, why):
        """What the key closed lies open in downloads: their files go with it."""
        done = super()._destroy(why)
        self.sudo().backup_ids.export_ids._end()
        return done
