"""What happens to a tenant by itself: foreseen, told beforehand, done.

Owns: the next move on the record, the cron that makes it. Does not own: dates
(`kernel/lifecycle/schedule.py`), the numbers (`saas_lifecycle_policy.py`), mails
(`saas_tenant_mail.py`).
"""

from datetime import timedelta

from odoo import api, fields, models

from .. import messages
from ..kernel.errors import Refused
from ..kernel.lifecycle import schedule
from ..kernel.lifecycle.states import SERVING
from ..kernel.lifecycle.states import SUSPEND as TRIAL_END_RULE

MOVES = [
    (schedule.TRIAL_ENDED, "Trial Ends"),
    (schedule.ARCHIVED, "Is Archived"),
    (schedule.DELETION_REQUESTED, "Kept Data Ends"),
    (schedule.DELETED, "Is Destroyed"),
]
# What the day of the next move follows from, beside the state and the policy.
DATING = {"plan_id", "trial_end_on", "deletion_on"}


class SaasTenantSchedule(models.Model):
    _inherit = "saas.tenant"

    next_event = fields.Selection(MOVES, string="Next", readonly=True, copy=False)
    next_on = fields.Date(string="Next On", readonly=True, copy=False, index=True)
    look_on = fields.Date(
        readonly=True, copy=False, index=True, help="When its schedule is looked at again."
    )
    notice_ids = fields.One2many("saas.tenant.notice", "tenant_id", readonly=True)

    def _standing(self):
        self.ensure_one()
        zone = self.company_id.partner_id.tz or self.env.user.tz
        since = fields.Datetime.context_timestamp(self.with_context(tz=zone), self.state_since)
        return schedule.Standing(
            state=self.state,
            since_on=since.date(),
            reason=self.reason or "",
            trial_end_on=self.trial_end_on or None,
            trial_end_rule=self.plan_id.trial_end_rule or TRIAL_END_RULE,
            deletion_on=self.deletion_on or None,
        )

    def _policy(self):
        return self.env["saas.lifecycle.policy"]._of(self.company_id)._to_policy()

    def _foresee(self):
        """Write down which automatic move comes next, and when."""
        for tenant in self:
            policy = tenant._policy()
            planned = schedule.next_move(tenant._standing(), policy)
            event, on = (planned.event, planned.on) if planned else (False, False)
            if (tenant.next_event, tenant.next_on) != (event, on):
                look_on = schedule.marks(planned, policy)[0] if planned else False
                tenant.write({"next_event": event, "next_on": on, "look_on": look_on})

    def _kept_until(self):
        """Return the last day on which the data of a closed tenant is there, or False."""
        return schedule.data_kept_until(self._standing(), self._policy()) or False

    def _moved(self, move, why):
        super()._moved(move, why)
        undo = timedelta(days=self._policy().deletion_undo_days)
        deleting = move.target == "deleting"
        self._set(
            {
                "deletion_on": self._today() + undo if deleting else False,
                **({} if move.target in SERVING else {"restricted": False}),
            }
        )
        self._foresee()

    def write(self, vals):
        done = super().write(vals)
        if self._dating() & set(vals):
            self._foresee()
        return done

    @api.model
    def _dating(self):
        """Return the fields from which the day of the next move follows."""
        return DATING

    # Doing it

    @api.model
    def _cron_lifecycle(self):
        """Tell who has to be told and make the moves whose day has come."""
        # Where the sun rises first the day is ahead of ours.
        tomorrow = fields.Date.add(fields.Date.today(), days=1)
        due = self.search([("look_on", "<=", tomorrow)], order="look_on, id")
        for place, tenant in enumerate(due, 1):
            if tenant.look_on and tenant.look_on <= tenant._today():
                tenant._keep_schedule(tenant._today())
            self.env["ir.cron"]._commit_progress(1, remaining=len(due) - place)

    def _keep_schedule(self, today):
        """Send the notice that is due, then make the move that is due, each once."""
        self.ensure_one()
        if not self.try_lock_for_update():
            return
        planned, policy = schedule.next_move(self._standing(), self._policy()), self._policy()
        if planned is None:
            self.look_on = False
            return
        days = schedule.notice_due(planned, policy, self._notices(planned), today)
        if days:
            self._send_notice(planned, days, today)
        later = [day for day in schedule.marks(planned, policy) if day > today]
        self.look_on = later[0] if later else today + timedelta(days=1)
        if schedule.is_due(planned, policy, self._notices(planned), today):
            self._make_move(planned)

    def _notices(self, planned):
        found = self.notice_ids.filtered(
            lambda one: (one.event, one.planned_on) == (planned.event, planned.on)
        )
        return {one.days: one.sent_on for one in found}

    def _send_notice(self, planned, days, today):
        self.env["saas.tenant.notice"].sudo().create(
            {
                "tenant_id": self.id,
                "event": planned.event,
                "planned_on": planned.on,
                "days": days,
                "sent_on": today,
                "email": self._tell(f"{planned.event}_soon", planned=planned),
            }
        )

    def _make_move(self, planned):
        """Fire the move; what stands in its way is tried again with the next run."""
        if planned.event == schedule.DELETED:
            self._order_deletion()
            return
        try:
            with self.env.cr.savepoint():
                busy = bool(self._open_job())
                why = self._why(planned.event)
                self._fire(planned.event, system=True, reason=why, operation_running=busy)
        except Refused as error:
            self._note_hindrance(messages.text(self.env, error))

    def _why(self, event):
        return {
            schedule.ARCHIVED: self.env._("It was suspended for the time that the policy allows."),
            schedule.DELETION_REQUESTED: self.env._("The time for which its data is kept is over."),
        }.get(event, "")

    def _note_hindrance(self, text):
        """Let the responsible person know that an automatic move does not come about, once."""
        kind = self.env.ref("mail.mail_activity_data_todo")
        known = self.activity_ids.filtered(lambda one: one.note and text in one.note)
        if not known:
            self.activity_schedule(
                activity_type_id=kind.id, note=text, user_id=(self.user_id or self.env.user).id
            )
