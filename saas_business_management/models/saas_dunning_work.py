"""Following the ladders: the operation that looks at a subscription, and the cron that has it look.

Owns: beginning, taking the steps of a day, what a state does to subscription and tenant, ending.
Does not own: which steps are due (`kernel/billing/agenda.py`), charging (`saas_payment_charge.py`),
what moves mean (`saas_subscription_course.py`, `saas_subscription_tenant.py`).

A look may be repeated: a step that was taken is a row.
"""

from odoo import api, fields, models
from odoo.fields import Domain

from .. import messages
from ..kernel.billing.agenda import agenda
from ..kernel.billing.dunning import REMINDER, RETRY, STATE, worth_dunning
from ..kernel.billing.states import CANCELLED, PAST_DUE, RESTRICTED, SUSPENDED
from ..kernel.billing.subscription import PAYMENT
from ..kernel.errors import Refused
from ..kernel.lifecycle.states import SERVING

EVENTS = {
    PAST_DUE: "payment_failed",
    SUSPENDED: "dunning_suspended",
    CANCELLED: "dunning_cancelled",
}


class SaasDunning(models.Model):
    _inherit = "saas.dunning"

    @api.model
    def _cron_collect(self):
        """Have invoices charged whose day has come, and looked at what is overdue."""
        for collect in (self._charge_due, self._begin_overdue, self._look_due):
            self.env["ir.cron"]._commit_progress(collect())

    @api.model
    def _charge_due(self):
        """Order first charges; return how many invoices were looked at."""
        moves = self.env["account.move"].sudo()
        due = moves.search(moves._saas_due_domain() & Domain("saas_attempt_ids", "=", False))
        due._saas_charge_due()
        return len(due)

    @api.model
    def _begin_overdue(self):
        """Order a look at who is overdue and has no ladder; return how many."""
        moves = self.env["account.move"].sudo()
        due = moves.search(moves._saas_due_domain())
        found = due.saas_subscription_ids.filtered(
            lambda one: not one.dunning_id and one._unpaid_moves()
        )
        found._order_dunning()
        return len(found)

    @api.model
    def _look_due(self):
        """Order a look at ladders whose day has come; return how many."""
        # Where the sun rises first the day is ahead of ours.
        tomorrow = fields.Date.add(fields.Date.today(), days=1)
        due = self.sudo().search([("state", "!=", "closed"), ("look_on", "<=", tomorrow)])
        due = due.filtered(lambda one: one.look_on <= one.subscription_id._today())
        due.subscription_id._order_dunning()
        return len(due)

    # One look

    def _look(self, unpaid, chased):
        """Take the steps of today, or end when nothing worth it is open."""
        self.ensure_one()
        if not self._is_worth(unpaid):
            self._end_paid(unpaid)
            return
        self._put({"move_ids": [fields.Command.set(unpaid.ids)]})
        self._note_method()
        if self.state == "paused" and self._pause_is_over():
            self._go_on(self.env._("The pause was for that long."))
        if self.state == "paused":
            self._foresee()
            return
        if not chased:
            self._put({"look_on": fields.Date.add(self.subscription_id._today(), days=1)})
            return
        self._count_from(unpaid, chased)
        self._take_steps(chased)

    def _is_worth(self, moves):
        code = self.currency_id.name
        overdue = {code: moves._saas_open_amount()} if moves else {}
        least = self.profile_id._least()
        return bool(moves) and bool(worth_dunning(overdue, least))

    def _pause_is_over(self):
        return bool(self.paused_until) and self.paused_until <= self.subscription_id._today()

    def _note_method(self):
        """Note whether there is something to charge, and whether another method is waited for."""
        token = self.subscription_id._payment_token()
        waits = token and any(
            move._saas_verdict(token).why == "needs_token" for move in self.move_ids
        )
        self._put({"is_offline": not token, "waits_for_token": bool(waits)})

    def _count_from(self, unpaid, chased):
        """Count days from the oldest invoice that is still open."""
        if self.move_id in unpaid:
            return
        oldest = chased._saas_oldest()
        begin = self.subscription_id._overdue_since(oldest)
        self._log("moved", on=begin, result=oldest.name)
        self._put({"move_id": oldest.id, "begin_on": begin})

    def _take_steps(self, chased):
        today = self.subscription_id._today()
        found = agenda(self._to_plan(), today, self._taken(), self._moved_on())
        for step in found.skip:
            self._log(step.kind, on=step.on, stage=step.name, overtaken=True)
        for step in found.take:
            take = {RETRY: self._retry, REMINDER: self._remind, STATE: self._move_on}[step.kind]
            take(step, chased)
        self._foresee()
        if self.stage == CANCELLED:
            self._close("ended")

    def _foresee(self):
        """Note which step comes next, and when it is looked for."""
        today = self.subscription_id._today()
        found = agenda(self._to_plan(), today, self._taken(), self._moved_on())
        step, on = found.ahead, found.look_on
        if found.take:
            step, on = found.take[0], today
        held = self.state == "paused"
        if held:
            # What was due before waits as well, until the day on which it goes on.
            on = max(on, self.paused_until) if on and self.paused_until else None
        self._put(
            {
                "next_kind": step.kind if step and on else False,
                "next_stage": step.name if step and on and step.name else False,
                "next_on": on or False,
                "look_on": (held and self.paused_until) or on or fields.Date.add(today, days=1),
            }
        )

    def _moved_on(self):
        """Return the day after which the next stage may begin: that of the last one, or the day
        that the customer has for a transfer.
        """
        days = self.step_ids.filtered(lambda step: step.kind == STATE).mapped("on")
        if self.is_offline:
            days.append(self.begin_on)
        return max(days, default=None)

    # Steps

    def _retry(self, step, chased):
        """Charge again; without a method that may be tried this is said and the ladder goes on."""
        jobs = chased._saas_order_charge("retry")
        result = self.env._("Charges ordered: %(count)s", count=len(jobs))
        if not jobs:
            result = self._why_no_charge()
        self._log(step.kind, on=step.on, result=result)

    def _remind(self, step, chased):
        email = self._mail("reminder")
        self._log(step.kind, on=step.on, result=self._told_amount(chased), email=email)

    def _move_on(self, step, chased):
        """Begin the next stage: subscription, tenant and customer hear of it."""
        result = self._restrict_tenant() if step.name == RESTRICTED else self._fire(step.name)
        self._put({"stage": step.name})
        email = self._mail(step.name)
        self._log(step.kind, on=step.on, stage=step.name, result=result, email=email)

    def _fire(self, stage):
        """Move the subscription; what its table does not allow is said and left."""
        one, event = self.subscription_id, EVENTS[stage]
        try:
            with self.env.cr.savepoint():
                one._fire(event, system=True, note=self._told_amount(self.move_ids))
        except Refused as error:
            return messages.text(self.env, error)
        one._bill_soon()
        return ""

    def _restrict_tenant(self):
        tenant = self.subscription_id.tenant_id.sudo()
        if tenant.state not in SERVING or tenant.restricted:
            return self.env._("There is no open tenant to restrict.") if not tenant else ""
        tenant._restrict(True, self._told_amount(self.move_ids))
        self._put({"has_restricted": True})
        return ""

    def _told_amount(self, moves):
        return self.env._(
            "%(amount)s overdue",
            amount=self.currency_id.format(float(moves._saas_open_amount()) if moves else 0.0),
        )

    # Ending

    def _end_paid(self, unpaid):
        """Everything that counts is paid: back to what it was, at once."""
        one = self.subscription_id
        if one.state == PAST_DUE or one.suspended_for == PAYMENT:
            one._fire("paid", system=True, nothing_overdue=True)
            one._bill_soon()
        self._lift_restriction()
        self._close("small" if unpaid else "paid")

    def _lift_restriction(self):
        tenant = self.subscription_id.tenant_id.sudo()
        if self.has_restricted and tenant.restricted and tenant.state in SERVING:
            tenant._restrict(False, self.env._("Paid"))

    def _close(self, why):
        self._log("closed", result=dict(self._fields["closed_for"].selection)[why])
        self._put(
            {
                "state": "closed",
                "closed_for": why,
                "closed_on": self.subscription_id._today(),
                "next_kind": False,
                "next_stage": False,
                "next_on": False,
                "look_on": False,
                "paused_until": False,
                "waits_for_token": False,
            }
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])


class AccountMove(models.Model):
    _inherit = "account.move"

    def _saas_oldest(self):
        """Return the invoice that was due first."""
        return self.sorted(lambda move: (move.invoice_date_due, move.id))[:1]


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    dunning_ids = fields.One2many(
        "saas.dunning", "subscription_id", string="Ladders", readonly=True
    )
    dunning_id = fields.Many2one(
        "saas.dunning",
        compute="_compute_dunning_id",
        search="_search_dunning_id",
        string="Dunning",
        compute_sudo=True,
    )

    @api.depends("dunning_ids.state")
    def _compute_dunning_id(self):
        for one in self:
            one.dunning_id = one.dunning_ids.filtered(lambda row: row.state != "closed")[:1]

    @api.model
    def _search_dunning_id(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        if operator == "in":
            value = Domain("id", "in", value)
        return Domain("dunning_ids", "any", Domain("state", "!=", "closed") & Domain(value))

    @api.private
    def _order_dunning(self, priority=17):
        """Have what is overdue looked at; asking twice is harmless."""
        for one in self:
            self.env["saas.job"]._enqueue(
                "dun_subscription",
                dedupe_key=f"dun:{one.id}",
                serial_key=f"dun:{one.id}",
                priority=priority,
                subscription_id=one.id,
            )

    @api.private
    def _step_dun_look(self):
        """Look at what is overdue: begin, go on with, or end its ladder."""
        one = self.sudo()
        one._wait_for_turn()
        unpaid = one._unpaid_moves()
        chased = unpaid.filtered(lambda move: move._saas_is_chased())
        ladder = one.dunning_id or one._begin_dunning(chased)
        if ladder:
            ladder._look(unpaid, chased)

    def _begin_dunning(self, chased):
        """Begin a ladder when so much is overdue that it is worth it."""
        profile = self._dunning_profile()
        if not chased or not profile:
            return self.env["saas.dunning"]
        overdue = {self.currency_id.name: chased._saas_open_amount()}
        if not worth_dunning(overdue, profile._least()):
            return self.env["saas.dunning"]
        oldest = chased._saas_oldest()
        ladder = (
            self.env["saas.dunning"]
            ._at_work()
            .create(
                {
                    "subscription_id": self.id,
                    "profile_id": profile.id,
                    "move_id": oldest.id,
                    "move_ids": [fields.Command.set(chased.ids)],
                    "begin_on": self._overdue_since(oldest),
                    "is_offline": not self._payment_token(),
                }
            )
            ._hands_off()
        )
        ladder._log("begun", on=ladder.begin_on, result=oldest.name)
        self.invalidate_recordset(["dunning_ids", "dunning_id"])
        return ladder

    def _overdue_since(self, move):
        """Return the day from which a ladder counts: the first failed charge, or the due date."""
        failed = move.sudo().saas_attempt_ids.filtered(
            lambda one: one.known and one.state in ("error", "cancel")
        )
        if failed:
            return self._day_of(min(failed.mapped("at")))
        return move.invoice_date_due or move.invoice_date

    def _unpaid_moves(self):
        """Return what a ladder of this subscription is about: what is overdue and was not given up,
        and what is due today where a reminder goes out on that day.
        """
        found = self._overdue_moves()
        if self._is_reminded_on_the_day():
            today = self._today()
            found |= self._moves().filtered(
                lambda move: move._saas_is_open() and move.invoice_date_due == today
            )
        return found - self._given_up_moves()

    def _is_reminded_on_the_day(self):
        # Who paid what was overdue is back at once, whatever else is due today.
        late = self.state == PAST_DUE or self.suspended_for == PAYMENT
        if late or self._payment_token():
            return False
        profile = self.dunning_id.profile_id or self._dunning_profile()
        return bool(profile) and 0 in profile._to_profile(offline=True).reminder_days

    def _given_up_moves(self):
        """Return the invoices whose ladder came to its end unpaid."""
        ended = self.dunning_ids.filtered(lambda row: row.closed_for == "ended")
        return ended.move_ids

    def _waiting_for_payment(self, customer):
        """Return the subscriptions of a customer whose invoices are chased."""
        domain = Domain("partner_id", "child_of", customer.ids)
        domain &= Domain("dunning_ids.state", "in", ("open", "paused"))
        return self.search(domain)

    def _ask_to_mend(self, text):
        """Let a billing user know, once, that something stands in the way of charging."""
        if not self.activity_ids.filtered(lambda one: one.note and text in one.note):
            move = self._moves()[:1]
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=move._saas_responsible().id,
                summary=self.env._("The payment method cannot be charged"),
                note=text,
            )
