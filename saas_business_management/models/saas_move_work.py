"""Moves at work: what the steps of their operations ask and note.

Owns: the link from an operation to its move, the steps, the switch, how long the source is kept.
Does not own: the row (`saas_move.py`), what a tenant takes along (`saas_tenant_move.py`), what is
done outside (`jobs/`).
"""

from datetime import timedelta

from odoo import api, fields, models

from ..const import MOVE_UNDO_DAYS
from ..kernel.errors import Refused
from ..kernel.migration import move, move_fit


class SaasJob(models.Model):
    _inherit = "saas.job"

    tenant_move_id = fields.Many2one(
        "saas.move", readonly=True, index="btree_not_null", ondelete="restrict", string="Move"
    )

    @api.private
    def _destination_spec(self):
        """Return the spec of the cluster that a move leads to, None when this is none."""
        destination_sudo = self.sudo().tenant_move_id.destination_id
        return destination_sudo._to_spec() if destination_sudo else None


class SaasMove(models.Model):
    _inherit = "saas.move"

    @api.model
    @api.private
    def _undo_days(self):
        """Return for how many days a move can be taken back."""
        told = self.env["ir.config_parameter"].sudo().get_param("saas.move_undo_days") or ""
        return int(told) if told.isdecimal() else MOVE_UNDO_DAYS

    # Steps of a move

    @api.private
    def _step_begin(self, fence):
        """Reserve a name at the destination, when the tenant may still move there.

        Raises: Refused (`kernel/migration/move_fit.py`).
        """
        tenant = self.tenant_id
        if not self.database_id:
            self._check_again()
            self._put({"database_id": tenant._reserve_elsewhere(self.destination_id, fence).id})
        return self._facts()

    def _check_again(self):
        wish = self.tenant_id._move_wish(
            self.destination_id,
            reason=self.reason,
            region_agreed=True,
            outside_window=True,
            job=self.env.context.get("saas_job_id"),
        )
        for hindrance in move_fit.hindrances(wish):
            raise hindrance

    def _facts(self):
        """Return what steps know of both ends."""
        tenant_sudo = self.tenant_id.sudo()
        source_sudo, copy_sudo = self.source_database_id.sudo(), self.database_id.sudo()
        return {
            "database": source_sudo.name,
            "generation": source_sudo.generation,
            "login": source_sudo.generation,
            "copy": copy_sudo.name,
            "copy_generation": copy_sudo.generation,
            "open": tenant_sudo._is_serving(),
            **tenant_sudo._address_at(self.destination_id),
        }

    @api.private
    def _step_forget_copy(self):
        """Nothing is left of what was made at the destination."""
        copy_sudo = self.database_id.sudo()
        if copy_sudo:
            self._put({"database_id": False})
            copy_sudo._step_forget()

    @api.private
    def _step_allowed(self, names):
        """Return what the destination offers (module → version), and which of these modules nobody
        approved there.
        """
        here = [("cluster_id", "=", self.destination_id.id)]
        modules_sudo = self.env["saas.module"].sudo().search(here)
        offered = {one.technical_name: one.version or "" for one in modules_sudo}
        approvals_sudo = self.env["saas.module.approval"].sudo()
        unapproved = approvals_sudo._missing(self.destination_id, names)
        return {"offered": offered, "unapproved": unapproved}

    @api.private
    def _step_freeze(self):
        """Have nodes answer that the tenant is away for a moment."""
        if not self.tenant_id.swapping:
            self._put({"frozen_at": fields.Datetime.now(), "opened_at": False})
            if self.state == move.COPYING:
                self._put({"state": move.FROZEN})
            self.tenant_id.sudo()._set_swapping(True)

    @api.private
    def _step_thaw(self):
        """Have visitors let in again where they were."""
        if self.state == move.FROZEN:
            self._put({"state": move.COPYING})
        self.tenant_id.sudo()._set_swapping(False)

    @api.private
    def _step_keep_marks(self, marks):
        """Keep what tells later whether the destination was written to."""
        self._put({"marks": {**(self.marks or {}), **marks}})

    @api.private
    def _step_switch(self, oid):
        """The destination is the tenant from here on: one transaction, the point of no return."""
        if self.state in (move.SWITCHED, move.DONE):
            return
        tenant_sudo = self.tenant_id.sudo()
        self.database_id.sudo().write({"stage": "claimed", "oid": oid})
        self._put({"state": move.SWITCHED, "point_of_no_return_at": fields.Datetime.now()})
        tenant_sudo._live_at(self.destination_id, self.database_id)
        self._told("moved", "move_switched")

    @api.private
    def _step_arrive(self):
        """Let visitors in where the tenant is now."""
        self._put({"opened_at": fields.Datetime.now()})
        self.tenant_id.sudo()._set_swapping(False)

    @api.private
    def _step_done(self, told):
        """Note how long it took, and until when it can be taken back."""
        if self.state == move.DONE:
            return
        now = fields.Datetime.now()
        ahead, rest, carried = (told[name] or {} for name in ("ahead", "rest", "carried"))
        self._put(
            {
                "state": move.DONE,
                "ended_at": now,
                "seconds": (now - self.started_at).total_seconds(),
                "outage_seconds": self._outage(now),
                "undo_until": now + timedelta(days=self._undo_days()),
                "files": rest.get("files", 0),
                "files_ahead": ahead.get("copied", 0),
                "tables": carried.get("tables", 0),
                "rows": carried.get("rows", 0),
                "sessions_ended": told["ended"] or 0,
                "report": told,
            }
        )
        self.tenant_id.sudo()._settle_in()
        self._told("move_done", "move_done")

    def _outage(self, now):
        """Return the seconds from the freeze until the page was seen; a closed tenant has none."""
        if not self.tenant_id.sudo()._is_serving() or not self.frozen_at:
            return 0.0
        return (now - self.frozen_at).total_seconds()

    @api.private
    def _step_failed(self):
        """Everything is as it was; the operation says why."""
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context["saas_job_id"])
        self._put(
            {
                "state": move.FAILED,
                "ended_at": fields.Datetime.now(),
                "error_code": job_sudo.error_code,
                "error_text": job_sudo.error_text or job_sudo.error_code,
            }
        )
        self._told("move_failed", "move_failed")

    def _told(self, event, action):
        facts = {"from": self.source_id.key, "to": self.destination_id.key}
        self.tenant_id._journal(event, self.reason or "", facts=facts)
        self.env["saas.audit.entry"]._note(action, self.tenant_id, self.reason or "", **facts)

    # Steps of an undo

    @api.private
    def _step_undo_begin(self):
        """Return both ends as they stand.

        Raises: Refused (`move_undo_missing`).
        """
        source_sudo = self.source_database_id.sudo()
        there = self.tenant_id.sudo().database_id == self.database_id.sudo()
        if self.state != move.DONE or source_sudo.stage != "ready" or not there:
            raise Refused("move_undo_missing")
        # Where it goes back to it may have another address.
        return {**self._facts(), **self.tenant_id.sudo()._address_at(self.source_id)}

    @api.private
    def _step_marks(self):
        return {"marks": self.marks or {}}

    @api.private
    def _step_switch_back(self):
        """The source is the tenant again."""
        if self.state == move.UNDONE:
            return
        tenant_sudo = self.tenant_id.sudo()
        tenant_sudo._live_at(self.source_id, self.source_database_id)
        self.source_database_id.sudo().write({"kind": "tenant", "stage": "claimed"})
        self._put({"state": move.UNDONE})
        self._told("move_undone", "move_undone")

    @api.private
    def _step_undone(self):
        """Have what lies at the destination dropped."""
        now = fields.Datetime.now()
        self._put({"ended_at": now, "undo_until": False, "outage_seconds": self._outage(now)})
        self.tenant_id.sudo()._settle_in()
        self.database_id.sudo()._enqueue_drop()

    @api.private
    def _step_undo_failed(self):
        """The destination is still the tenant; the operation says why."""

    @api.model
    def _cron_forget_sources(self):
        """Have sources dropped whose time to be put back is over."""
        over = [
            *(
                ("source_database_id.kind", "=", "moved"),
                ("source_database_id.stage", "=", "ready"),
            ),
            *(("state", "=", move.DONE), ("undo_until", "<=", fields.Datetime.now())),
        ]
        for one in self.search(over):
            if not one.tenant_id._restore_busy():
                one.source_database_id._enqueue_drop()
