"""Overdue customers: one row for each subscription whose invoices are chased, and its ladder.

Owns: where a ladder stands, pauses by a person, how it looks. Does not own: the days
(`kernel/billing/dunning.py`), taking the steps (`saas_dunning_work.py`), mails
(`saas_dunning_mail.py`).

Rows are written by operations and by the buttons here; each step is a row that stays.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import messages
from ..kernel.billing.dunning import REMINDER, RETRY, STATE, DunningStep, Pause, plan
from ..kernel.billing.states import CANCELLED, PAST_DUE, RESTRICTED, SUSPENDED
from ..kernel.errors import Refused

USER = "saas_business_management.group_saas_billing_user"
STATES = [("open", "Open"), ("paused", "Paused"), ("closed", "Over")]
STAGES = [
    ("waiting", "Overdue"),
    (PAST_DUE, "Past Due"),
    (RESTRICTED, "Restricted"),
    (SUSPENDED, "Suspended"),
    (CANCELLED, "Cancelled"),
]
CLOSED_FOR = [
    ("paid", "Paid"),
    ("small", "Less is open than the least amount"),
    ("ended", "The ladder came to its end"),
]
KINDS = [
    ("begun", "Begun"),
    (RETRY, "Charge Again"),
    (REMINDER, "Remind"),
    (STATE, "Next Stage"),
    ("moved", "Counts From Another Invoice"),
    ("paused", "Paused"),
    ("resumed", "Goes On"),
    ("charge", "Charge Asked For"),
    ("closed", "Over"),
]
DATED = (RETRY, REMINDER, STATE)


class SaasDunning(models.Model):
    _name = "saas.dunning"
    _description = "Overdue Customer"
    _inherit = ["saas.ledger", "mail.thread", "mail.activity.mixin"]
    _order = "begin_on, id"
    _rec_name = "subscription_id"

    subscription_id = fields.Many2one(
        "saas.subscription", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        related="subscription_id.partner_id", string="Customer", store=True, index=True
    )
    tenant_id = fields.Many2one(related="subscription_id.tenant_id")
    plan_id = fields.Many2one(related="subscription_id.plan_id", store=True, string="Plan")
    subscription_state = fields.Selection(related="subscription_id.state", string="Subscription Is")
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    profile_id = fields.Many2one(
        "saas.dunning.profile",
        string="Profile",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Counts From",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="The oldest unpaid invoice: days count from its failed charge or its due date.",
    )
    move_ids = fields.Many2many("account.move", string="Invoices", readonly=True)
    begin_on = fields.Date(string="Since", required=True, readonly=True)
    day_count = fields.Integer(compute="_compute_day_count", string="Days")
    state = fields.Selection(STATES, required=True, readonly=True, default="open", index=True)
    stage = fields.Selection(
        STAGES,
        required=True,
        readonly=True,
        default="waiting",
        index=True,
        group_expand=True,
        tracking=True,
    )
    closed_for = fields.Selection(CLOSED_FOR, string="Over Because", readonly=True)
    closed_on = fields.Date(string="Over Since", readonly=True)
    is_offline = fields.Boolean(
        string="Pays by Transfer", readonly=True, help="No saved payment method can be charged."
    )
    has_restricted = fields.Boolean(readonly=True)
    waits_for_token = fields.Boolean(
        string="Waits for a Payment Method",
        readonly=True,
        help="The last one was declined for good; it is not tried again.",
    )
    next_kind = fields.Selection(KINDS, readonly=True)
    next_stage = fields.Selection(STAGES, readonly=True)
    next_on = fields.Date(string="Next Step On", readonly=True, index=True)
    next_label = fields.Char(compute="_compute_next_label", string="Next Step")
    look_on = fields.Date(readonly=True, index=True)
    paused_until = fields.Date(readonly=True, help="The first day on which it goes on by itself.")
    pause_reason = fields.Char(string="Paused Because", readonly=True)
    step_ids = fields.One2many("saas.dunning.step", "dunning_id", string="Steps", readonly=True)
    amount_due = fields.Monetary(compute="_compute_amount_due", string="Overdue")
    invoice_count = fields.Integer(compute="_compute_amount_due", string="Open Invoices")
    attempt_count = fields.Integer(compute="_compute_attempt_count", string="Payment Attempts")

    _open_once = models.UniqueIndex(
        "(subscription_id) WHERE state != 'closed'",
        "The overdue invoices of this subscription are chased already.",
    )

    @api.depends("begin_on")
    def _compute_day_count(self):
        for one in self:
            last = one.closed_on or one.subscription_id._today()
            one.day_count = (last - one.begin_on).days if one.begin_on else 0

    @api.depends("next_kind", "next_stage")
    def _compute_next_label(self):
        kinds = dict(self._fields["next_kind"]._description_selection(self.env))
        stages = dict(self._fields["next_stage"]._description_selection(self.env))
        for one in self:
            stage = one.next_kind == STATE and stages.get(one.next_stage)
            one.next_label = stage or kinds.get(one.next_kind) or False

    @api.depends("move_ids.amount_residual")
    def _compute_amount_due(self):
        for one in self:
            open_ = one.sudo().move_ids.filtered(lambda move: move._saas_is_open())
            one.amount_due = sum(open_.mapped("amount_residual"))
            one.invoice_count = len(open_)

    def _compute_attempt_count(self):
        for one in self:
            one.attempt_count = len(one.sudo().move_ids.saas_attempt_ids)

    # The ladder

    @api.private
    def _to_plan(self):
        """Return the dated steps of this ladder, pauses counted in."""
        self.ensure_one()
        ladder = self.profile_id.sudo()._to_profile(self.is_offline)
        return plan(ladder, self.begin_on, self._to_pauses())

    def _to_pauses(self):
        pauses = []
        for step in self.sudo().step_ids.sorted("id"):
            if step.kind == "paused":
                pauses.append(Pause(step.planned_on, step.until_on or None))
            elif step.kind == "resumed" and pauses:
                first, last = pauses[-1].from_on, pauses[-1].until_on
                ends = min(day for day in (step.planned_on, last) if day)
                pauses[-1] = Pause(first, max(first, ends))
        return pauses

    def _taken(self):
        """Return the steps that were taken or overtaken, as the kernel knows them."""
        rows = self.sudo().step_ids.filtered(lambda step: step.kind in DATED)
        return [DunningStep(row.planned_on, row.kind, row.stage or "") for row in rows]

    @api.private
    def _log(self, kind, *, on=None, stage="", result="", overtaken=False, **more):
        """Write down a step; the row stays."""
        steps = self.env["saas.dunning.step"]._at_work()
        return steps.create(
            {
                "dunning_id": self.id,
                "kind": kind,
                "stage": stage or False,
                "planned_on": on or self.subscription_id._today(),
                "on": self.subscription_id._today(),
                "result": result or False,
                "overtaken": overtaken,
                "user_id": self.env.uid,
                **more,
            }
        )._hands_off()

    # Buttons

    def action_ask_pause(self) -> dict:
        """Open the dialog that holds a ladder."""
        self._check_billing_user()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pause Dunning"),
            "res_model": "saas.dunning.pause",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_dunning_ids": self.ids},
        }

    def action_pause(self, reason: str, until_on: str | None = None) -> bool:
        """Hold ladders for a reason, up to a day or until somebody lets them go on.

        What would have come later comes later by as many days.
        """
        self._check_billing_user()
        until = fields.Date.to_date(until_on) or None
        for one in self:
            today = one.subscription_id._today()
            taken = any(step.on == today for step in one._taken())
            first = fields.Date.add(today, days=1) if taken else today
            if not (reason or "").strip():
                raise UserError(self.env._("Say why it is held: your colleagues will ask."))
            if one.state != "open":
                raise UserError(
                    self.env._(
                        "Dunning of %(subscription)s is not under way, so nothing is held.",
                        subscription=one.display_name,
                    )
                )
            if until and until <= first:
                raise UserError(messages.text(self.env, _too_short(first, until)))
            one._log("paused", on=first, result=reason, until_on=until or False)
            one._put({"state": "paused", "paused_until": until or False, "pause_reason": reason})
            one._foresee()
            one._note("dunning_paused", reason)
        return True

    def action_resume(self) -> bool:
        """Let held ladders go on from today."""
        self._check_billing_user()
        for one in self:
            if one.state != "paused":
                raise UserError(
                    self.env._(
                        "Dunning of %(subscription)s is not paused. Nothing was changed.",
                        subscription=one.display_name,
                    )
                )
            one._go_on()
            one._note("dunning_resumed", "")
            one.subscription_id._order_dunning()
        return True

    def action_charge(self) -> bool:
        """Charge what is overdue now, to the saved payment method."""
        self._check_billing_user()
        for one in self:
            jobs = one.sudo().move_ids._saas_order_charge("person")
            if not jobs:
                raise UserError(one._why_no_charge())
            one._log("charge", result=self.env._("Asked for by %(name)s", name=self.env.user.name))
        return True

    def action_view_invoices(self) -> dict:
        """Open the unpaid invoices."""
        self.ensure_one()
        return self.move_ids._saas_open()

    def action_view_attempts(self) -> dict:
        """Open the attempts to charge these invoices."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_payment_attempt"
        )
        return dict(action, domain=[("move_id", "in", self.move_ids.ids)], context={}, path=False)

    def action_view_subscription(self) -> dict:
        """Open the subscription."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.subscription",
            "res_id": self.subscription_id.id,
            "views": [(False, "form")],
        }

    # Parts

    def _check_billing_user(self):
        if not self.env.su and not self.env.user.has_group(USER):
            raise UserError(self.env._("Only a billing user can do this. Ask one."))
        self.check_access("read")

    def _go_on(self, why=""):
        """End a pause with today."""
        self._log("resumed", result=why)
        self._put({"state": "open", "paused_until": False, "pause_reason": False})
        self._foresee()

    def _note(self, action, reason):
        self.env["saas.audit.entry"]._note(action, self.subscription_id, reason)

    def _why_no_charge(self):
        _ = self.env._
        if not self.subscription_id._payment_token():
            return _("No saved payment method can be charged. Ask the customer to save one.")
        why = self.move_ids.filtered(lambda move: move._saas_is_open())[:1]
        verdict = why._saas_verdict(self.subscription_id._payment_token()) if why else None
        until = verdict and verdict.until and format_date(self.env, verdict.until.date())
        return {
            "pending": _("A charge is under way. Wait for its result."),
            "unknown": _(
                "Nobody knows how the last charge ended, so none is made before %(until)s. Look at "
                "it in the provider's pages.",
                until=until or "—",
            ),
            "needs_token": _(
                "The payment method was declined for good. Ask the customer to save another one."
            ),
        }.get(verdict.why if verdict else "", _("Nothing is open. Nothing was charged."))

    def _by_hand_text(self):
        return self.env._("Dunning is carried by operations. Use its buttons.")

    def _stays_text(self):
        return self.env._("Dunning cannot be deleted. Pause it instead.")


class SaasDunningStep(models.Model):
    _name = "saas.dunning.step"
    _description = "Step of Dunning"
    _inherit = "saas.ledger"
    _order = "id desc"
    _rec_name = "kind"

    dunning_id = fields.Many2one(
        "saas.dunning", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="dunning_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True, string="Step")
    stage = fields.Selection(STAGES, readonly=True)
    planned_on = fields.Date(required=True, readonly=True, string="Planned")
    on = fields.Date(required=True, readonly=True, string="Taken")
    until_on = fields.Date(readonly=True, string="Until")
    overtaken = fields.Boolean(readonly=True, help="A later step of its kind was taken instead.")
    result = fields.Char(readonly=True)
    email = fields.Char(readonly=True, string="Mailed To")
    user_id = fields.Many2one("res.users", readonly=True, string="By", ondelete="restrict")
    at = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now(), string="When"
    )

    _state_once = models.UniqueIndex(
        "(dunning_id, stage) WHERE kind = 'state'", "This stage was reached already."
    )
    _dated_once = models.UniqueIndex(
        "(dunning_id, kind, planned_on) WHERE kind IN ('retry', 'reminder')",
        "This step was taken already.",
    )

    def _by_hand_text(self):
        return self.env._("Steps are written by the operation that takes them.")

    def _stays_text(self):
        return self.env._("Steps cannot be deleted: they say what the customer was told.")


def _too_short(first, until):
    return Refused("dunning_pause", from_on=first, until_on=until)
