"""Upgrades at work: what the steps of their operations ask and note.

Owns: the link from an operation to its upgrade, the steps, for how long an undo is possible. Does
not own: its row (`saas_upgrade.py`), the steps of the exchange (`saas_swap.py`), what is done
outside (`jobs/`).
"""

from datetime import timedelta

from odoo import api, fields, models

from ..const import RESTORE_UNDO_DAYS
from ..kernel.errors import Refused
from ..kernel.migration import changes, preflight

WATCH_MINUTES = 10


class SaasJob(models.Model):
    _inherit = "saas.job"

    upgrade_id = fields.Many2one(
        "saas.upgrade", readonly=True, index="btree_not_null", ondelete="restrict", string="Upgrade"
    )


class SaasUpgrade(models.Model):
    _inherit = "saas.upgrade"

    @api.model
    def _number_setting(self, name, default):
        told = self.env["ir.config_parameter"].sudo().get_param(name) or ""
        return int(told) if told.isdecimal() else default

    # Steps

    @api.private
    def _step_begin(self, fence):
        """Return what is done to which database, when that is still possible.

        Raises: Refused (`kernel/migration/preflight.py`).
        """
        self._judge()
        return {
            "link": "upgrade",
            "rehearsal": self.rehearsal,
            "mode": self.mode,
            **self._live_facts(),
        }

    def _judge(self, **seen):
        job = self.env.context.get("saas_job_id")
        for blocker in preflight.blockers(self._wish(job, **seen)):
            raise blocker

    @api.private
    def _step_look(self, there, offered, database_bytes, free_bytes):
        """Return the change set for what was seen: `there` is name → [state, version].

        Raises: Refused (`kernel/migration/preflight.py`).
        """
        seen = {name: (state, number) for name, (state, number) in there.items()}
        self._judge(
            needed=sorted(self.to_version_id.sudo().modules or {}),
            offered=offered,
            dirty=changes.unfinished(seen),
            database_bytes=database_bytes,
            free_bytes=free_bytes,
        )
        former_sudo, wanted_sudo = self.from_version_id.sudo(), self.to_version_id.sudo()
        former = _version(former_sudo) if former_sudo else None
        change = changes.modules(seen, former, _version(wanted_sudo))
        was, will = former_sudo.spec or {}, wanted_sudo.spec or {}
        languages = sorted({*will.get("languages", ())} - {*was.get("languages", ())})
        return {
            "modules": sorted(name for name, row in seen.items() if row[0] == changes.INSTALLED),
            "change": {
                "install": list(change.install),
                "update": list(change.update),
                "remove": list(change.remove),
                "parameters": changes.parameters(
                    was.get("parameters", {}), will.get("parameters", {})
                ),
                "languages": languages,
                "checks": self.template_id.sudo()._upgrade_checks(),
            },
        }

    @api.private
    def _step_order_safety(self):
        """Have the tenant backed up as it is, once, unless its policy does without."""
        if not self.safety_id and self.tenant_id.sudo()._safety_backup_wanted("upgrade"):
            made_sudo = self.tenant_id.sudo()._order_backup("safety", priority=3)
            self._put({"safety_id": made_sudo.id})

    @api.private
    def _step_safety(self):
        if not self.safety_id:
            return {"state": "stored"}
        return {"state": self.safety_id.sudo().state}

    @api.private
    def _step_reopen(self, oid=0):
        """From the first time on that people are let into the new version there is no way back
        without a loss."""
        if oid:
            self._put({"opened_at": self.opened_at or fields.Datetime.now()})
        super()._step_reopen(oid)

    @api.private
    def _step_rehearsed(self, report):
        """Note how the rehearsal went."""
        if self.state == "running":
            self._end("done", report=report)

    @api.private
    def _step_done(self, report, outage, out, out_oid):
        """Note that the new version is in place, since when it is watched, until when it can be
        taken back."""
        if self.state != "running":
            return
        now = fields.Datetime.now()
        days = self._number_setting("saas.restore_undo_days", RESTORE_UNDO_DAYS)
        until = now + timedelta(days=days)
        kept_sudo = self._keep(out, out_oid)
        self.safety_id.sudo()._promise(until)
        tenant_sudo = self.tenant_id.sudo()
        tenant_sudo._set({"version_id": self.to_version_id.id})
        told = {
            "report": report,
            "seconds": self._took(),
            "outage_seconds": outage,
            "kept_id": kept_sudo.id,
            "undo_until": until,
        }
        self._told("upgraded", "upgrade_done")
        minutes = self._number_setting("saas.upgrade_watch_minutes", WATCH_MINUTES)
        if minutes and tenant_sudo._is_serving():
            self._put(
                {**told, "state": "watching", "watch_until": now + timedelta(minutes=minutes)}
            )
        else:
            self._end("done", **told)

    @api.private
    def _step_failed(self):
        """Everything is as it was; the operation says why."""
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context["saas_job_id"])
        told = {
            "failure_code": job_sudo.error_code,
            "failure_text": job_sudo.error_text or job_sudo.error_code,
        }
        if job_sudo.error_code == "operation_cancelled":
            self._end("cancelled", **told)
            return
        self._told("upgrade_failed", "upgrade_failed")
        self._end("rolled_back" if self.opened_at else "failed", **told)

    def _told(self, event, action):
        if self.rehearsal:
            return
        facts = {"version": self.to_version_id.display_name, "mode": self.mode}
        tenant_sudo = self.tenant_id.sudo()
        tenant_sudo._journal(event, self.reason or "", facts=facts)
        self.env["saas.audit.entry"]._note(action, tenant_sudo, self.reason or "", **facts)

    @api.private
    def _step_undo_begin(self):
        """Return what is put back in place.

        Raises: Refused (`upgrade_undo_missing`).
        """
        kept_sudo = self.kept_id.sudo()
        if kept_sudo.stage != "ready":
            raise Refused("upgrade_undo_missing")
        facts = {"link": "upgrade", "copy": kept_sudo.name, "copy_oid": kept_sudo.oid}
        return {**self._live_facts(), **facts}

    @api.private
    def _step_undone(self, out, out_oid):
        """Note that it was taken back; what was upgraded is kept as long as the other would have
        been."""
        if self.state == "rolled_back":
            return
        self.kept_id.sudo().stage = "dropped"
        self.tenant_id.sudo()._set({"version_id": self.from_version_id.id})
        self._told("upgrade_undone", "upgrade_undone")
        self._end("rolled_back", kept_id=self._keep(out, out_oid).id, failure_text=self.reason)

    @api.private
    def _step_undo_failed(self):
        """What was upgraded is still in place; the operation says why."""

    @api.model
    def _cron_forget_kept(self):
        """Have databases dropped whose time to be put back is over."""
        over = [("kept_id.stage", "=", "ready"), ("undo_until", "<=", fields.Datetime.now())]
        for one in self.search(over):
            if not one.tenant_id.sudo()._restore_busy():
                one.kept_id._enqueue_drop()


def _version(version):
    return changes.Version(
        named=(version.spec or {}).get("modules", ()),
        modules=version.modules or {},
        fingerprint=version.fingerprint or "",
    )
