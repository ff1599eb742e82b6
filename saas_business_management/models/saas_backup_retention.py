"""Which backups of a tenant stay, why, and until when those that go can be restored.

Owns: writing the kernel's verdict down, pins and holds. Does not own: the rule
(`kernel/backup/retention.py`), deleting from a target (an operation).
"""

from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_date

from ..kernel.backup import evidence, retention
from .saas_backup import RESTORABLE
from .saas_backup_policy import STANDARD

_lt = LazyTranslate(__name__)
WHY = {
    retention.LAST: _lt("one of the newest"),
    retention.DAY: _lt("newest of %(period)s"),
    retention.WEEK: _lt("newest of week %(period)s"),
    retention.MONTH: _lt("newest of month %(period)s"),
    retention.YEAR: _lt("newest of year %(period)s"),
    retention.YOUNG: _lt("no policy: kept until %(period)s"),
    retention.PINNED: _lt("pinned"),
    retention.LEGAL_HOLD: _lt("legal hold"),
    retention.PROMISED: _lt("promised until %(period)s"),
    retention.NEWEST_VERIFIED: _lt("newest verified"),
    retention.REDUNDANCY: _lt("one of the verified that always stay"),
    retention.FAILING: _lt("nothing expires while backups fail"),
    retention.UNPROVEN: _lt("nothing expires while too few are verified"),
}


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    pinned = fields.Boolean(readonly=True, help="Never expires until somebody unpins it.")
    legal_hold = fields.Boolean(
        readonly=True, help="Kept for a court or an authority; only an administrator ends it."
    )
    promised_until = fields.Datetime(
        readonly=True, help="Kept until then: an undo of a restore or an upgrade needs it."
    )
    kept_for = fields.Json(readonly=True)
    kept_text = fields.Char(compute="_compute_kept_text", string="Kept Because")
    expired_at = fields.Datetime(readonly=True, string="Expired")
    delete_on = fields.Date(
        compute="_compute_delete_on", string="Deleted On", help="It can be restored until then."
    )
    deleted_at = fields.Datetime(readonly=True, string="Deleted")

    @api.depends("kept_for")
    @api.depends_context("lang")
    def _compute_kept_text(self):
        for backup in self:
            told = [self.env._(WHY[code]) % facts for code, facts in backup._reasons()]
            backup.kept_text = ", ".join(told)[:300] or False

    def _reasons(self):
        """Yield the reasons for which it is kept, with dates as people read them."""
        for code, period, place in self.kept_for or ():
            whole = code in (retention.DAY, retention.PROMISED, retention.YOUNG)
            shown = format_date(self.env, period) if whole and period else period
            if code in WHY:
                yield code, {"period": shown, "place": place}

    @api.depends("expired_at", "policy_id.grace_days")
    def _compute_delete_on(self):
        for backup in self:
            days = backup.policy_id.grace_days or STANDARD.grace_days
            backup.delete_on = (
                (backup.expired_at + timedelta(days=days)).date() if backup.expired_at else False
            )

    # For operations

    @api.model
    @api.private
    def _apply_retention(self, tenant, target, now=None):
        """Decide about every backup of a tenant on a target and write it down.

        Return those that are to be deleted; deleting is an operation's.
        """
        now = now or fields.Datetime.now()
        backups_sudo = self._restorable_of(tenant, target)
        told = self._rule_for(tenant, backups_sudo, now)
        if told is None:
            return self.browse()
        rule, zone, failing = told
        copies = [one._to_copy() for one in backups_sudo]
        aware = now.replace(tzinfo=timezone.utc)
        verdict = retention.decide_retention(copies, rule, zone, aware, failing)
        by_key = {one.uuid: one for one in backups_sudo}
        for key, reasons in verdict.kept.items():
            by_key[key]._keep([[one.code, one.period, one.place] for one in reasons])
        for key in verdict.expire:
            by_key[key]._put({"state": "expired", "expired_at": now, "kept_for": False})
        return backups_sudo.filtered(lambda one: one.uuid in verdict.delete)

    @api.model
    def _policy_of(self, tenant):
        """Return the policy that counts for a tenant, or for the control plane without one."""
        if tenant:
            return tenant.backup_policy_effective_id.sudo()
        return self.env["saas.control.backup"]._policy()

    @api.model
    def _restorable_of(self, tenant, target):
        wanted = [
            ("tenant_id", "=", tenant.id),
            ("target_id", "=", target.id),
            ("state", "in", RESTORABLE),
        ]
        return self.sudo().search(wanted)

    @api.private
    def _to_copy(self):
        """Return what the kernel decides about."""
        self.ensure_one()
        aware = {
            name: self[name].replace(tzinfo=timezone.utc) if self[name] else None
            for name in ("taken_at", "finished_at", "promised_until", "expired_at")
        }
        return retention.Copy(
            key=self.uuid,
            taken_at=aware["taken_at"],
            completed_at=aware["finished_at"],
            verified=evidence.is_verified(self.check_ids._to_checks()),
            pinned=self.pinned,
            legal_hold=self.legal_hold,
            promised_until=aware["promised_until"],
            expired_at=aware["expired_at"],
        )

    def _keep(self, reasons):
        if self.kept_for != reasons or self.expired_at:
            self._put({"state": "stored", "expired_at": False, "kept_for": reasons})

    @api.private
    def _promise(self, until):
        """Keep it until an instant, whatever the rule says; for an undo. What was promised for
        longer stays promised.
        """
        for backup in self:
            backup._put({"promised_until": max(until, backup.promised_until or until)})

    # Buttons

    def action_pin(self):
        """Keep these for good."""
        self._mark("pinned", True, "backup_pinned")

    def action_unpin(self):
        """Let the policy decide about these again."""
        self._mark("pinned", False, "backup_unpinned")

    def action_hold(self):
        """Put these under legal hold."""
        self._check_admin()
        self._mark("legal_hold", True, "backup_held")

    def action_release(self):
        """End the legal hold."""
        self._check_admin()
        self._mark("legal_hold", False, "backup_released")

    def _mark(self, name, value, action):
        self.check_access("read")
        self.env["saas.tenant"].check_access("write")
        for backup in self.filtered(lambda one: one[name] != value):
            if backup.state not in RESTORABLE:
                raise UserError(
                    self.env._("%(backup)s is not there any more.", backup=backup.display_name)
                )
            back = {"state": "stored", "expired_at": False} if value else {}
            backup._put({name: value, **back})
            self.env["saas.audit.entry"]._note(action, backup)

    @api.model
    def _check_admin(self):
        if not self.env.user.has_group("saas_business_management.group_saas_admin"):
            raise UserError(
                self.env._("Only an administrator of the platform changes a legal hold.")
            )
