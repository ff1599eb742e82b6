"""Backups whose time is over: the operation that deletes them, and deleting one by hand.

Owns: when such an operation is ordered, what it is told and notes, what forbids a person to delete.
Does not own: the rule (`kernel/backup/retention.py`), deleting and sweeping
(`jobs/expire_backups.py`), the dialog (`wizards/saas_backup_delete.py`).

A target that is full changes nothing here: backups go when their policy says so, never for room.
"""

from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.backup import layout, retention
from ..kernel.work.states import OPEN, UNSETTLED
from .saas_backup import RESTORABLE
from .saas_backup_work import CLASSES

# What killed workers left is looked for this often, also when nothing expires.
SWEEP_EVERY = timedelta(days=7)
UPLOADS_EVERY = timedelta(days=1)


class SaasJob(models.Model):
    _inherit = "saas.job"

    def _backup_keys(self):
        if self.kind != "expire_backups":
            return super()._backup_keys()
        # One that does not open is left out: a manifest it closed then stops the sweep.
        return self.env["saas.backup"]._openable_keys(self.sudo().tenant_id)


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    freed_bytes = fields.Float(
        readonly=True,
        string="Freed (Bytes)",
        digits=(20, 0),
        help="Files that other backups need as well stay, and are not counted.",
    )

    freed_mb = fields.Float(compute="_compute_freed", string="Freed (MB)", digits=(16, 1))

    @api.depends("freed_bytes")
    def _compute_freed(self):
        for backup in self:
            backup.freed_mb = backup.freed_bytes / 1e6

    @api.model
    def _cron_expire(self):
        """Order what deletes backups, for each tenant and target where some are to go."""
        for tenant, target in self._places():
            if self._expiry_is_wanted(tenant, target):
                self._order_expiry(tenant, target)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _places(self):
        """Return tenant and target of every backup that may have left something on its target."""
        return self.sudo()._read_group(self._may_have_left(), ["tenant_id", "target_id"])

    @api.model
    def _may_have_left(self):
        """Return which backups may have objects on their target: those not deleted, and for a
        while deleted ones, since a sweep spares what is young.
        """
        since = fields.Datetime.now() - 2 * SWEEP_EVERY
        return ["|", ("state", "!=", "deleted"), ("deleted_at", ">", since)]

    @api.model
    def _expiry_is_wanted(self, tenant, target):
        """Tell whether backups are to go, or nobody swept for a while.

        One that gave up waits for a person, and no other is ordered meanwhile.
        """
        jobs_sudo = self.env["saas.job"].sudo()
        ours = [("kind", "=", "expire_backups"), ("tenant_id", "=", tenant.id)]
        ours.append(("dedupe_key", "=", _dedupe_key(tenant, target)))
        if jobs_sudo.search_count([*ours, ("state", "in", tuple(UNSETTLED))], limit=1):
            return False
        since = fields.Datetime.now() - SWEEP_EVERY
        swept = [*ours, ("state", "=", "done"), ("ended_at", ">", since)]
        left = [("tenant_id", "=", tenant.id), ("target_id", "=", target.id)]
        left += [("started_at", "<", since), *self._may_have_left()]
        return bool(self._leaving(tenant, target)) or bool(
            self.sudo().search_count(left, limit=1) and not jobs_sudo.search_count(swept, limit=1)
        )

    @api.model
    @api.private
    def _order_expiry(self, tenant, target, priority=70):
        """Order that what is to go goes; asking twice leads to the same operation."""
        return self.env["saas.job"]._enqueue(
            "expire_backups",
            spec={"targets": [target.id]},
            dedupe_key=_dedupe_key(tenant, target),
            serial_key=self._serial_key(tenant),
            priority=priority,
            tenant_id=tenant.id,
        )

    @api.model
    def _leaving(self, tenant, target):
        """Return what is to be deleted: its grace is over, a person said so, or its key is gone.

        What an operation works with stays until that has ended.
        """
        over = self._apply_retention(tenant, target)
        here = [("tenant_id", "=", tenant.id), ("target_id", "=", target.id)]
        ordered_sudo = self.sudo().search([*here, ("state", "=", "deleting")])
        unreadable = [("state", "in", RESTORABLE), ("key_id.state", "=", "destroyed")]
        leaving_sudo = over | ordered_sudo | self.sudo().search([*here, *unreadable])
        return leaving_sudo.filtered(lambda one: not one._is_in_use())

    def _is_in_use(self):
        return any(job.state in OPEN for job in self.sudo().job_ids)

    # Steps of the operation

    def _own_job(self):
        return self.env["saas.job"].sudo().browse(self.env.context.get("saas_job_id"))

    def _own_target(self):
        target_id = self._own_job().spec["targets"][0]
        return self.env["saas.backup.target"].sudo().browse(target_id)

    @api.private
    def _step_expire_begin(self):
        """Write down what goes; from now on it cannot be restored."""
        job_sudo = self._own_job()
        tenant_sudo, target_sudo = job_sudo.tenant_id, self._own_target()
        leaving_sudo = self._leaving(tenant_sudo, target_sudo)
        leaving_sudo._put({"state": "deleting", "kept_for": False})
        since = fields.Datetime.now() - UPLOADS_EVERY
        return {
            "target": target_sudo.id,
            "tenant": tenant_sudo._backup_uuid() if tenant_sudo else layout.CONTROL,
            "leaving": [one._step_place() for one in leaving_sudo],
            "aborting": not target_sudo.tidied_at or target_sudo.tidied_at < since,
        }

    @api.private
    def _step_expire_deleted(self, freed):
        """Note what is gone; `freed` are bytes by uuid."""
        for backup_sudo in self.sudo().search([("uuid", "in", list(freed))]):
            backup_sudo._deleted(freed[backup_sudo.uuid])

    @api.private
    def _step_expire_known(self):
        """Return which manifests must be on the target, with their hashes."""
        there_sudo = self._restorable_of(self._own_job().tenant_id, self._own_target())
        return {"known": {one.uuid: one.manifest_hash or "" for one in there_sudo}}

    @api.private
    def _step_expire_told(self, swept, aborted):
        """Note what came of the sweep: a manifest that does not open is a check that failed."""
        stopped = [("uuid", "=", swept["backup"]), ("state", "in", RESTORABLE)]
        backup_sudo = self.sudo().search(stopped) if swept["code"] else self.sudo().browse()
        if backup_sudo:
            text = self.env._(
                "Its manifest cannot be opened (%(code)s), so nothing was swept.",
                code=swept["code"],
            )
            failure = CLASSES.get(swept["code"], "other")
            self.env["saas.backup.check"]._told(backup_sudo, 0, False, failure=failure, text=text)
        if aborted:
            self._own_target().tidied_at = fields.Datetime.now()

    # By hand

    def action_ask_delete(self):
        """Open the dialog before a backup is deleted."""
        self.ensure_one()
        self._check_deleting()
        wizard = self.env["saas.backup.delete"].create({"backup_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Delete Backup"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _check_deleting(self):
        if not self.env.user.has_group("saas_business_management.group_saas_admin"):
            raise UserError(self.env._("Only an administrator of the platform deletes backups."))

    @api.private
    def _deletion_hindrance(self):
        """Return why a person may not delete it now, empty when nothing forbids it."""
        self.ensure_one()
        _ = self.env._
        if self.state not in RESTORABLE:
            return _("%(backup)s is not there any more.", backup=self.display_name)
        if self._is_in_use():
            return _("An operation works with this backup: wait until it has ended.")
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        backups_sudo = self._restorable_of(self.tenant_id, self.target_id)
        policy_sudo = self._policy_of(self.tenant_id)
        rule = policy_sudo._to_rule() if policy_sudo else self._promised_rule(backups_sudo, 1)
        copies = [one._to_copy() for one in backups_sudo]
        told = retention.deletion_guards(copies, self.uuid, rule, now)
        return self._guard_texts(rule)[told[0].code] if told else ""

    def _guard_texts(self, rule):
        _ = self.env._
        return {
            retention.PINNED: _("It is pinned: unpin it first."),
            retention.LEGAL_HOLD: _("It is under legal hold: end the hold first."),
            retention.PROMISED: _("An undo needs it until %(at)s.", at=self.promised_until),
            retention.NEWEST_VERIFIED: _(
                "It is the newest verified backup on this target: make and prove another first."
            ),
            retention.REDUNDANCY: _(
                "Fewer than %(count)s verified backups would be left on this target.",
                count=rule.redundancy,
            ),
        }

    @api.private
    def _delete_by_hand(self, why):
        """Have it deleted now; from here on it cannot be restored.

        Raises: UserError when something forbids it.
        """
        self.ensure_one()
        self._check_deleting()
        hindrance = self._deletion_hindrance()
        if hindrance:
            raise UserError(hindrance)
        self._put({"state": "deleting", "kept_for": False})
        self.env["saas.audit.entry"]._note("backup_deleted", self, why, taken_at=self.taken_at)
        return self._order_expiry(self.tenant_id, self.target_id, priority=15)


def _dedupe_key(tenant, target):
    return f"expire_backups:{tenant.id or 'control'}:{target.id}"
