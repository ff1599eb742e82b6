"""What time does to a subscription: trials end, planned ends and changes come, prices renew.

Owns: these moves, made by the operation that bills. Does not own: when it looks
(`saas_subscription_bill.py`, the cron of `saas_billing_run_work.py`).
"""

from odoo import fields, models

from ..kernel.billing.agreement import RECURRING, SUSPENDED
from ..kernel.billing.schedule import due_periods
from ..kernel.billing.states import CANCELLED
from ..kernel.billing.subscription import BILLED, RUNNING
from ..kernel.period import midnight, zone

MIGRATES = "migrate_at_renewal"


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    def _keep_time(self):
        """Let happen what the calendar brings, in the order of its days."""
        self.ensure_one()
        today = self._today()
        if self.state in RUNNING and self.ends_on and self.ends_on <= today:
            self._fire("ended", system=True)
        if self.state == "trial" and self.trial_end_on <= today:
            self._fire("trial_ended", system=True)
        self._enter_phase(today)

    def _enter_phase(self, today):
        """Let the offer in force be that of the phase that today lies in."""
        if self.state not in RUNNING or self.state == "trial":
            return
        phase = self._phase_on(today)
        if phase.start_on <= today and not self._entitled_ahead(phase):
            values = {"version_id": phase.version_id.id, "quantity": phase.quantity}
            if self.version_id != phase.version_id or self.quantity != phase.quantity:
                self._set(values)

    def _entitled_ahead(self, phase):
        """Tell whether the next phase is served already, because its change is not prorated."""
        after = self.phase_ids.filtered(lambda one: one.start_on == phase.end_on)
        return bool(after.served_ahead)

    def _renew_phases(self):
        """Give due periods the published version of the plan where it takes its customers along."""
        if self.state not in BILLED or not any(self.phase_ids.version_id.mapped(MIGRATES)):
            return
        for due in due_periods(self._to_agreement(), self._now()):
            if due.kind == RECURRING and not due.skipped:
                self._renew_on(due.period.start)

    def _renew_on(self, day):
        phase_sudo = self.sudo()._phase_on(day)
        newer = phase_sudo.version_id.plan_id.version_id
        begins = midnight(day, zone(self.timezone)).replace(tzinfo=None)
        if (
            not phase_sudo.version_id.migrate_at_renewal
            or newer == phase_sudo.version_id
            or phase_sudo.end_on
            or phase_sudo.start_on >= day
            or newer.published_at > begins
            or not newer._price_in(self.currency_id)
            or newer._to_cycle(phase_sudo.anchor_on)
            != phase_sudo.version_id._to_cycle(phase_sudo.anchor_on)
        ):
            return
        phase_sudo.end_on = day
        phase_sudo.flush_recordset()
        phase_sudo.copy({"version_id": newer.id, "start_on": day, "end_on": False})
        self.invalidate_recordset(["phase_ids"])
        self._enter_phase(self._today())
        self._fire("renewed", system=True)

    def _moved(self, move):
        super()._moved(move)
        if move.event == "trial_ended" and move.target == CANCELLED:
            self._set({"ends_on": self.trial_end_on, "billed_until": self.anchor_on})
            self._end_agreement(self.anchor_on)
        if move.event == "ended":
            self._end_agreement(self.billed_until or self.ends_on)
        if move.event == "dunning_suspended":
            # The open period stays due; none begins while it lasts.
            tomorrow = fields.Date.add(self._today(), days=1)
            self._rest(SUSPENDED, max(tomorrow, self._billed_to() or tomorrow))
        if move.event == "dunning_cancelled":
            after = fields.Date.add(self._today(), days=1)
            until = max(after, self._billed_to() or after)
            rests = self.rest_ids.filtered(lambda one: not one.end_on)
            until = min([until, *rests.mapped("start_on")])
            self._set({"ends_on": after, "billed_until": until})
            self._end_agreement(until)
