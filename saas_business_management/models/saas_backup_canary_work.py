"""The daily proofs of keys at work: which are due on a target, what a reading leaves.

Owns: ordering them, what the operation gets and notes, whether a restore may be begun. Does not
own: the rows (`saas_backup_canary.py`), reading (`jobs/check_canaries.py`).
"""

from datetime import timezone

from odoo import api, fields, models

from ..kernel.backup import canary
from .saas_backup import RESTORABLE
from .saas_backup_key import NEEDED_BY


class SaasJob(models.Model):
    _inherit = "saas.job"

    def _backup_keys(self):
        if self.kind != "check_canaries":
            return super()._backup_keys()
        targets_sudo = self.env["saas.backup.target"].sudo().browse(self.sudo().spec["targets"])
        return targets_sudo._canary_keys()._openable()


class SaasBackupTarget(models.Model):
    _inherit = "saas.backup.target"

    canary_ids = fields.One2many("saas.backup.canary", "target_id", readonly=True)
    locked_count = fields.Integer(
        compute="_compute_locked",
        string="Keys That Do Not Open",
        help="Keys whose daily proof says that a restore from here would fail.",
    )
    locked_text = fields.Char(compute="_compute_locked")

    @api.depends("canary_ids.outcome", "canary_ids.read_at")
    def _compute_locked(self):
        for target in self:
            bad_sudo = target.sudo().canary_ids.filtered("is_fatal")
            target.locked_count = len(bad_sudo)
            names = ", ".join(bad_sudo[:5].tenant_id.mapped("name"))
            told = self.env._("Backups here do not open: %(names)s.", names=names)
            target.locked_text = told if bad_sudo else False

    @api.model
    def _cron_canaries(self):
        """Have the proof of each key read that was not read for a day."""
        for target in self.search([]):
            if target._canaries_due() or target._canaries_over():
                target._order_canaries()

    def action_check_canaries(self):
        """Have the proof of every key on these targets read now."""
        self.check_access("read")
        self.env["saas.tenant"].check_access("write")
        for target in self:
            target._order_canaries(priority=15)
        return True

    def _order_canaries(self, priority=70):
        self.ensure_one()
        return (
            self.env["saas.job"]
            .sudo()
            ._enqueue(
                "check_canaries",
                spec={"targets": [self.id], "every": priority < 20},
                dedupe_key=f"check_canaries:{self.id}",
                priority=priority,
                target_id=self.id,
            )
        )

    @api.private
    def _canary_keys(self):
        """Return the keys, in sudo, that closed backups which are on these targets."""
        wanted = [("target_id", "in", self.ids), ("state", "in", NEEDED_BY)]
        wanted += [("key_id.state", "in", ("active", "decrypt_only"))]
        groups = self.env["saas.backup"].sudo()._read_group(wanted, ["key_id"])
        return self.env["saas.backup.key"].sudo().union(*(key for (key,) in groups))

    def _canaries_due(self, every=False):
        """Return the keys whose proof was not read for a day; no answer is no reading."""
        self.ensure_one()
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        rows_sudo = self.sudo().canary_ids.filtered(lambda row: row.outcome != canary.UNREACHABLE)
        read = {row_sudo.key_id: row_sudo.read_at for row_sudo in rows_sudo}

        def due(key):
            read_at = read.get(key)
            return canary.canary_due(read_at and read_at.replace(tzinfo=timezone.utc), now)

        return self._canary_keys().filtered(lambda key: every or due(key))

    def _canaries_over(self):
        """Return the proofs of keys that are destroyed: their objects prove nothing any more."""
        return self.sudo().canary_ids.filtered(lambda one: one.key_id.state == "destroyed")

    # Steps of the operation

    @api.private
    def _step_canaries(self):
        """Return which keys are to be proven, and where their object has to be put first."""
        self.ensure_one()
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context.get("saas_job_id"))
        due = self._canaries_due((job_sudo.spec or {}).get("every"))
        return {
            "canaries": [
                {
                    "tenant": key.tenant_id._backup_uuid(),
                    "key": key.key_id,
                    "write": self._canary_is_to_be_put(key),
                }
                for key in due
            ],
            "over": [
                {"tenant": row.tenant_id._backup_uuid(), "key": row.key_id.key_id}
                for row in self._canaries_over()
            ],
        }

    def _canary_is_to_be_put(self, key):
        """Tell whether nobody put it yet, or what was lost with it is known to be whole again.

        One that is missing is put again only when no backup lies there that it stands for, or all
        of one was read since: else the loss would not be seen for longer than a day.
        """
        row_sudo = self.sudo().canary_ids.filtered(lambda one: one.key_id == key)
        if not row_sudo.written_at:
            return True
        if row_sudo.outcome != canary.MISSING:
            return False
        there = [("key_id", "=", key.id), ("target_id", "=", self.id), ("state", "in", RESTORABLE)]
        backups_sudo = self.env["saas.backup"].sudo().search(there)
        since = [("backup_id", "in", backups_sudo.ids), ("at", ">", row_sudo.read_at)]
        since += [("outcome", "=", "passed"), ("level", "!=", "0")]
        read = self.env["saas.backup.check"].sudo().search_count(since, limit=1)
        return not backups_sudo or bool(read)

    @api.private
    def _step_canaries_told(self, readings):
        """Note what the readings said: `key`, `outcome`, and whether it was `written` before."""
        self.ensure_one()
        rows, told = self.env["saas.backup.canary"], {one["key"]: one for one in readings}
        for key_sudo in self.env["saas.backup.key"].sudo().search([("key_id", "in", list(told))]):
            if told[key_sudo.key_id]["written"]:
                rows._written(key_sudo, self)
            rows._told(key_sudo, self, told[key_sudo.key_id]["outcome"])

    @api.private
    def _step_canaries_gone(self, keys):
        """Forget the proofs whose objects were removed."""
        self._canaries_over().filtered(lambda one: one.key_id.key_id in keys).unlink()

    @api.private
    def _step_canaries_unanswered(self):
        """Note that the target gave no answer, which proves nothing: what did not open stays so."""
        self.ensure_one()
        bad_sudo = self.sudo().canary_ids.filtered("is_fatal").key_id
        for key in self._canaries_due() - bad_sudo:
            self.env["saas.backup.canary"]._told(key, self, canary.UNREACHABLE)


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.private
    def _backup_key_hindrance(self, target, key=None):
        """Return why a restore from a target would fail before it is begun, in a few words, empty
        when nothing speaks against it; about one key, or about all of the tenant that are kept.
        """
        self.ensure_one()
        wanted = [("tenant_id", "=", self.id), ("target_id", "=", target.id)]
        wanted += [("key_id", "=", key.id)] if key else [("key_id.state", "!=", "destroyed")]
        fatal_sudo = self.env["saas.backup.canary"].sudo().search(wanted).filtered("is_fatal")[:1]
        if not fatal_sudo:
            return ""
        outcomes = dict(fatal_sudo._fields["outcome"]._description_selection(self.env))
        return self.env._(
            "daily proof of key %(key)s on %(target)s: %(outcome)s",
            key=fatal_sudo.key_id.key_id,
            target=target.name,
            outcome=outcomes[fatal_sudo.outcome],
        )
