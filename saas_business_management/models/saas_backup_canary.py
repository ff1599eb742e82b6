"""The daily proof that a key still opens what lies on a target: one row for each of both.

Owns: when it was read last and with which result. Does not own: its content and what a reading
means (`kernel/backup/canary.py`), reading it (an operation).
"""

from datetime import timezone

from odoo import api, fields, models

from ..kernel.backup import canary

OUTCOMES = [
    ("good", "Opens"),
    ("missing", "Not There"),
    ("changed", "Changed"),
    ("wrong_key", "Wrong Key"),
    ("unreachable", "No Answer"),
]
assert {outcome for outcome, _label in OUTCOMES} == set(canary.OUTCOMES)


class SaasBackupCanary(models.Model):
    _name = "saas.backup.canary"
    _inherit = "saas.ledger"
    _description = "Daily Proof of a Backup Key"
    _order = "read_at desc, id desc"
    _rec_name = "target_id"

    key_id = fields.Many2one(
        "saas.backup.key", required=True, readonly=True, index=True, ondelete="cascade"
    )
    tenant_id = fields.Many2one(related="key_id.tenant_id", store=True, precompute=True, index=True)
    company_id = fields.Many2one(
        related="key_id.company_id", store=True, precompute=True, index=True
    )
    target_id = fields.Many2one(
        "saas.backup.target", required=True, readonly=True, index=True, ondelete="cascade"
    )
    written_at = fields.Datetime(readonly=True, string="Written")
    read_at = fields.Datetime(readonly=True, string="Read")
    outcome = fields.Selection(OUTCOMES, readonly=True, string="Result")
    is_fatal = fields.Boolean(compute="_compute_counts")
    counts = fields.Boolean(
        compute="_compute_counts", help="Read well within the last 36 hours.", string="Counts"
    )

    _place_uniq = models.Constraint(
        "UNIQUE (key_id, target_id)", "A key has one daily proof on each target."
    )

    @api.depends("outcome", "read_at")
    def _compute_counts(self):
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        for row in self:
            read_at = row.read_at and row.read_at.replace(tzinfo=timezone.utc)
            row.is_fatal = row.outcome in canary.FATAL
            row.counts = canary.canary_counts(row.outcome or "", read_at or None, now)

    @api.model
    @api.private
    def _written(self, key, target):
        """Write down that its object was put on a target; return the row."""
        row_sudo = self._row(key, target)
        row_sudo.write({"written_at": fields.Datetime.now()})
        return row_sudo

    @api.model
    @api.private
    def _told(self, key, target, outcome):
        """Write down a reading; `outcome` is one of `kernel/backup/canary.py`."""
        row_sudo = self._row(key, target)
        row_sudo.write({"read_at": fields.Datetime.now(), "outcome": outcome})
        return row_sudo

    @api.model
    def _row(self, key, target):
        rows_sudo = self._at_work()
        place = {"key_id": key.id, "target_id": target.id}
        found = rows_sudo.search([(name, "=", value) for name, value in place.items()], limit=1)
        return found or rows_sudo.create(place)

    # Nobody else writes; they go with their key or their target

    def _may_go(self):
        return True

    def _by_hand_text(self):
        return self.env._("Proofs of keys are written by operations alone.")
