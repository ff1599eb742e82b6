"""The course of maintenance: announcing, changing, calling off, and what time brings about.

Owns: the one writer of the state, the next window of a weekly series. Does not own: the table
(`kernel/monitoring/maintenance.py`), the dialog (`wizards/saas_maintenance_notice.py`), mails.
"""

from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .. import messages
from ..kernel.errors import Refused
from ..kernel.monitoring import maintenance


class SaasMaintenance(models.Model):
    _inherit = "saas.maintenance"

    @api.private
    def _fire(self, event, reason=""):
        """Let an event happen: state, moments, whom it touched, audit log. Return the state."""
        self.ensure_one()
        self.lock_for_update()
        allowed = self.env.su or self.env["saas.maintenance"].has_access("write")
        facts = maintenance.Facts(allowed, reason, bool(self.published_at))
        try:
            target = maintenance.decide(self.state, event, facts)
        except Refused as error:
            raise UserError(messages.text(self.env, error)) from None
        now = fields.Datetime.now()
        vals = {"state": target}
        if target == maintenance.IN_PROGRESS and not self.begun_at:
            vals["begun_at"] = now
        if target in (maintenance.COMPLETED, maintenance.CANCELLED):
            touched = self._affected().ids
            vals |= {
                "ended_at": now,
                "is_frozen": True,
                "frozen_ids": [Command.set(touched)],
            }
        self._put_course(vals)
        self.env["saas.audit.entry"]._note(f"maintenance_{event}", self, reason[:200])
        if target == maintenance.COMPLETED and self.weekly:
            self._make_next()
        self.env["saas.status.period"]._judge(self._brands())
        return target

    # Announcing

    @api.private
    def _publish(self):
        """Tell customers of it."""
        self.ensure_one()
        if self.published_at or self.state != maintenance.SCHEDULED:
            raise UserError(self.env._("Customers were told of this already."))
        if self.end_at <= fields.Datetime.now():
            raise UserError(self.env._("This window is over already. Choose one that is to come."))
        if not self._affected():
            raise UserError(self.env._("It touches no tenant. Choose clusters, tenants, or all."))
        self._put_course({"published_at": fields.Datetime.now(), "to_tell": "announced"})
        self.env["saas.audit.entry"]._note("maintenance_announced", self, start=str(self.start_at))
        self._tell_soon()

    @api.private
    def _change(self, start_at, end_at, interruption, text):
        """Move or describe anew what was announced; notice counts from now when it moves.

        A window that only becomes shorter was told long enough ahead as before.
        """
        self.ensure_one()
        if self.state != maintenance.SCHEDULED or not self.published_at:
            raise UserError(self.env._("Only maintenance that was announced and waits can change."))
        before = (self.start_at, self.end_at)
        inside = before[0] <= start_at and end_at <= before[1]
        vals = {
            "start_at": start_at,
            "end_at": end_at,
            "interruption": interruption,
            "text": text,
            "to_tell": self.to_tell if self.to_tell == "announced" else "changed",
        }
        if not inside:
            vals["published_at"] = fields.Datetime.now()
        self._put_course(vals)
        told = {"before": [str(one) for one in before], "after": [str(start_at), str(end_at)]}
        self.env["saas.audit.entry"]._note("maintenance_changed", self, **told)
        self._tell_soon()

    @api.private
    def _cancel(self, reason):
        """Call it off; customers hear of it when they heard of the announcement."""
        self.ensure_one()
        self._fire("cancel", (reason or "").strip())
        self._put_course({"to_tell": "cancelled" if self.was_told else False})
        self._tell_soon()

    def _tell_soon(self):
        self.env.ref("saas_business_management.ir_cron_maintenance").sudo()._trigger()

    def _open_dialog(self, kind, title):
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "saas.maintenance.notice",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_maintenance_id": self.id, "default_kind": kind},
        }

    def action_publish(self):
        """Show whom it reaches, then announce it."""
        return self._open_dialog("announce", self.env._("Announce Maintenance"))

    def action_change(self):
        """Ask for the new window."""
        return self._open_dialog("change", self.env._("Change Maintenance"))

    def action_cancel(self):
        """Ask why."""
        return self._open_dialog("cancel", self.env._("Cancel Maintenance"))

    def action_begin(self):
        """Begin now."""
        return self._move("begin")

    def action_verify(self):
        """The work is done: look whether everything runs."""
        return self._move("verify")

    def action_go_on(self):
        """Something is left to do."""
        return self._move("go_on")

    def action_complete(self):
        """Everything runs."""
        return self._move("complete")

    def _move(self, event):
        self.check_access("write")
        for one in self:
            one._fire(event)
        return True

    # Time

    @api.model
    def _cron_course(self):
        """Begin what is due, end what is over, mail what waits; one after the other."""
        for one in self._due():
            one._by_time()
            self.env["ir.cron"]._commit_progress(1)
        for one in self._waiting_to_be_told():
            one._tell()
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _due(self):
        now = fields.Datetime.now()
        return self.sudo().search(
            [
                *("|", "|", "&", "&"),
                ("state", "=", "scheduled"),
                ("published_at", "!=", False),
                ("start_at", "<=", now),
                *("&", ("state", "=", "in_progress"), ("end_at", "<=", now)),
                *("&", "&", ("state", "=", "verifying"), ("by_itself", "=", True)),
                ("end_at", "<=", now),
            ],
            order="start_at, id",
        )

    @api.private
    def _by_time(self):
        """Move it as far as the clock says."""
        self.ensure_one()
        now = fields.Datetime.now()
        if self.state == maintenance.SCHEDULED and self.published_at and self.start_at <= now:
            self._fire("begin")
        if self.state == maintenance.IN_PROGRESS and self.end_at <= now:
            self._fire("verify")
        if self.state == maintenance.VERIFYING and self.by_itself and self.end_at <= now:
            self._fire("complete")

    # Every week

    def _make_next(self):
        """Make the next window of a weekly series that is to come; announced with the series."""
        first = self.series_id or self
        zone, number = ZoneInfo(self.tz), self.series_number + 1
        start = self._occurrence(first, number, zone)
        while start <= fields.Datetime.now():
            number += 1
            start = self._occurrence(first, number, zone)
        if self.repeat_until and self._local_date(start, zone) > self.repeat_until:
            return self.browse()
        made = self.copy({"start_at": start, "end_at": start + (first.end_at - first.start_at)})
        made._put_course(
            {
                "series_id": first.id,
                "series_number": number,
                "published_at": fields.Datetime.now(),
                "to_tell": "announced",
            }
        )
        return made

    @api.model
    def _occurrence(self, first, number, zone):
        start = first.start_at.replace(tzinfo=timezone.utc)
        return maintenance.occurrence(start, number, zone).replace(tzinfo=None)

    @api.model
    def _local_date(self, at, zone):
        return at.replace(tzinfo=timezone.utc).astimezone(zone).date()
