"""Restores at work: what the steps of their operations ask and note.

Owns: the link from an operation to its restore, the steps, for how long an undo is possible. Does
not own: its row (`saas_restore.py`), the steps of the exchange (`saas_swap.py`), what is done
outside (`jobs/`).
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..const import RESTORE_UNDO_DAYS
from ..kernel.backup import restore
from ..kernel.errors import Refused, SaasError

# What a restore reads stays at least as long as it may take.
PROMISED = timedelta(days=2)


class SaasJob(models.Model):
    _inherit = "saas.job"

    restore_id = fields.Many2one(
        "saas.restore", readonly=True, index="btree_not_null", ondelete="restrict", string="Restore"
    )


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    # For the API and programs; people have the dialog

    def action_restore_copy(self, name, subdomain, what="all", sandbox=False, note="", until=False):
        """Bring a backup back as a tenant of its own; return the id of the restore. `until` is the
        last day of a sandbox.
        """
        where = restore.SANDBOX if sandbox else restore.COPY
        return self._restore_or_say(where, what, note, name=name, subdomain=subdomain, until=until)

    def action_restore_in_place(self, typed, note, what="all"):
        """Bring a backup back into its tenant, whose subdomain is `typed`; return the id of the
        restore.
        """
        return self._restore_or_say(restore.IN_PLACE, what, note, typed=typed)

    def _restore_or_say(self, where, what, note, **more):
        self.ensure_one()
        restores = self.env["saas.restore"]
        try:
            return restores._order_restore(self, where, what, reason=note, **more).id
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None


class SaasRestore(models.Model):
    _inherit = "saas.restore"

    @api.model
    @api.private
    def _undo_days(self):
        """Return for how many days a restore can be taken back."""
        told = self.env["ir.config_parameter"].sudo().get_param("saas.restore_undo_days") or ""
        return int(told) if told.isdecimal() else RESTORE_UNDO_DAYS

    # Steps

    @api.private
    def _step_begin(self, fence):
        """Return what is brought back where, when that is still possible.

        Raises: Refused (`kernel/backup/restore.py`).
        """
        tenant = self.into_id
        wish = tenant._restore_wish(
            self.backup_id,
            self.where,
            self.what,
            typed=tenant.subdomain,
            reason=self.reason,
            job=self.env.context.get("saas_job_id"),
        )
        for hindrance in restore.hindrances(wish):
            raise hindrance
        self.backup_id.sudo()._promise(fields.Datetime.now() + PROMISED)
        return {**self._live_facts(), **self._source_facts()}

    def _live_facts(self):
        return {**super()._live_facts(), "base_url": self.into_id.sudo().url}

    @api.private
    def _source_facts(self):
        """Return what steps know of the backup."""
        return {
            "source": self.backup_id.sudo()._step_place(),
            "what": self.what,
            "where": self.where,
        }

    @api.private
    def _step_order_safety(self):
        """Have the tenant backed up as it is, once, to where the backup lies, unless its policy
        does without."""
        if not self.safety_id and self.into_id.sudo()._wants_safety():
            target_sudo = self.backup_id.sudo().target_id
            made_sudo = self.into_id.sudo()._order_backup("safety", target_sudo, priority=3)
            self._put({"safety_id": made_sudo.id})

    @api.private
    def _step_safety(self):
        if not self.safety_id and not self.into_id.sudo()._wants_safety():
            return {"state": "stored"}
        return {"state": self.safety_id.sudo().state}

    @api.private
    def _step_done(self, tables=0, rows=0, files=0, out="", out_oid=0):
        """Note what came back, and until when it can be taken back."""
        if self.state == "done":
            return
        now = fields.Datetime.now()
        told = {
            "state": "done",
            "finished_at": now,
            "seconds": (now - self.started_at).total_seconds(),
            "tables": tables or 0,
            "rows": rows or 0,
            "files": files or 0,
        }
        if out:
            until = now + timedelta(days=self._undo_days())
            told |= {"kept_id": self._keep(out, out_oid).id, "undo_until": until}
            self.safety_id.sudo()._promise(until)
        self._put(told)
        self._told("restored", "restore_done")
        self.into_id._tell("restored")

    @api.private
    def _step_failed(self):
        """Everything is as it was; the operation says why."""
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context["saas_job_id"])
        self._put(
            {
                "state": "failed",
                "finished_at": fields.Datetime.now(),
                "error_text": job_sudo.error_text or job_sudo.error_code,
            }
        )
        self._told("restore_failed", "restore_failed")

    def _told(self, event, action):
        facts = {"backup": self.backup_id.uuid, "where": self.where, "what": self.what}
        self.into_id._journal(event, self.reason or "", facts=facts)
        self.env["saas.audit.entry"]._note(action, self.into_id, self.reason or "", **facts)

    @api.private
    def _step_undo_begin(self):
        """Return what is put back in place.

        Raises: Refused (`restore_undo_missing`).
        """
        kept_sudo = self.kept_id.sudo()
        if kept_sudo.stage != "ready":
            raise Refused("restore_undo_missing")
        return {**self._live_facts(), "copy": kept_sudo.name, "copy_oid": kept_sudo.oid}

    @api.private
    def _step_undone(self, out, out_oid):
        """Note that it was taken back, or, the second time, that it counts again."""
        if self.kept_id.sudo().name == out:
            return
        self.kept_id.sudo().stage = "dropped"
        undone = self.state == "done"
        state = "undone" if undone else "done"
        self._put({"state": state, "kept_id": self._keep(out, out_oid).id})
        event = "restore_undone" if undone else "restored"
        self._told(event, "restore_undone" if undone else "restore_done")

    @api.private
    def _step_undo_failed(self):
        """What was restored is still in place; the operation says why."""

    @api.model
    def _cron_forget_kept(self):
        """Have databases dropped whose time to be put back is over."""
        over = [("kept_id.stage", "=", "ready"), ("undo_until", "<=", fields.Datetime.now())]
        for one in self.search(over):
            if not one.into_id._restore_busy():
                one.kept_id._enqueue_drop()
