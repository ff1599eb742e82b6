"""Backups of the control plane itself: its own database and files, by the same pipeline.

Owns: which policy counts, when a backup is due, its key, where the database is. Does not own: the
operation (`jobs/backup_control.py`), rows of backups (`saas_backup.py`).

The key follows from the key file and is stored nowhere in the database, so that the file alone
opens what is left when this server is gone.
"""

import logging
from dataclasses import replace
from datetime import timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config, format_datetime

from .. import messages
from ..kernel.backup import layout, schedule
from ..kernel.errors import Refused, SaasError
from ..kernel.secret import Secret
from ..kernel.work.states import OPEN

_logger = logging.getLogger(__name__)
POLICY = "saas.control_backup_policy_id"


class SaasControlBackup(models.AbstractModel):
    _name = "saas.control.backup"
    _description = "Backups of the Control Plane"

    @api.model
    @api.private
    def _policy(self):
        """Return the policy that the settings name when it is on, else an empty one; in sudo."""
        return self._named_policy().filtered(lambda one: one.active and one.state == "on")

    @api.model
    @api.private
    def _named_policy(self):
        """Return the policy that the settings name, on or off; in sudo."""
        named = self.env["ir.config_parameter"].sudo().get_param(POLICY) or ""
        number = int(named) if named.isdecimal() else 0
        return self.env["saas.backup.policy"].sudo().browse(number).exists()

    @api.model
    @api.private
    def _name_policy(self, policy):
        """Have another policy count, or none; it stands in the audit log."""
        before = self._named_policy()
        if before != policy:
            self.env["ir.config_parameter"].sudo().set_param(POLICY, policy.id or False)
            changed = [before.name or "", policy.name or ""]
            self.env["saas.audit.entry"]._note(
                "control_backup_policy_changed", policy or before, policy=changed
            )

    @api.model
    @api.private
    def _keys(self):
        """Return every key that opens backups of the control database, by id; for operations.

        Raises: Refused, Broken (`adapters/backup_keys.py`).
        """
        keys = self.env["saas.backup.keyring"]._load()
        found = [keys.control_key(f"control-{kek_id}") for kek_id in keys.ids]
        return {key.id: key for key in found}

    # Looking at it

    @api.model
    @api.private
    def _told(self):
        """Return in one sentence how it stands with the backups of the control plane."""
        newest = self.env["saas.backup"]._newest(self.env["saas.tenant"])
        if not self._policy():
            return self.env._("It is not backed up: no policy is chosen, or the policy is off.")
        if not newest:
            return self.env._("The first backup is still to come.")
        at = format_datetime(self.env, newest.taken_at, dt_format="short")
        if self._backup_failing():
            return self.env._("The last backup of %(at)s is too old.", at=at)
        return self.env._("Last backup: %(at)s.", at=at)

    @api.model
    def action_view_backups(self):
        """Open the backups of the control plane."""
        return self.env["saas.backup"]._show(
            [("tenant_id", "=", False)], self.env._("Backups of the Control Plane")
        )

    # When

    @api.model
    @api.private
    def _backup_schedule(self):
        """Return schedule, zone and what tells the minute; None when it is not backed up."""
        policy_sudo = self._policy()
        if not policy_sudo:
            return None
        zone = ZoneInfo(policy_sudo._zone_name(self.env["saas.tenant"]))
        return policy_sudo._to_schedule(), zone, layout.CONTROL

    @api.model
    @api.private
    def _backup_made(self, target=None):
        """Return what the kernel reckons with, on one target or on any."""
        backups_sudo = self.env["saas.backup"].sudo()
        newest_sudo = backups_sudo._newest(self.env["saas.tenant"], target)
        tried = [("tenant_id", "=", False), ("reason", "=", "schedule")]
        tried_sudo = backups_sudo.search(tried, order="started_at desc, id desc", limit=1)
        return schedule.Made(
            since_at=_aware(self._policy().switched_on_at or fields.Datetime.now()),
            stored_at=_aware(newest_sudo.taken_at),
            tried_at=_aware(tried_sudo.started_at),
        )

    @api.model
    @api.private
    def _backup_failing(self, now=None):
        """Tell whether the schedule has had no success in time: then nothing expires."""
        told = self._backup_schedule()
        now = _aware(now or fields.Datetime.now())
        return bool(told) and schedule.is_gap(told[0], self._backup_made(), now)

    @api.model
    @api.private
    def _due_targets(self, now=None):
        """Return the targets on which a scheduled backup is missing."""
        told = self._backup_schedule()
        if told is None:
            return self.env["saas.backup.target"]
        now = _aware(now or fields.Datetime.now())
        made = self._backup_made()

        def due(target):
            stored_at = self._backup_made(target).stored_at or made.stored_at
            return schedule.is_due(*told, replace(made, stored_at=stored_at), now)

        return self._policy().target_ids.filtered(due)

    @api.model
    def _cron_back_up(self):
        """Order every scheduled backup whose turn has come."""
        targets = self._due_targets()
        if targets:
            try:
                self._order_backups("schedule", targets)
            except SaasError as error:
                # Doctor says so, too.
                _logger.error("the control plane is not backed up: %s", error)

    # Having it done

    @api.model
    def action_back_up_now(self):
        """Back up to every target of the policy; asking twice leads to the same operations."""
        self.env["saas.tenant"].check_access("write")
        try:
            self._order_backups("manual", priority=15)
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        return self.action_view_backups()

    @api.model
    @api.private
    def _order_backups(self, reason, targets=None, priority=60):
        """Order a backup to these targets, or to each of the policy; return the backups.

        Raises: Refused (`control_backup_no_policy`, `backup_no_target`, `recovery_sheet_missing`),
        those of the key file.
        """
        policy_sudo = self._policy()
        if not policy_sudo:
            raise Refused("control_backup_no_policy")
        if not policy_sudo.target_ids:
            raise Refused("backup_no_target", policy=policy_sudo.name)
        if not self.env["saas.recovery.sheet"]._was_confirmed():
            raise Refused("recovery_sheet_missing")
        key_id = self.env["saas.backup.keyring"]._load().control_key().id
        made = self.env["saas.backup"]
        for target_sudo in targets or policy_sudo.target_ids:
            made |= self._open_backup(target_sudo) or self._begin_backup(
                target_sudo, policy_sudo, key_id, reason, priority
            )
        return made

    def _open_backup(self, target_sudo):
        running = [
            *(("tenant_id", "=", False), ("target_id", "=", target_sudo.id)),
            *(("state", "=", "running"), ("job_ids.state", "in", tuple(OPEN))),
        ]
        return self.env["saas.backup"].sudo().search(running, limit=1)

    def _begin_backup(self, target_sudo, policy_sudo, key_id, reason, priority):
        backup_sudo = self.env["saas.backup"]._begin(
            self.env["saas.tenant"],
            target_sudo,
            reason,
            fence=0,
            policy_id=policy_sudo.id,
            control_key=key_id,
            user_id=self.env.uid,
        )
        only = f"backup_control:{target_sudo.id}"
        backup_sudo._put({"job_id": backup_sudo._enqueue_work("backup_control", priority, only).id})
        return backup_sudo

    # For operations

    @api.model
    @api.private
    def _source(self, backup):
        """Return what is copied for a backup of the control plane."""
        return {
            "database": self.env.cr.dbname,
            "login": 0,
            "reason": backup.reason,
            "previous": backup.previous_id.uuid or "",
        }

    @api.model
    @api.private
    def _to_spec(self):
        """Return where database and files of the control plane are (`jobs/ports.py`)."""
        told = self.env["saas.job"]._control_server()
        return {
            "host": told.get("host") or "",
            "port": int(told.get("port") or 0),
            "user": told.get("user") or "",
            "password": Secret(told.get("password") or ""),
            "sslmode": told.get("sslmode") or "prefer",
            "filestore_path": str(Path(config.filestore(self.env.cr.dbname)).parent),
            "pg_bin": config.get("pg_path") or "",
        }


def _aware(instant):
    return instant.replace(tzinfo=timezone.utc) if instant else None
