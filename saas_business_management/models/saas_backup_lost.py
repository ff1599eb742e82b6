"""Backups that a target lost: deleted by hand, or found missing there; many in a day are an alert.

Owns: when a backup was lost, counting them, the alert of a target. Does not own: how many are many
(`kernel/backup/alert.py`), telling people (`saas_backup_alert.py`), finding what is missing
(`saas_backup_target_audit.py`).

What the rule of retention lets go is never counted here.
"""

from datetime import timezone

from odoo import api, fields, models

from ..kernel.backup import alert
from .saas_backup import RESTORABLE


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    removed_at = fields.Datetime(
        readonly=True,
        string="Deleted by Hand",
        index="btree_not_null",
        help="When a person had it deleted, or its key destroyed; none: the policy let it go.",
    )
    lost_at = fields.Datetime(
        readonly=True,
        string="Found Missing",
        index="btree_not_null",
        help="When it was first found that the target no longer holds all of it.",
    )

    @api.private
    def _removed(self):
        """Write down that a person takes these away; many of them are told at once."""
        self._put({"removed_at": fields.Datetime.now()})
        self.env["saas.backup.alert"]._look_soon()

    @api.private
    def _delete_by_hand(self, why):
        ordered = super()._delete_by_hand(why)
        self._removed()
        return ordered

    @api.model
    def _lost_of(self, target, since):
        """Return the backups on a target that were lost after an instant."""
        here = [("target_id", "=", target.id)]
        return self.sudo().search([*here, "|", ("removed_at", ">", since), ("lost_at", ">", since)])


class SaasBackupKey(models.Model):
    _inherit = "saas.backup.key"

    def _destroy(self, why):
        unreadable_sudo = self.sudo().backup_ids.filtered(lambda one: one.state in RESTORABLE)
        done = super()._destroy(why)
        if unreadable_sudo:
            unreadable_sudo._removed()
        return done


class SaasBackupTarget(models.Model):
    _inherit = "saas.backup.target"

    @api.private
    def _step_audit_told(self, found, counts, missing=()):
        """Also note which backups lack something: `missing` are their uuids, and all of them."""
        done = super()._step_audit_told(found, counts)
        backups_sudo = self.env["saas.backup"].sudo()
        here = [("target_id", "=", self.id), ("state", "in", RESTORABLE)]
        lacking = [*here, ("uuid", "in", [*missing]), ("key_id.state", "!=", "destroyed")]
        new_sudo = backups_sudo.search([*lacking, ("lost_at", "=", False)])
        back = [*here, ("uuid", "not in", [*missing]), ("lost_at", "!=", False)]
        backups_sudo.search(back)._put({"lost_at": False})
        if new_sudo:
            new_sudo._put({"lost_at": fields.Datetime.now()})
            self.env["saas.backup.alert"]._look_soon()
        return done

    def _lost_text(self, told):
        """Return in words how many backups it lost within a day, None unless these are many.

        `told` says that an alert of it is open.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        lost_sudo = self.env["saas.backup"]._lost_of(self, now - alert.LOST_WITHIN)
        aware = now.replace(tzinfo=timezone.utc)
        # One that was deleted after it was found missing is one, by its newest loss.
        at = [max(filter(None, (one.removed_at, one.lost_at))) for one in lost_sudo]
        lately = alert.lost_lately([one.replace(tzinfo=timezone.utc) for one in at], aware)
        here = [("target_id", "=", self.id), ("state", "in", RESTORABLE)]
        left = [*here, ("id", "not in", lost_sudo.ids)]
        stood = len(lost_sudo) + self.env["saas.backup"].sudo().search_count(left)
        if not alert.are_many_lost(lately, stood, told=told):
            return None
        removed = len(lost_sudo.filtered(lambda one: one.removed_at))
        return self.env._(
            "Of %(stood)s backups, %(removed)s were deleted by hand within a day and %(missing)s "
            "found missing on the target.",
            stood=stood,
            removed=removed,
            missing=len(lost_sudo) - removed,
        )


class SaasBackupAlert(models.Model):
    _inherit = "saas.backup.alert"

    @api.model
    def _held(self):
        held = super()._held()
        since = fields.Datetime.now() - alert.LOST_WITHIN
        lately = ["|", ("removed_at", ">", since), ("lost_at", ">", since)]
        groups = self.env["saas.backup"].sudo()._read_group(lately, ["target_id"])
        open_sudo = self.sudo().search([("ended_at", "=", False)])
        told = open_sudo.filtered(lambda row: row.event == alert.BACKUPS_LOST).target_id
        for (target,) in groups:
            text = target._lost_text(target in told)
            if text:
                held[False, alert.BACKUPS_LOST, target.id] = {"text": text}
        return held
