"""One-time links to files of backups: bound to one download, for who ordered it, for 15 minutes.

Owns: this purpose, going on after an interruption. Does not own: what all links have in common
(`saas_link.py`), who asks (`controllers/export.py`).
"""

import secrets
from datetime import timedelta

from odoo import api, fields, models

from ..const import LINK_MINUTES
from ..kernel.provisioning import link

PURPOSE = "backup_export"


class SaasLink(models.Model):
    _inherit = "saas.link"

    purpose = fields.Selection(
        selection_add=[(PURPOSE, "Download of a Backup")], ondelete={PURPOSE: "cascade"}
    )
    export_id = fields.Many2one("saas.backup.export", readonly=True, index=True, ondelete="cascade")

    @api.model
    @api.private
    def _make_for_export(self, export):
        """Keep a new link of a download and return its path; the former ones stop working."""
        former = [("purpose", "=", PURPOSE), ("export_id", "=", export.id)]
        self.search([*former, ("used_at", "=", False)]).write({"replaced": True})
        token = link.make_token(secrets.token_bytes(link.TOKEN_BYTES))
        made = link.make_link(token, self._now(), timedelta(minutes=LINK_MINUTES))
        self.create(
            {
                "purpose": PURPOSE,
                "tenant_id": export.tenant_id.id,
                "export_id": export.id,
                "token_hash": made.token_hash,
                "expires_at": made.expires_at.replace(tzinfo=None),
            }
        )
        return f"/saas/backup/export/{token.reveal()}"

    @api.private
    def _may_go_on(self):
        """Say whether a download that was begun with this link may be taken up again."""
        self.ensure_one()
        in_time = self._now() < self._aware(self.expires_at)
        return bool(self.used_at) and not self.replaced and in_time
