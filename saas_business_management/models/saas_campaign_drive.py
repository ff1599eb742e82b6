"""What brings a campaign on: beginning tenants, waves, stopping by itself, its end.

Owns: reading how things stand, doing the step that the kernel says. Does not own: the step
(`kernel/migration/wave.py`), upgrades. Nothing is remembered but the rows, and what is begun is
begun in one transaction with its operation: after a crash it goes on where the rows stand.
"""

from dataclasses import replace
from datetime import timedelta, timezone

from odoo import api, fields, models

from ..kernel.migration import campaign, wave
from .saas_campaign_course import TODO_ACTIVITY

_BAD = ("failed", "rolled_back", "cancelled")


class SaasCampaign(models.Model):
    _inherit = "saas.campaign"

    @api.model
    def _cron_drive(self):
        """Bring every campaign on by one step; each in a transaction of its own."""
        for one in self._to_drive():
            if one.try_lock_for_update():
                one._drive()
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _to_drive(self):
        """Return campaigns something may have to be done for."""
        going = (campaign.PREFLIGHT, *campaign.HOLDING)
        held = [("line_ids.holds", "=", True), ("state", "in", campaign.OVER)]
        return self.sudo().search(["|", ("state", "in", going), "&", *held], order="id")

    @api.private
    def _drive(self):
        """Do what is due now. May run again at any time."""
        self.ensure_one()
        if self.state == campaign.PREFLIGHT:
            self._judge_rehearsal()
        elif self.state == campaign.RUNNING:
            self._go_on()
        elif self.state in campaign.OVER:
            self._go_back()
            self._release()
        if self.state != campaign.PREFLIGHT:
            self._tell_results()

    # Rehearsal

    def _judge_rehearsal(self):
        """Note that the rehearsal is over, once; what failed is for a person."""
        rehearsed = self.line_ids.rehearsal_id
        if not rehearsed or self._is_rehearsing() or self.halt_reason:
            return
        failed = self.line_ids.filtered(lambda line: line.rehearsal_id.state in _BAD)
        if not failed and all(one.state == "done" for one in rehearsed):
            self._fire("pass")
            return
        self._put_course(
            {
                "halt_reason": self.env._(
                    "The rehearsal failed for %(tenants)s. Mend it, or take the tenant out; then "
                    "rehearse again.",
                    tenants=", ".join(failed.tenant_id.mapped("name")) or "—",
                )
            }
        )
        self._ask_person(self.halt_reason)

    # Running

    def _go_on(self, passed=frozenset()):
        """Do the next step; `passed` are tenants whose turn it was and that another operation holds
        for now.
        """
        now = fields.Datetime.now()
        items = [
            replace(one, opens_at=None) if one.key in passed else one for one in self._items(now)
        ]
        step = wave.next_step(items, self._terms(), self._course(), _aware(now))
        if passed and step.waits == "window":
            step = replace(step, waits="busy")
        if step.halt:
            self._halt()
        elif step.finish:
            self._finish()
        elif step.wave > self.wave_now:
            self._go_to_wave(step.wave)
            self._go_on()
        else:
            self._note_step(step, now)
            if busy := self._begin(self.line_ids.browse(step.begin)):
                self._go_on(passed | {*busy.ids})

    def _items(self, now):
        """Return how each tenant stands; windows are asked for in the waves at hand alone."""
        items = []
        for line in self.line_ids:
            opens_at = None
            if line.stage == wave.TODO and line.wave_number <= self.wave_now:
                opens_at = self._opens_at(line)
                if opens_at != line.opens_at:
                    line._put({"opens_at": opens_at})
            items.append(wave.Item(line.id, line.wave_number, line.stage, _aware(opens_at)))
        return items

    def _terms(self):
        pause = timedelta(minutes=self.pause_minutes)
        return wave.Terms(self.at_once, self.stop_after, pause, self.by_itself)

    def _course(self):
        return wave.Course(self.wave_now, _aware(self.rests_since), self.forgiven)

    def _note_step(self, step, now):
        """Write down for what it waits, and that the wave is through."""
        self._put_course(
            {"waits": step.waits or False, "wake_at": _naive(step.until) if step.until else False}
        )
        if step.rests:
            self._put_course({"rests_since": now})
            if self.by_itself:
                self._put_course({"wake_at": now + timedelta(minutes=self.pause_minutes)})
            else:
                self._put_course({"waits": "person"})
                self._ask_person(
                    self.env._(
                        "Wave %(done)s is through. Start wave %(next)s when all is well.",
                        done=self.wave_now,
                        next=self.next_wave,
                    )
                )

    @api.private
    def _go_to_wave(self, number):
        self._put_course({"wave_now": number, "rests_since": False, "waits": False})
        self.activity_feedback([TODO_ACTIVITY])

    def _begin(self, lines):
        """Order the upgrade of each, unless something stands in the way by now; return those that
        did not begin.
        """
        self._look_at(lines)
        for line in lines.filtered(lambda one: one.stage == wave.TODO):
            made = self._order_upgrade(line)
            if not made:
                continue
            line._put({"upgrade_id": made.id, "opens_at": False})
            if line.wave_id and not line.wave_id.started_at:
                line.wave_id._put({"started_at": fields.Datetime.now()})
        return lines.filtered(lambda one: not one.upgrade_id)

    def _halt(self):
        self._fire("halt")
        reason = self.env._(
            "Stopped after %(count)s tenants that failed or were rolled back. Look why, then "
            "resume, or stop and roll back.",
            count=self.setback_count - self.forgiven,
        )
        self._put_course({"halt_reason": reason})
        self._ask_person(reason)
        self._tell_webhooks("campaign.halted")

    def _finish(self):
        self._fire("finish")
        self._release()
        self.activity_feedback([TODO_ACTIVITY])
        self.message_post(
            body=self.env._(
                "%(done)s tenants were upgraded, %(bad)s failed or were rolled back, %(left)s were "
                "left out.",
                done=self.done_count,
                bad=self.setback_count,
                left=self.blocked_count + self.left_out_count,
            )
        )
        self._tell_webhooks("campaign.finished")

    def _ask_person(self, text):
        """Tell the owner that a person is needed."""
        self.message_post(body=text)
        self.activity_schedule(
            TODO_ACTIVITY, summary=text[:200], user_id=(self.owner_id or self.create_uid).id
        )


def _aware(at):
    return at.replace(tzinfo=timezone.utc) if at else None


def _naive(at):
    return at.astimezone(timezone.utc).replace(tzinfo=None)
