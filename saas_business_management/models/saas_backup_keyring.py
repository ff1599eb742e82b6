"""The key file of the backups: where it is, its fingerprint, a new key in it.

Owns: where the file is (`saas_backup_key_file` in the configuration), what is wrong with it, the
order of a rotation. Does not own: its format and the wrapping (`adapters/backup_keys.py`), the
wrapped keys (`saas_backup_key.py`), the paper about it (`saas_recovery_sheet.py`).
"""

from odoo import api, models
from odoo.tools import config

from ..adapters.backup_keys import BackupKeys
from ..kernel.errors import Refused, SaasError
from .saas_backup_key import NEEDED_BY


class SaasBackupKeyring(models.AbstractModel):
    _name = "saas.backup.keyring"
    _description = "Key File of the Backups"

    @api.model
    @api.private
    def _load(self) -> BackupKeys:
        """Return the keys of the file.

        Raises: Refused, Broken (`adapters/backup_keys.py`).
        """
        path = self._place()
        if not path:
            raise Refused("backup_kek_missing")
        return BackupKeys.load(path)

    @api.model
    @api.private
    def _place(self):
        """Return where the file is on this machine."""
        return config.get("saas_backup_key_file") or ""

    @api.model
    @api.private
    def _fault(self) -> str:
        """Return the code of what is wrong with the file, empty when nothing is."""
        try:
            if self._load().shares_with(self.env["saas.keyring"]._load()):
                return "backup_kek_shared"
        except SaasError as error:
            return error.code
        return ""

    @api.model
    @api.private
    def _fingerprint(self) -> str:
        """Return the fingerprint of the key in use, empty when the file cannot be used."""
        try:
            return self._load().fingerprint()
        except SaasError:
            return ""

    @api.model
    @api.private
    def _rotate(self):
        """Wrap every data key with a new one; return how many.

        The file gets its new key first and keeps the old ones, so whatever was not wrapped again
        still opens. A run that was cut off is finished, without another key. No backup is touched.
        """
        keys, stored_sudo = self._load(), self.env["saas.backup.key"].sudo()._kept()
        if all(keys.is_current(one.wrapped) for one in stored_sudo):
            keys = keys.rotated()
        for one in stored_sudo:
            one._rewrap(keys)
        self.env["saas.audit.entry"]._note(
            "backup_kek_rotated", self.env.company, fingerprint=keys.fingerprint()
        )
        return len(stored_sudo)

    @api.model
    @api.private
    def _forget_old_keys(self):
        """Take old keys out of the file; refused while a data key or a backup of the control
        database still needs one, and until the new one stands on paper."""
        keys, stored_sudo = self._load(), self.env["saas.backup.key"].sudo()._kept()
        if any(not keys.is_current(one.wrapped) for one in stored_sudo):
            raise Refused("backup_kek_old_needed")
        control = [("control_key", "!=", False), ("state", "in", NEEDED_BY)]
        used = set(self.env["saas.backup"].sudo().search(control).mapped("control_key"))
        if used - {keys.control_key().id}:
            raise Refused("backup_kek_old_needed")
        if not self.env["saas.recovery.sheet"]._is_confirmed():
            raise Refused("recovery_sheet_missing")
        keys.without_old_keks()
        self.env["saas.audit.entry"]._note("backup_kek_old_forgotten", self.env.company)
