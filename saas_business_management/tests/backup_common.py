"""The stage of tests about backups: a key file, a confirmed sheet, a target, a policy."""

import tempfile
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import fields

from ..adapters.backup_keys import BackupKeys
from .common import SaasCommon


class BackupCommon(SaasCommon):
    """A tenant that is open; nothing is backed up before a test asks for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.key_file = Path(folder.name) / "backup-keys.json"
        BackupKeys.create(cls.key_file)
        place = patch.object(
            type(cls.env["saas.backup.keyring"]), "_place", lambda _self: str(cls.key_file)
        )
        cls.startClassPatcher(place)
        cls.env["saas.backup.policy"].search([]).active = False
        shelf = {"name": "Shelf", "folder": "/var/backups/shelf"}
        cls.target = cls.env["saas.backup.target"].create(shelf)

    def setUp(self):
        super().setUp()
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_more: 60.0)
        content = self.key_file.read_bytes()
        self.addCleanup(self.key_file.write_bytes, content)
        self.tenant = self.make_open_tenant()
        self.now = fields.Datetime.now()

    def confirm_sheet(self):
        """Make, print and confirm a recovery sheet, as an administrator does."""
        sheets = self.env["saas.recovery.sheet"].with_user(self.admin)
        sheet = sheets.browse(sheets.action_make()["res_id"])
        sheet.action_print()
        sheet.write({"place": "The safe", "holder": "Ada", "typed": sheet.fingerprint[-4:]})
        sheet.action_confirm()
        return sheet

    def make_policy(self, on=True, **values):
        """Return a policy; switched on, it has a confirmed sheet and a target."""
        policy = self.env["saas.backup.policy"].create(
            {"name": "Daily for Tests", "target_ids": self.target.ids, **values}
        )
        if on:
            if not self.env["saas.recovery.sheet"]._is_confirmed():
                self.confirm_sheet()
            policy.action_switch_on()
        return policy

    def ago(self, **span):
        return self.now - timedelta(**span)

    def aged(self, tenant=None, **span):
        """Let the policy and the tenant's schedule count since long ago."""
        since = self.ago(**span)
        (tenant or self.tenant)._put_proof({"backup_since": since})
        policy = (tenant or self.tenant).backup_policy_effective_id
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE saas_backup_policy SET switched_on_at = %s WHERE id = %s", (since, policy.id)
        )
        policy.invalidate_recordset()

    def make_backup(self, tenant=None, reason="schedule", key=True, **span):
        """Return a stored backup that shows the tenant as it was so long ago."""
        tenant = self.tenant if tenant is None else tenant
        keys = self.env["saas.backup.key"]
        backup = self.env["saas.backup"]._begin(
            tenant, self.target, reason, fence=1, key_id=keys._in_use(tenant).id if key else False
        )
        at = self.ago(**span)
        backup._stored(
            taken_at=at,
            manifest_hash="ab" * 32,
            database_bytes=3_000_000_000,
            file_bytes=500_000,
            file_count=7,
            new_bytes=120_000,
            seconds=2.5,
        )
        backup._put({"finished_at": at, "started_at": at})
        return backup

    def check(self, backup, level, passed=True, **span):
        """Write a check of a backup down, made so long ago."""
        return self.env["saas.backup.check"]._told(
            backup, level, passed, at=self.ago(**span), restore_seconds=6 if level > 1 else 0
        )
