"""What a tenant's own filestore lacked when it was backed up: files gone, files that rotted.

Owns: both counts of a backup, the doctor's word about the newest ones. Does not own: finding them
(`adapters/backup/source_files.py`), whether the backup itself is sound (`saas_backup_check.py`).
"""

from collections.abc import Iterator
from typing import Any

from odoo import api, fields, models

from .saas_backup import RESTORABLE
from .saas_doctor_backup import MOST_TOLD


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    rotten_count = fields.Integer(
        readonly=True,
        string="Damaged at the Source",
        help="Files whose bytes are not what their name promises: they were damaged in the "
        "tenant's own store before it was backed up.",
    )
    missing_count = fields.Integer(
        readonly=True,
        string="Missing at the Source",
        help="Files that the tenant's database names and its own store did not have.",
    )

    @api.private
    def _step_stored(self, figures):
        counts = {f"{name}_count": figures[name] for name in ("rotten", "missing")}
        super()._step_stored({**figures, **counts})


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield from self._look_at_source_files()

    def _look_at_source_files(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        backups = self.env["saas.backup"]
        hurt = backups.search([("state", "in", RESTORABLE), ("rotten_count", ">", 0)])
        newest = [one for one in hurt if one == backups._newest(one.tenant_id)]
        for one in newest[:MOST_TOLD]:
            what = _(
                "%(count)s files of %(tenant)s are damaged in its own filestore",
                count=one.rotten_count,
                tenant=one.tenant_id.name,
            )
            why = _("They were so before the last backup; an older one may hold them whole.")
            mend = _(
                "Look at the disk of the node, then take these files from the last backup without "
                "damage."
            )
            yield self._told("backup_source", "backups", "warning", what, why, mend, one.tenant_id)
