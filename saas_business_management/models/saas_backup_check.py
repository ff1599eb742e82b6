"""Checks of backups: what was looked at, how deep, with which result. Append-only.

Owns: rows of checks, what a badge says in words. Does not own: checking (operations), what a check
is worth and for how long (`kernel/backup/evidence.py`).
"""

from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..kernel.backup import evidence
from .saas_backup import LEVELS

OUTCOMES = [("passed", "Passed"), ("failed", "Failed")]
FAILURES = [
    ("missing", "Something Is Missing"),
    ("changed", "Something Was Changed"),
    ("wrong_key", "Wrong Key"),
    ("not_restorable", "Cannot Be Restored"),
    ("different", "Restored Data Differ"),
    ("not_served", "Restored, but No Page"),
    ("target", "Target Did Not Answer"),
    ("other", "Something Else"),
]


class SaasBackupCheck(models.Model):
    _name = "saas.backup.check"
    _inherit = "saas.ledger"
    _description = "Check of a Backup"
    _order = "at desc, id desc"
    _rec_name = "level"

    backup_id = fields.Many2one(
        "saas.backup", required=True, readonly=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one(
        related="backup_id.tenant_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="backup_id.company_id", store=True, precompute=True, index=True
    )
    level = fields.Selection(LEVELS, required=True, readonly=True)
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True, string="Result")
    failure = fields.Selection(FAILURES, readonly=True, string="What Failed")
    text = fields.Char(readonly=True, string="What Was Found")
    facts = fields.Json(readonly=True)
    at = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now(), string="When"
    )
    seconds = fields.Float(readonly=True, string="Took (Seconds)", digits=(12, 1))
    restore_seconds = fields.Float(readonly=True, string="Restore Took (Seconds)", digits=(12, 1))
    job_id = fields.Many2one("saas.job", string="Operation", readonly=True, ondelete="set null")

    _failure_told = models.Constraint(
        "CHECK ((outcome = 'failed') = (failure IS NOT NULL))",
        "A check that failed says what failed.",
    )

    # For operations

    @api.model
    @api.private
    def _told(self, backup, level, passed, *, failure="", **facts):
        """Write down a check; return its row.

        `level` is 0 to 3. No answer of a target is no check: it is tried again, not told here.
        `facts` are `text`, `seconds`, `restore_seconds`, `facts` and `at`.
        """
        made_sudo = self._at_work().create(
            {
                "backup_id": backup.id,
                "level": str(level),
                "outcome": "passed" if passed else "failed",
                "failure": False if passed else failure or "other",
                "job_id": self.env.context.get("saas_job_id"),
                **facts,
            }
        )
        if passed and level >= evidence.PROVEN_FROM:
            backup.sudo()._put(
                {
                    "level": str(level),
                    "proven_at": made_sudo.at,
                    "proof_seconds": made_sudo.restore_seconds,
                }
            )
        elif passed and (backup.level or "0") <= str(level):
            backup.sudo()._put({"level": str(level)})
        if backup.tenant_id:
            backup.tenant_id.sudo()._backup_renewed()
        return made_sudo

    @api.private
    def _to_checks(self):
        """Return what the kernel judges."""
        return [
            evidence.Check(
                level=int(row.level),
                outcome=row.outcome,
                at=row.at.replace(tzinfo=timezone.utc),
                seconds=row.restore_seconds,
            )
            for row in self
        ]

    @api.model
    @api.private
    def _said(self, badge):
        """Return what a badge of the kernel says, with the date of its evidence."""
        _ = self.env._
        at = badge.at and badge.at.replace(tzinfo=None)
        facts = {
            "at": format_datetime(self.env, at, dt_format="short") if at else "—",
            "level": dict(self._fields["level"]._description_selection(self.env)).get(
                str(badge.level), "—"
            ),
        }
        said = {
            "restored": _("Restored and compared on %(at)s.", **facts),
            "read": _("Every byte read on %(at)s; not restored.", **facts),
            "awaits_reading": _("Stored on %(at)s; it is read in full within a day.", **facts),
            "never_read": _("Stored on %(at)s and never read since.", **facts),
            "check_failed": _("A check failed on %(at)s (%(level)s).", **facts),
            "proof_old": _("The last proof of %(at)s is too old to count.", **facts),
            "never_proven": _("Backed up on %(at)s; never restored to prove it.", **facts),
            "awaits_proof": _("Backed up on %(at)s; its first proof comes within days.", **facts),
            "awaits_first": _("The first backup is still to come."),
            "never": _("There is no backup."),
            "too_old": _("The last backup of %(at)s is too old.", **facts),
            "no_policy": _("No backup policy counts for it."),
        }
        return said[badge.why]

    def write(self, vals):
        raise UserError(self.env._("A check cannot be changed: another one is made."))

    @api.private
    def _forget(self):
        """Forget checks of backups that are long gone."""
        self._drop()

    def _stays_text(self):
        return self.env._("Checks cannot be deleted.")

    def _by_hand_text(self):
        return self.env._("Checks are written by operations, never by hand.")
