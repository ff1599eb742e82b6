"""An import that becomes the draft's own data: when its backup is stored, the draft is opened from
it.

Owns: the wish, the restore into the draft itself. Does not own: the import
(`saas_backup_import.py`), the restore's operation (`jobs/restore_copy.py`).
"""

from odoo import api, models

from .. import messages
from ..kernel.backup import restore
from ..kernel.errors import SaasError


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    @api.private
    def _step_imported(self, figures):
        super()._step_imported(figures)
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context.get("saas_job_id"))
        if job_sudo.spec.get("opens") and self.tenant_id.state == "draft":
            self._open_draft(job_sudo.user_id)

    def _open_draft(self, user):
        """Have the draft made from this backup; what refuses it is told on the draft."""
        tenant = self.tenant_id.sudo()
        try:
            with self.env.cr.savepoint():
                one = self.env["saas.restore"]._order_into_draft(self, tenant, user)
        except SaasError as error:
            tenant.message_post(
                body=self.env._(
                    "The file was imported, and the tenant stays a draft: %(why)s",
                    why=messages.text(self.env, error),
                )
            )
            return
        self.env["saas.audit.entry"]._note("backup_import_opened", tenant, restore=one.id)


class SaasRestore(models.Model):
    _inherit = "saas.restore"

    @api.model
    @api.private
    def _order_into_draft(self, backup, tenant, user):
        """Have a draft made from its own imported backup; return the row.

        Raises: Refused (`subdomain_…`, `transition_refused`).
        """
        one = self._at_work().create(
            {
                "tenant_id": tenant.id,
                "backup_id": backup.id,
                "where": restore.COPY,
                "what": restore.ALL,
                "into_id": tenant.id,
                "user_id": user.id,
                "reason": self.env._("Imported"),
            }
        )
        tenant._set({"subdomain": tenant._checked_subdomain(), "adopted": True})
        tenant._reserve_host()
        tenant._fire("provisioning_started", system=True)
        one._hands_off().sudo()._enqueue("restore_copy", tenant, priority=2)
        return one._hands_off()
