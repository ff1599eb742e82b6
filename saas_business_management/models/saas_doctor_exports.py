"""The doctor's check of the folders through which backups leave and come in.

Owns: this check. Does not own: making and removing files (operations).
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from odoo import fields, models

LATE_HOURS = 6


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield self._look_at_export_folders()
        yield from self._look_at_old_exports()

    def _look_at_export_folders(self) -> dict[str, Any]:
        _ = self.env._
        folders = (
            (self.env["saas.backup.export"]._folder(), "saas_export_folder"),
            (self.env["saas.backup"]._import_folder(), "saas_import_folder"),
        )
        for folder, setting in folders:
            if self._folder_is_open(Path(folder)):
                what = _("Others can look into the folder of %(setting)s", setting=setting)
                why = _("Downloads that are not encrypted may lie there.")
                mend = _("Set its mode to 0700, or name a folder of its own in the configuration.")
                return self._told("export_folder", "backups", "failing", what, why, mend)
            if not self._folder_is_writable(Path(folder)):
                what = _("The folder of %(setting)s cannot be written", setting=setting)
                why = _("Backups cannot be downloaded or brought in.")
                mend = _("Make it, writable for the user that runs the control plane.")
                return self._told("export_folder", "backups", "warning", what, why, mend)
        what = _("The folders of downloads and uploads are private and can be written")
        return self._told("export_folder", "backups", "ok", what)

    def _folder_is_open(self, folder: Path) -> bool:
        return folder.is_dir() and bool(stat.S_IMODE(folder.stat().st_mode) & 0o077)

    def _folder_is_writable(self, folder: Path) -> bool:
        """A folder that is not there yet is made when it is needed, where that is possible."""
        return os.access(folder if folder.is_dir() else folder.parent, os.W_OK | os.X_OK)

    def _look_at_old_exports(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        late = fields.Datetime.subtract(fields.Datetime.now(), hours=LATE_HOURS)
        past = [("state", "=", "ready"), ("kept_until", "<", late)]
        count = self.env["saas.backup.export"].search_count(past)
        if count:
            what = _("%(count)s downloads should have been removed by now", count=count)
            mend = _("See under Operations why Remove Old Downloads does not run.")
            yield self._told("export_old", "backups", "failing", what, "", mend)
