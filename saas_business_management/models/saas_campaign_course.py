"""The course of a campaign: the one writer of its state, and its buttons.

Owns: `_fire`, what each move brings along. Does not own: the table
(`kernel/migration/campaign.py`), what runs by itself (`saas_campaign_drive.py`), the dialog that
rolls back (`wizards/saas_campaign_stop.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import Refused
from ..kernel.migration import campaign, wave
from .saas_campaign_tenant import AT_WORK

TODO_ACTIVITY = "mail.mail_activity_data_todo"
# The kind of approval that a start may need.
START = "start_wave"
ADMINISTRATORS = "saas_business_management.group_saas_admin"


class SaasCampaign(models.Model):
    _inherit = "saas.campaign"

    @api.private
    def _fire(self, event, reason=""):
        """Let an event happen: state, moments, audit log. Return the state."""
        self.ensure_one()
        self.lock_for_update()
        try:
            target = campaign.decide(self.state, event, self._facts(reason))
        except Refused as error:
            raise UserError(messages.text(self.env, error)) from None
        now = fields.Datetime.now()
        vals = {"state": target, "halt_reason": False, "waits": False, "wake_at": False}
        if event == "start":
            vals |= {"started_at": now, "wave_now": 1}
        if target in campaign.OVER:
            vals["ended_at"] = now
        self._put_course(vals)
        self.env["saas.audit.entry"]._note(f"campaign_{event}", self, (reason or "")[:200])
        return target

    def _facts(self, reason=""):
        lines = self.line_ids
        rehearsed = lines.rehearsal_id
        return campaign.Facts(
            is_operator=self.env.su or self.env["saas.campaign"].has_access("write"),
            is_administrator=self.env.su or self.env.user.has_group(ADMINISTRATORS),
            reason=(reason or "").strip(),
            has_tenants=bool(self._chosen()) if self.state in campaign.STATES[:3] else bool(lines),
            has_ready=any(line.stage == wave.TODO for line in lines),
            is_rehearsed=bool(rehearsed) and all(one.state == "done" for one in rehearsed),
            needs_rehearsal=self.needs_rehearsal,
            is_rehearsing=self._is_rehearsing(),
        )

    @api.private
    def _is_rehearsing(self):
        return any(one.state in AT_WORK for one in self.line_ids.rehearsal_id.sudo())

    @api.private
    def _check_going_on(self):
        """Raise unless something can still be changed about its tenants."""
        self.ensure_one()
        if self.state in (campaign.DRAFT, *campaign.OVER):
            raise UserError(self.env._("This campaign is over, or has not begun its preflight."))

    @api.model
    @api.private
    def _look_soon(self):
        """Have campaigns looked at as soon as this transaction is committed."""
        self.env.ref("saas_business_management.ir_cron_campaign").sudo()._trigger()

    # Buttons

    def action_check(self):
        """Look at every tenant: what stands in the way, what to think of; plan the waves."""
        for one in self._for_operators():
            one._fire("check")
            one.sudo()._take_tenants()
        return True

    def action_change(self):
        """Back to draft, to change the terms."""
        for one in self._for_operators():
            one._fire("change")
            one.sudo().line_ids._drop()
            one.sudo().wave_ids._drop()
        return True

    def action_rehearse(self):
        """Upgrade copies of a sample of tenants, which send nothing and are dropped."""
        for one in self._for_operators():
            one._look_at(one.line_ids)
            one._fire("rehearse")
            one.sudo()._begin_rehearsal()
        return True

    def action_start(self):
        """Begin with the canaries, as soon as their windows allow."""
        for one in self._for_operators():
            one.lock_for_update()
            if one._waits_for_approval():
                return one._ask_approval()
            one._look_at(one.line_ids)
            one._fire("start")
            self.env["saas.approval"]._is_granted(one, START, size=one._largest_wave())
            one.sudo()._hold()
            one.sudo()._tell_planned()
            one._look_soon()
        return True

    def action_start_wave(self):
        """Begin the next wave now, without waiting for the rest of the pause."""
        for one in self._for_operators():
            one.lock_for_update()
            if one.state != campaign.RUNNING or not one.rests_since:
                raise UserError(
                    self.env._("No wave waits to be started. The one before it is not through yet.")
                )
            one.sudo()._go_to_wave(one.next_wave)
            one._look_soon()
        return True

    def action_pause(self):
        """Begin no more tenants; those under way go on to their end."""
        for one in self._for_operators():
            one._fire("pause")
        return True

    def action_resume(self):
        """Go on; setbacks up to now no longer count towards the number to stop after."""
        for one in self._for_operators():
            one._look_at(one.line_ids.filtered(lambda line: line.stage == wave.BLOCKED))
            one._fire("resume")
            one._put_course({"forgiven": one.setback_count})
            one.activity_feedback([TODO_ACTIVITY])
            one._look_soon()
        return True

    def action_check_again(self):
        """Look once more at tenants that are blocked."""
        for one in self._for_operators():
            one._check_going_on()
            one._look_at(one.line_ids.filtered(lambda line: line.stage == wave.BLOCKED))
            one._look_soon()
        return True

    def action_stop(self):
        """End it: tenants that have not begun are left out, those under way go on to their end."""
        for one in self._for_operators():
            one._fire("stop")
            one.sudo()._let_go()
        return True

    def action_stop_and_roll_back(self):
        """Ask how many are rolled back, and why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Stop and Roll Back"),
            "res_model": "saas.campaign.stop",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_campaign_id": self.id},
        }

    # A second person

    def _largest_wave(self):
        return max(self.wave_ids.mapped("tenant_count"), default=0)

    def _waits_for_approval(self):
        """Tell whether a second person has to approve waves of this size first."""
        may = campaign.possible_events(self.state, self._facts())
        approvals = self.env["saas.approval"]
        return "start" in may and approvals._waits(self, START, size=self._largest_wave())

    def _ask_approval(self):
        """Ask for it, and say so; nothing starts."""
        reason = self.env._(
            "%(campaign)s: %(count)s tenants in %(waves)s waves",
            campaign=self.name,
            count=self.todo_count,
            waves=self.wave_count,
        )
        self.env["saas.approval"]._ask(self, START, reason)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "A second person has to approve waves of this size. They were asked; start "
                    "again when it is approved."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _for_operators(self):
        self.check_access("write")
        return self

    # What moves bring along

    def _hold(self):
        """Let no other campaign take these tenants."""
        ready = self.line_ids.filtered(lambda line: line.stage == wave.TODO)
        ready._put({"holds": True})

    def _let_go(self):
        """Leave out what has not begun, and let others have what is not under way."""
        self.line_ids.filtered(lambda line: not line.upgrade_id)._put({"is_left_out": True})
        self._release()
        self.activity_feedback([TODO_ACTIVITY])

    def _release(self):
        at_work = (wave.UPDATING, wave.WATCHING)
        held = self.line_ids.filtered("holds")
        held.filtered(lambda line: line.stage not in at_work and not line.goes_back)._put(
            {"holds": False}
        )

    @api.private
    def _to_roll_back(self):
        """Return the lines whose tenants can go back to the version before, or soon can."""
        return self.line_ids.filtered(
            lambda line: line.stage == wave.UPDATING or line.upgrade_id.can_undo
        )

    @api.private
    def _cannot_go_back(self):
        """Return the lines whose tenants were upgraded and whose time to go back is over."""
        through = self.line_ids.filtered(lambda line: line.stage in (wave.DONE, wave.WATCHING))
        return through - self._to_roll_back()

    @api.private
    def _stop_and_roll_back(self, reason):
        """Stop; have every tenant that can brought back to the version before."""
        self.ensure_one()
        self._fire("roll_back", reason)
        back = self.sudo()._to_roll_back()
        back._put({"goes_back": True, "back_reason": reason})
        self.sudo()._let_go()
        self.sudo()._go_back()
        self._look_soon()
        return back

    def _go_back(self):
        """Order the way back for each that is to go and can by now; others wait for the end of
        what they are in.
        """
        for line in self.line_ids.filtered("goes_back"):
            if line.stage in (wave.DONE, wave.WATCHING):
                line._order_way_back()
            elif line.stage != wave.UPDATING:
                line._put({"goes_back": False})
