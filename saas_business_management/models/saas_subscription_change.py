"""What people may do to a subscription: start, pause, change, cancel, and take back.

Owns: the public actions and the rows each writes. Does not own: which are allowed
(`kernel/billing/subscription.py`), dialogs (`wizards/saas_subscription_change.py`), documents:
an operation makes them afterwards.
"""

from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.billing.agreement import PAUSED, RECURRING
from ..kernel.billing.cancel import CREDIT, NONE, SETTLEMENTS
from ..kernel.billing.states import ACTIVE, TRIAL
from ..kernel.errors import Refused, SaasError


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    # For people and the API; all of these or none

    def action_activate(self) -> bool:
        """Start subscriptions, with the trial of their plan when it has one."""
        with self._changing():
            for one in self:
                one._start()
        return True

    def action_convert_trial(self, note: str = "") -> bool:
        """End trials at the customer's wish: fees count from today."""
        with self._changing():
            for one in self:
                one._fire("trial_converted", note=note)
        return True

    def action_pause(self, note: str, start_on: str | None = None) -> bool:
        """Let subscriptions rest, from tomorrow unless told otherwise; unused days are credited
        when they go on."""
        with self._changing():
            for one in self:
                tomorrow = fields.Date.add(one._today(), days=1)
                wished = fields.Date.to_date(start_on) or tomorrow
                if wished < tomorrow:
                    raise Refused("pause_past", day=wished)
                first = max(wished, one.anchor_on)
                one._fire("paused", reason=note)
                one._rest(PAUSED, first)
        return True

    def action_resume(self, note: str = "") -> bool:
        """Let paused subscriptions go on from today; their days of invoicing stay."""
        with self._changing():
            for one in self:
                one._fire("resumed", note=note)
        return True

    def action_cancel_at_end(self, note: str) -> bool:
        """End subscriptions with the period that is paid or running; undone until then."""
        with self._changing():
            for one in self:
                one._fire("cancellation_planned", reason=note)
                last = one._period_end()
                one._set({"ends_on": last, "billed_until": last, "cancel_reason": note})
        return True

    def action_cancel_now(self, note: str, settlement: str = CREDIT) -> bool:
        """End subscriptions with today, which is still served; `settlement` says where the rest
        goes: credit, refund, offset or none.
        """
        with self._changing():
            for one in self:
                one._cancel_today(note, settlement)
        return True

    def action_undo_cancellation(self, note: str = "") -> bool:
        """Let subscriptions go on whose end was planned."""
        with self._changing():
            for one in self:
                one._fire("cancellation_undone", note=note)
                one._set({"ends_on": False, "billed_until": False, "cancel_reason": False})
        return True

    def action_win_back(self, note: str = "") -> bool:
        """Begin cancelled subscriptions anew from today, on the published version of their plan."""
        with self._changing():
            for one in self:
                one._win_back(note)
        return True

    # How

    @contextmanager
    def _changing(self):
        """Change one after the other; what is refused is told as a sentence."""
        self.check_access("write")
        self._wait_for_turn()
        try:
            yield
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        self._bill_soon()

    @api.private
    def _bill_soon(self):
        """Have documents made of what is due or changed, after this transaction."""
        if self._is_tried():
            return
        for one in self:
            one._look_ahead()
            if one._is_billed() or one.settle_from:
                one._order_billing(priority=15)

    def _start(self):
        move = self._fire("started")
        today = self._today()
        days = self.version_id.trial_days if move.target == TRIAL else 0
        first = fields.Date.add(today, days=days)
        self._set(
            {
                "started_on": today,
                "anchor_on": first,
                "trial_end_on": first if move.target == TRIAL else False,
            }
        )
        self._begin_phase(today, first)

    def _begin_phase(self, start, anchor):
        self.env["saas.subscription.phase"].sudo().create(
            {
                "subscription_id": self.id,
                "version_id": self.version_id.id,
                "quantity": self.quantity,
                "start_on": start,
                "anchor_on": anchor,
            }
        )

    def _cancel_today(self, note, settlement):
        if settlement not in SETTLEMENTS:
            raise Refused("settlement_unknown", settlement=settlement)
        billed = self._is_billed()
        begun = self.state != "draft"
        self._fire("cancelled", reason=note)
        if not begun:
            return
        today = self._today()
        after = fields.Date.add(today, days=1)
        until = after if settlement != NONE else max(after, self._billed_to() or after)
        if not billed:
            until = self.anchor_on
        self._set(
            {
                "ends_on": after,
                "billed_until": until,
                "cancel_reason": note,
                "settlement": settlement,
            }
        )
        self._end_agreement(until)
        self._settle_from(today)

    def _win_back(self, note):
        version = self.plan_id.version_id
        if not self.partner_id.active or not version._price_in(self.currency_id):
            version = self.version_id
        self._set({"version_id": version.id})
        self._fire("won_back", note=note)
        today = self._today()
        first = max([today, *self.phase_ids.filtered("end_on").mapped("end_on")])
        self._set(
            {
                "anchor_on": first,
                "trial_end_on": False,
                "ends_on": False,
                "billed_until": False,
                "cancel_reason": False,
                "settlement": False,
            }
        )
        self._begin_phase(first, first)

    # Days

    def _billed_to(self):
        """Return the first day that no fee was written down for, None when there was none yet."""
        ends = self.sudo().period_ids.filtered(lambda one: one.kind == RECURRING).mapped("end_on")
        return max(ends) if ends else None

    def _period_end(self):
        """Return the day after the fee period that today lies in, or the trial."""
        today = self._today()
        if self.anchor_on > today:
            return self.anchor_on
        phase = self._phase_on(today)
        cycle = phase.version_id._to_cycle(phase.anchor_on)
        return cycle.period(cycle.number_at(today)).end

    def _phase_on(self, day):
        """Return the phase in force on a day, the first one before it began."""
        found = self.phase_ids.filtered(
            lambda one: one.start_on <= day and (not one.end_on or day < one.end_on)
        )
        return found[:1] or self.phase_ids.sorted("start_on")[-1:]

    def _rest(self, why, start):
        self.env["saas.subscription.rest"].sudo().create(
            {"subscription_id": self.id, "why": why, "start_on": start}
        )

    def _end_rest(self, day):
        """Serve again from a day on; what was charged for days of rest is credited."""
        for rest in self.sudo().rest_ids.filtered(lambda one: not one.end_on):
            self._settle_from(rest.start_on)
            if rest.start_on < day:
                rest.end_on = day
            else:
                rest.unlink()

    def _settle_from(self, day):
        """Have documents of periods that were billed set right, from a day on."""
        self._set({"settle_from": min(day, self.settle_from or day)})

    def _end_agreement(self, day):
        """Close phases, add-ons, rests and billed periods with a day."""
        self._end_rest(day)
        for rows in (self.sudo().phase_ids, self.sudo().addon_ids):
            rows.filtered(lambda one: one.start_on >= day).unlink()
            rows.exists().filtered(lambda one: not one.end_on or one.end_on > day).end_on = day
        self._cut_periods(day)

    def _cut_periods(self, day):
        """End the fee period that a day lies in with it: another one may begin there."""
        cut = self.sudo().period_ids.filtered(lambda one: one.start_on < day < one.end_on)
        cut.write({"end_on": day, "end_at": self._instant(day)})
        cut.flush_recordset()

    def _moved(self, move):
        super()._moved(move)
        today = self._today()
        if move.event == "trial_converted":
            self._set({"anchor_on": today, "trial_end_on": today})
            phase_sudo = self.sudo()._phase_on(today)
            phase_sudo.anchor_on = today
        if move.target == ACTIVE and move.source in ("paused", "suspended"):
            self._end_rest(today)
