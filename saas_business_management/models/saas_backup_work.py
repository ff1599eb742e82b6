"""Backups at work: the operations that write and prove one, and what they note.

Owns: the link from an operation to its backup, the steps, the keys an operation gets. Does not own:
when a backup is due (`saas_tenant_backup_policy.py`), its row (`saas_backup.py`), what is done
outside (`jobs/backup_tenant.py`, `jobs/verify_backup.py`).
"""

from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.backup import layout
from ..kernel.backup.restore import RESTORABLE_STATES
from ..kernel.errors import Refused
from .saas_backup import RESTORABLE

MOST_AT_ONCE = 200
# Which failure a check tells (`saas_backup_check.py`) for the code of the first fault.
CLASSES = {
    "object_missing": "missing",
    "backup_truncated": "missing",
    "backup_key_wrong": "wrong_key",
    "backup_key_missing": "wrong_key",
    "backup_binding": "changed",
    "backup_stale": "changed",
    "backup_damaged": "changed",
    "object_differs": "changed",
    "archive_damaged": "not_restorable",
}


class SaasJob(models.Model):
    _inherit = "saas.job"

    backup_id = fields.Many2one(
        "saas.backup", readonly=True, index="btree_not_null", ondelete="restrict", string="Backup"
    )

    def _backup_keys(self):
        """Return the keys of the backups this operation is about, by their ids; None when it is
        about none.
        """
        backup_sudo = self.backup_id.sudo()
        if not backup_sudo:
            return None
        if not backup_sudo.tenant_id:
            return self.env["saas.control.backup"]._keys()
        keys_sudo = backup_sudo.tenant_id._backup_keys_sudo()
        return {key_sudo.key_id: key_sudo._data_key() for key_sudo in keys_sudo}


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    job_ids = fields.One2many("saas.job", "backup_id", readonly=True, string="Operations Log")

    def action_prove(self):
        """Have every byte of these backups read now."""
        self.env["saas.job"].check_access("read")
        self.tenant_id.check_access("write")
        for backup in self:
            if backup.state not in RESTORABLE:
                raise UserError(
                    self.env._("This backup is not on its target, so there is nothing to prove.")
                )
            backup._order_proof(priority=15)
        return True

    def _order_proof(self, priority=60):
        return self._enqueue_work("verify_backup", priority, f"verify_backup:{self.uuid}")

    @api.private
    def _enqueue_work(self, kind, priority, dedupe_key):
        self.ensure_one()
        return self.env["saas.job"]._enqueue(
            kind,
            spec={"targets": [self.target_id.id]},
            dedupe_key=dedupe_key,
            serial_key=self._serial_key(self.tenant_id),
            priority=priority,
            tenant_id=self.tenant_id.id,
            backup_id=self.id,
            cluster_id=self.tenant_id.cluster_id.id,
        )

    @api.model
    def _serial_key(self, tenant):
        """Return what keeps operations on the backups of one tenant, or of the control plane, one
        behind the other.
        """
        return f"backup:{tenant.id or 'control'}"

    @api.model
    def _openable_keys(self, tenant):
        """Return the keys of a tenant, or of the control plane, that open, by their ids."""
        if not tenant:
            return self.env["saas.control.backup"]._keys()
        return tenant._backup_keys_sudo()._openable()

    @api.model
    def _cron_prove(self):
        """Read what was stored and not read yet, the oldest first."""
        unread = [("state", "in", RESTORABLE), ("level", "in", (False, "0"))]
        found = self.search(unread, order="id", limit=MOST_AT_ONCE)
        for backup in found.filtered(lambda one: "failed" not in one.check_ids.mapped("outcome")):
            backup._order_proof()

    # Steps of operations

    @api.private
    def _step_begin(self, fence):
        """Return what is copied from where, under the claim of this worker."""
        if not self.tenant_id:
            self._put({"fence": fence})
            return {**self._step_place(), **self.env["saas.control.backup"]._source(self)}
        tenant_sudo, database_sudo = self.tenant_id.sudo(), self.tenant_id.sudo().database_id
        if tenant_sudo.state not in RESTORABLE_STATES or database_sudo.stage != "claimed":
            raise Refused("backup_tenant_closed", tenant=tenant_sudo.name)
        self._put({"fence": fence})
        return {
            **self._step_place(),
            "database": database_sudo.name,
            "login": database_sudo.generation,
            "open": tenant_sudo._is_serving(),
            "reason": self.reason,
            "previous": self.previous_id.uuid or "",
        }

    @api.private
    def _step_place(self):
        """Return which backup it is, and where it lies."""
        return {
            "target": self.target_id.id,
            "tenant": self.tenant_id._backup_uuid() if self.tenant_id else layout.CONTROL,
            "backup": self.uuid,
            "fence": self.fence,
            "key": self.key_id.key_id or self.control_key or "",
            "sha256": self.manifest_hash or "",
        }

    @api.private
    def _step_stored(self, figures):
        """Note what is on the target; the names of the figures are those of the fields."""
        taken_at = datetime.fromisoformat(figures["taken_at"]).astimezone(timezone.utc)
        told = {name: figures[name] for name in figures if name in self._fields}
        told["taken_at"] = taken_at.replace(tzinfo=None, microsecond=0)
        began = self.env["saas.job"].sudo().browse(self.env.context.get("saas_job_id")).started_at
        told["seconds"] = (fields.Datetime.now() - (began or self.started_at)).total_seconds()
        self._stored(**told)
        self.env["saas.backup.check"]._told(self, 0, True)

    @api.private
    def _step_not_stored(self):
        """It came to nothing; the operation says why."""
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context.get("saas_job_id"))
        self._failed(job_sudo.error_code or "cancelled", job_sudo.error_text or "")

    @api.private
    def _step_proven(self, faults, files, seconds):
        """Note what came of reading every byte."""
        facts = {"seconds": seconds, "facts": {"files": files, "faults": faults}}
        if not faults:
            self.env["saas.backup.check"]._told(self, 1, True, **facts)
            return
        failure = CLASSES.get(faults[0][1], "other")
        text = self.env._(
            "%(count)s objects of the backup cannot be trusted, first %(name)s (%(code)s).",
            count=len(faults),
            name=faults[0][0],
            code=faults[0][1],
        )
        self.env["saas.backup.check"]._told(self, 1, False, failure=failure, text=text, **facts)
