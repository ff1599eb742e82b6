"""What may be said of a tenant's backups, on its form and in lists.

Owns: the facts of its newest backup and proof, the badge, its buttons. Does not own: when a badge
falls (`kernel/backup/evidence.py`), which policy counts (`saas_tenant_backup_policy.py`).

Dates are kept on the tenant so that a fleet can be searched; the badge is computed from them each
time it is looked at.
"""

from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..kernel.backup import evidence
from ..kernel.backup.schedule import Made
from .saas_backup import LEVELS, RESTORABLE
from .saas_tenant_backup_policy import BACKED_UP

BADGES = [
    ("proven", "Proven"),
    ("stored", "Stored"),
    ("unproven", "Not Proven"),
    ("gap", "Gap"),
    ("none", "No Policy"),
]
# Only who holds this very object may write what badges are computed from.
_PROOF = object()
GUARDED = {
    *("backup_last_at", "backup_last_mb", "backup_verified_at", "backup_tried_at", "backup_since"),
    *("backup_proven_at", "backup_proven_level", "backup_proven_seconds"),
    *("backup_failure_at", "backup_failure_level"),
}


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    backup_ids = fields.One2many("saas.backup", "tenant_id", readonly=True, string="Backups")
    backup_count = fields.Integer(compute="_compute_backup_count", string="Backups Kept")
    backup_last_at = fields.Datetime(
        readonly=True, copy=False, index=True, string="Last Backup", help="What it shows."
    )
    backup_last_mb = fields.Float(
        readonly=True, copy=False, digits=(16, 1), string="Size (MB)", help="Of the last backup."
    )
    backup_verified_at = fields.Datetime(
        readonly=True,
        copy=False,
        string="Last Verified Backup",
        help="The newest one of which every byte was read, and whose newest check passed.",
    )
    backup_tried_at = fields.Datetime(readonly=True, copy=False)
    backup_proven_at = fields.Datetime(
        readonly=True, copy=False, index=True, string="Last Proven Restore"
    )
    backup_proven_level = fields.Selection(LEVELS, readonly=True, copy=False)
    backup_proven_seconds = fields.Float(
        readonly=True, copy=False, digits=(12, 1), string="Restore Took (Seconds)"
    )
    backup_failure_at = fields.Datetime(readonly=True, copy=False)
    backup_failure_level = fields.Selection(LEVELS, readonly=True, copy=False)
    backup_badge = fields.Selection(
        BADGES, compute="_compute_backup_badge", search="_search_backup_badge", string="Backup"
    )
    backup_badge_text = fields.Char(compute="_compute_backup_badge", string="Evidence of Backups")
    backup_gap_hours = fields.Integer(
        compute="_compute_backup_badge",
        string="Gap (Hours)",
        help="Hours since the last backup, once they are more than its schedule allows.",
    )

    @api.depends("backup_ids.state")
    def _compute_backup_count(self):
        kept = [("tenant_id", "in", self.ids), ("state", "in", RESTORABLE)]
        groups = self.env["saas.backup"]._read_group(kept, ["tenant_id"], ["__count"])
        counts = {tenant.id: count for tenant, count in groups}
        for tenant in self:
            tenant.backup_count = counts.get(tenant._origin.id, 0)

    @api.depends("backup_policy_effective_id", "backup_last_at", "backup_proven_at", "state")
    @api.depends_context("lang", "tz")
    def _compute_backup_badge(self):
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        for tenant in self:
            told = tenant._backup_told(now)
            made = tenant._backup_made()
            hours = (now - made.fresh_at).total_seconds() // 3600
            tenant.backup_badge = told.state
            tenant.backup_badge_text = self.env["saas.backup.check"]._said(told)
            tenant.backup_gap_hours = hours if told.state == evidence.GAP else 0

    def _backup_told(self, now):
        """Return the kernel's badge."""
        self.ensure_one()
        counting = self._backup_schedule()
        days = self.backup_policy_effective_id.sudo().proof_days or evidence.PROOF_DAYS
        return evidence.tenant_badge(
            counting[0] if counting else None,
            self._backup_standing(self._backup_made()),
            now,
            timedelta(days=days),
        )

    def _backup_standing(self, made: Made):
        return evidence.Standing(
            made=made,
            proof=self._backup_check("proven", evidence.PASSED),
            failure=self._backup_check("failure", evidence.FAILED),
        )

    def _backup_check(self, name, outcome):
        at, level = self[f"backup_{name}_at"], self[f"backup_{name}_level"]
        if not at:
            return None
        return evidence.Check(int(level or 0), outcome, at.replace(tzinfo=timezone.utc))

    def _search_backup_badge(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        counting = self.search([("state", "in", BACKED_UP), ("database_id", "!=", False)])
        told = {one.id: one._backup_told(now).state for one in counting}
        domain = Domain("id", "in", [number for number, state in told.items() if state in value])
        if "none" in value:
            domain |= Domain("id", "not in", list(told))
        return domain

    # Written by operations

    def _moved(self, move, why):
        super()._moved(move, why)
        if move.target in BACKED_UP and move.source not in (*BACKED_UP, "migrating"):
            self.sudo()._put_proof({"backup_since": fields.Datetime.now()})

    @api.private
    def _backup_tried(self, backup):
        """A backup was begun."""
        if backup.reason == "schedule":
            self._put_proof({"backup_tried_at": backup.started_at})

    @api.private
    def _backup_renewed(self):
        """Gather from backups and checks what the badge is computed from."""
        self.ensure_one()
        newest = self.env["saas.backup"]._newest(self)
        checks_sudo = self.env["saas.backup.check"].sudo()
        kept = [("tenant_id", "=", self.id), ("backup_id.state", "in", RESTORABLE)]
        proven = [("outcome", "=", "passed"), ("level", "in", ("2", "3"))]
        proof = checks_sudo.search([*kept, *proven], order="at desc, id desc", limit=1)
        failure = self._backup_damaged(checks_sudo, kept)
        self._put_proof(
            {
                "backup_last_at": newest.taken_at,
                "backup_last_mb": newest.size_mb,
                "backup_verified_at": self._backup_verified().taken_at,
                "backup_proven_at": proof.at,
                "backup_proven_level": proof.level,
                "backup_proven_seconds": proof.restore_seconds,
                "backup_failure_at": failure.at,
                "backup_failure_level": failure.level,
            }
        )

    def _backup_verified(self):
        """Return the newest backup that is there and verified."""
        kept = [("tenant_id", "=", self.id), ("state", "in", RESTORABLE)]
        read = [("check_ids", "any", [("outcome", "=", "passed"), ("level", "!=", "0")])]
        newest_first = "taken_at desc, id desc"
        for backup_sudo in (
            self.env["saas.backup"].sudo().search([*kept, *read], order=newest_first)
        ):
            if evidence.is_verified(backup_sudo.check_ids._to_checks()):
                return backup_sudo
        return self.env["saas.backup"]

    def _backup_damaged(self, checks_sudo, kept):
        """Return the newest check that failed and was not followed by a good one of its backup."""
        failed = checks_sudo.search([*kept, ("outcome", "=", "failed")], order="at desc, id desc")
        for check in failed:
            ours = [("backup_id", "=", check.backup_id.id)]
            if checks_sudo.search(ours, order="at desc, id desc", limit=1) == check:
                return check
        return failed.browse()

    def _put_proof(self, vals):
        self.with_context(saas_backup_proof=_PROOF).write(vals)

    @api.model
    def _refuse_state(self, vals_list):
        super()._refuse_state(vals_list)
        if self.env.context.get("saas_backup_proof") is _PROOF:
            return
        if any(GUARDED & {name for name in vals if vals[name]} for vals in vals_list):
            raise UserError(
                self.env._("What is known of a tenant's backups is written by operations alone.")
            )

    # Looking at it

    def action_view_backups(self):
        """Open the backups of this tenant."""
        self.ensure_one()
        return self.env["saas.backup"]._show(
            [("tenant_id", "=", self.id)], self.env._("Backups of %(name)s", name=self.name)
        )
