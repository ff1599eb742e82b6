"""Backups before dangerous operations, and the one a deletion waits for.

Owns: before which operations a tenant is backed up, whether a fresh verified backup is there,
ordering what a deletion waits for. Does not own: what counts as fresh
(`kernel/backup/evidence.py`), the guard (`kernel/lifecycle/transitions.py`), making the backup.
"""

from datetime import timezone

from odoo import api, fields, models
from odoo.fields import Domain

from .. import messages
from ..kernel.backup import evidence
from ..kernel.errors import SaasError
from ..kernel.lifecycle import schedule as lifecycle_schedule
from ..kernel.lifecycle.states import MIGRATING, SERVING
from .saas_backup import RESTORABLE

RESTORE, UPGRADE, DELETION = "restore", "upgrade", "deletion"
SAFETY_OPERATIONS = (RESTORE, UPGRADE, DELETION)
SETTING = "saas.delete_needs_backup"


class SaasBackupPolicy(models.Model):
    _inherit = "saas.backup.policy"

    before_restore = fields.Boolean(
        string="Before a Restore in Place",
        default=True,
        tracking=True,
        help="What is there is backed up before a backup takes its place: the way back.",
    )
    before_upgrade = fields.Boolean(
        string="Before an Upgrade",
        default=True,
        tracking=True,
        help="A tenant is backed up before it gets a new version of its template.",
    )
    before_deletion = fields.Boolean(
        string="Before a Deletion",
        default=True,
        tracking=True,
        help="A tenant is marked for deletion only while a backup is there that was read in full "
        "and from which less than 24 hours of work are missing.",
    )


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.private
    def _safety_backup_wanted(self, operation):
        """Tell whether the tenant is backed up before an operation: `restore`, `upgrade` or
        `deletion`. Without a policy that names a target nothing can be."""
        self.ensure_one()
        assert operation in SAFETY_OPERATIONS, operation
        policy_sudo = self.backup_policy_effective_id.sudo()
        if not policy_sudo.target_ids or not self.database_id:
            return False
        if operation == DELETION and not self._deletion_needs_backup():
            return False
        return policy_sudo[f"before_{operation}"]

    @api.private
    def _wants_safety(self):
        """Tell whether a restore in place makes a safety backup first: always, unless the policy
        that counts says that it is not wanted."""
        policy_sudo = self.backup_policy_effective_id.sudo()
        return not policy_sudo or policy_sudo.before_restore

    @api.model
    @api.private
    def _deletion_needs_backup(self):
        """Tell whether the setting asks for a backup before a deletion; it does by default."""
        return self.env["ir.config_parameter"].sudo().get_param(SETTING, "1") != "0"

    def _gather_facts(self, system, known):
        required = self._safety_backup_wanted(DELETION)
        guard = {"backup_required": required, "backup_fresh": required and bool(self._fresh())}
        return super()._gather_facts(system, {**guard, **known})

    def _waits_for_backup(self):
        """Tell whether it is a backup alone that is missing before the tenant can be deleted."""
        self.ensure_one()
        return self._safety_backup_wanted(DELETION) and not self._fresh()

    def _fresh(self):
        """Return the newest backup that may stand in for the tenant when it is destroyed."""
        now, still = _aware(fields.Datetime.now()), _aware(self._still_since())
        return self._recent_backups().filtered(
            lambda one: evidence.is_fresh(_aware(one.taken_at), _checks(one), now, still)
        )[:1]

    def _recent_backups(self):
        """Return the backups whose data is young enough for that, the newest first, whatever was
        looked at of them."""
        self.ensure_one()
        now, still = fields.Datetime.now(), self._still_since()
        oldest = (still or now) - evidence.FRESH_WITHIN
        kept = Domain("tenant_id", "=", self.id) & Domain("state", "in", RESTORABLE)
        young = kept & Domain("taken_at", ">=", oldest)
        found_sudo = self.env["saas.backup"].sudo().search(young, order="taken_at desc, id desc")
        return found_sudo.filtered(
            lambda one: evidence.is_recent(_aware(one.taken_at), _aware(now), _aware(still))
        )

    def _still_since(self):
        """Return since when nobody can have changed a closed tenant, or False while it is open."""
        if self.state in SERVING or self.state == MIGRATING:
            return False
        changing = (*SERVING, MIGRATING)
        closed = [("from_state", "in", changing), ("to_state", "not in", changing)]
        events_sudo = self.env["saas.tenant.event"].sudo()
        ours = [("tenant_id", "=", self.id), *closed]
        event_sudo = events_sudo.search(ours, order="id desc", limit=1)
        return event_sudo.at

    @api.private
    def _order_deletion_backup(self):
        """Order what the deletion waits for: to read a recent backup, or to make one; return it.

        Asking again leads to the same operations. One that was made is read as soon as it is
        stored.

        Raises: Refused (as `_order_backup`).
        """
        self.ensure_one()
        unread = self._recent_backups().filtered(lambda one: not _is_damaged(one))[:1]
        if unread:
            unread._order_proof(priority=15)
            return unread
        return self._order_backup("safety", priority=15)

    def _make_move(self, planned):
        """A deletion that the schedule brings orders its backup itself and comes with a later
        run."""
        wanted = planned.event == lifecycle_schedule.DELETION_REQUESTED
        if not (wanted and self._waits_for_backup()):
            super()._make_move(planned)
            return
        try:
            self._order_deletion_backup()
        except SaasError as error:
            self._note_hindrance(messages.text(self.env, error))
        else:
            # The run of the next hour looks again, not that of the next day.
            self.look_on = self._today()


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    @api.private
    def _stored(self, *, taken_at, manifest_hash, **facts):
        super()._stored(taken_at=taken_at, manifest_hash=manifest_hash, **facts)
        if self.reason == "safety":
            # Somebody waits for it: it is read at once.
            self.env.ref("saas_business_management.ir_cron_prove_backups").sudo()._trigger()


def _checks(backup):
    return backup.check_ids._to_checks()


def _is_damaged(backup):
    newest = evidence.newest_check(_checks(backup))
    return newest is not None and newest.outcome == evidence.FAILED


def _aware(instant):
    return instant.replace(tzinfo=timezone.utc) if instant else None
