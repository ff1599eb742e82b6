"""Having tenants backed up: by a button, by their schedule.

Owns: which backups are ordered when. Does not own: whether one is due
(`saas_tenant_backup_policy.py`), what an operation does (`saas_backup_work.py`).
"""

import base64
import logging
import uuid

from odoo import api, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.backup.restore import RESTORABLE_STATES as BACKED_UP_STATES
from ..kernel.errors import Refused, SaasError
from ..kernel.work.states import OPEN

_logger = logging.getLogger(__name__)
MOST_AT_ONCE = 500


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.private
    def _backup_uuid(self):
        """Return the tenant's reference as the format of backups writes it: the same 16 bytes."""
        self.ensure_one()
        return str(uuid.UUID(bytes=base64.urlsafe_b64decode(f"{self.public_id}==")))

    @api.private
    def _backup_keys_sudo(self):
        """Return the keys with which this tenant's backups open."""
        own = [("tenant_id", "in", self.ids), ("state", "!=", "destroyed")]
        return self.env["saas.backup.key"].sudo().search(own)

    def action_back_up_now(self):
        """Back up to every target of the policy; asking twice leads to the same operations."""
        self.check_access("write")
        for tenant in self:
            try:
                tenant._order_backup("manual", priority=15)
            except SaasError as error:
                raise UserError(messages.text(self.env, error)) from None
        return True

    @api.private
    def _order_backup(self, reason, targets=None, priority=60):
        """Order a backup to these targets, or to each of the effective policy; return the backups.

        Raises: Refused (`backup_no_policy`, `backup_no_target`, `backup_tenant_closed`, those of
        `saas.backup.key._in_use`).
        """
        self.ensure_one()
        policy_sudo = self.backup_policy_effective_id.sudo()
        if not policy_sudo:
            raise Refused("backup_no_policy", tenant=self.name)
        if not policy_sudo.target_ids:
            raise Refused("backup_no_target", policy=policy_sudo.name)
        if self.state not in BACKED_UP_STATES or self.database_id.sudo().stage != "claimed":
            raise Refused("backup_tenant_closed", tenant=self.name)
        key_sudo = self.env["saas.backup.key"]._in_use(self)
        made = self.env["saas.backup"]
        for target_sudo in targets or policy_sudo.target_ids:
            made |= self._open_backup(target_sudo) or self._begin_backup(
                target_sudo, key_sudo, reason, priority
            )
        return made

    def _open_backup(self, target_sudo):
        running = [
            *(("tenant_id", "=", self.id), ("target_id", "=", target_sudo.id)),
            *(("state", "=", "running"), ("job_ids.state", "in", tuple(OPEN))),
        ]
        return self.env["saas.backup"].sudo().search(running, limit=1)

    def _begin_backup(self, target_sudo, key_sudo, reason, priority):
        backup_sudo = self.env["saas.backup"]._begin(
            self, target_sudo, reason, fence=0, key_id=key_sudo.id, user_id=self.env.uid
        )
        # One at a time for each target: of two clicks at once the second finds the first's. A step
        # asks without a key, which a worker that is frozen in it would hold from others.
        inside = self.env.context.get("saas_job_id")
        only = None if inside else f"backup_tenant:{self.id}:{target_sudo.id}"
        job = backup_sudo._enqueue_work("backup_tenant", priority, only)
        backup_sudo._put({"job_id": job.id})
        return backup_sudo

    @api.model
    def _cron_back_up(self):
        """Order every scheduled backup whose turn has come."""
        for tenant in self._backups_due()[:MOST_AT_ONCE]:
            try:
                tenant._order_backup("schedule", tenant._backup_due_targets().sudo())
            except SaasError as error:
                # Doctor and the list of gaps say so, too; the others are backed up all the same.
                _logger.error("tenant %s is not backed up: %s", tenant.public_id, error)
