"""Keys of backups at their end: one that nothing needs any more is destroyed.

Owns: which keys that are. Does not own: destroying one (`saas_backup_key.py`).
"""

from datetime import timedelta

from odoo import api, fields, models

from .saas_backup_key import NEEDED_BY

# Longer than any worker is at work: one that was thought dead may still finish what it began.
SPARED = timedelta(hours=48)


class SaasBackupKey(models.Model):
    _inherit = "saas.backup.key"

    @api.model
    def _cron_retire(self):
        """Destroy keys that only open, once the last backup they closed is deleted."""
        for key in self._needless():
            key._destroy(self.env._("Its last backup is deleted."))
            self.env["ir.cron"]._commit_progress(1)

    def _needless(self):
        """Return replaced keys of which no backup is left, or none is under way."""
        since = fields.Datetime.now() - SPARED
        replaced = [("state", "=", "decrypt_only"), ("retired_at", "<", since)]
        needed = [("key_id", "!=", False), ("state", "in", NEEDED_BY)]
        groups = self.env["saas.backup"].sudo()._read_group(needed, ["key_id"])
        return self.search([*replaced, ("id", "not in", [key.id for (key,) in groups])])
