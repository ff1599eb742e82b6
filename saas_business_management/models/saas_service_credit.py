"""What a customer gets back for a month that was worse than promised: proposed, approved, credited.

Owns: the course, who may approve, the credit note. Does not own: how much (`kernel/service/
credit.py`), posting (`saas_billing_post.py`), using it on the next invoice (`account_move_follow`).

There is one for a tenant and a month, once for ever. Whoever had a hand in the figures does not
approve what follows from them.
"""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ..kernel.billing.mrr_course import monthly_on
from ..kernel.service.credit import amount, part_back
from .saas_billing_run_work import APPROVER
from .saas_service_level import CREDIT_STATES, exact
from .saas_subscription_document import INVOICE, REFUND, Paper


class SaasServiceCredit(models.Model):
    _name = "saas.service.credit"
    _description = "Service Credit"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "month desc, id desc"

    level_id = fields.Many2one(
        "saas.service.level", required=True, readonly=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    subscription_id = fields.Many2one(
        "saas.subscription", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="subscription_id.partner_id", store=True)
    month = fields.Date(required=True, readonly=True, index=True)
    availability = fields.Float(related="level_id.availability", string="Available (%)")
    target = fields.Float(related="level_id.target", string="Promised (%)")
    bad = fields.Integer(related="level_id.bad", string="Bad Minutes")
    percent = fields.Float(digits=(6, 3), readonly=True, string="Given Back (%)", aggregator="avg")
    currency_id = fields.Many2one(related="subscription_id.currency_id", store=True)
    fee = fields.Monetary(readonly=True, string="Monthly Fee", help="After discounts, before tax.")
    amount = fields.Monetary(readonly=True, help="Before tax.")
    state = fields.Selection(
        CREDIT_STATES, required=True, readonly=True, default="proposed", index=True, tracking=True
    )
    prepared_by_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        string="Prepared By",
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, string="Decided By")
    approved_at = fields.Datetime(readonly=True, string="Decided")
    reject_reason = fields.Char(readonly=True, string="Rejected Because", tracking=True)
    move_id = fields.Many2one(
        "account.move", readonly=True, string="Credit Note", index="btree_not_null", copy=False
    )

    _once = models.Constraint(
        "UNIQUE (tenant_id, month)", "There is a credit for this month of this tenant already."
    )
    _sane = models.Constraint(
        "CHECK (amount >= 0 AND percent BETWEEN 0 AND 100)", "A credit is never negative."
    )
    _note_once = models.UniqueIndex(
        "(move_id) WHERE move_id IS NOT NULL", "This document is for another credit."
    )

    @api.depends("tenant_id.name", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for credit in self:
            credit.display_name = f"{credit.sudo().tenant_id.name}, {credit._month_words()}"

    def _month_words(self):
        return format_date(self.env, self.month, date_format="MMMM y") if self.month else ""

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        made._tell_levels()
        return made

    def write(self, vals):
        done = super().write(vals)
        if "state" in vals:
            self._tell_levels()
        return done

    def _tell_levels(self):
        """Let the month show how its credit stands, also to those who see no money."""
        for credit_sudo in self.sudo():
            credit_sudo.level_id._put({"credit_state": credit_sudo.state})

    # Proposing

    @api.model
    @api.private
    def _propose(self, level):
        """Propose what a month gives back, or bring the proposal in line with it."""
        level_sudo = level.sudo()
        vals = self._worth(level_sudo)
        domain = [("tenant_id", "=", level_sudo.tenant_id.id), ("month", "=", level_sudo.month)]
        there_sudo = self.sudo().search(domain)
        if there_sudo:
            if there_sudo.state == "proposed":
                there_sudo._adjust(vals)
            return there_sudo
        if not vals.get("amount"):
            return there_sudo
        made_sudo = self.sudo().create(
            {
                **vals,
                "level_id": level_sudo.id,
                "tenant_id": level_sudo.tenant_id.id,
                "month": level_sudo.month,
                "prepared_by_id": self.env.uid,
            }
        )
        made_sudo._ask()
        return made_sudo

    @api.model
    def _worth(self, level):
        """Return percentage, fee and amount for a level; nothing without a fee."""
        subscription = level.tenant_id._service_subscription()
        if not subscription or not level.target:
            return {}
        unit = subscription._unit()
        target = exact(level.target)
        part = part_back(level._result().availability(), target, level.tier_id._ladder())
        fee = subscription._fee_of_month(level.month, level.timezone)
        return {
            "subscription_id": subscription.id,
            "percent": float(part),
            "fee": float(fee),
            "amount": float(amount(fee, part, unit)),
        }

    def _adjust(self, vals):
        if vals.get("amount"):
            self.write(vals)
            return
        self.write(
            {"state": "rejected", "reject_reason": self.env._("Reckoned again: nothing is due.")}
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _ask(self):
        """Give each approver of the company something to do."""
        note = self.env._(
            "%(name)s: %(percent)s %% of the fee would be given back.",
            name=self.display_name,
            percent=f"{self.percent:g}",
        )
        for user in self._approvers():
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Approve or reject this service credit"),
                note=note,
                user_id=user.id,
            )

    def _approvers(self):
        people_sudo = self.env.ref(APPROVER).sudo().all_user_ids
        return people_sudo.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )

    # Deciding

    def action_approve(self) -> bool:
        """Give it back: its credit note is drafted and posted."""
        self._check_approver()
        for credit in self:
            credit._check_decidable()
            credit._decide("approved")
            self.env["saas.audit.entry"]._note("service_credit_approved", credit, "")
            credit.sudo()._draft_note()
        return True

    def action_draft_again(self) -> bool:
        """Make the credit note anew after its draft was removed."""
        self._check_approver()
        self.filtered(lambda one: one.state == "approved").sudo()._draft_note()
        return True

    def action_reject(self) -> dict:
        """Ask why nothing is given back."""
        self._check_approver()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject Service Credit"),
            "res_model": "saas.service.credit.reject",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_credit_ids": self.ids},
        }

    @api.private
    def _reject(self, reason):
        self._check_approver()
        for credit in self:
            credit._check_decidable()
            credit._decide("rejected", reject_reason=reason)
            self.env["saas.audit.entry"]._note("service_credit_rejected", credit, reason)

    def _decide(self, state, **vals):
        decided = {"approved_by_id": self.env.uid, "approved_at": fields.Datetime.now()}
        self.sudo().write({"state": state, **decided, **vals})
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def _check_approver(self):
        if not self.env.user.has_group(APPROVER):
            names = ", ".join(self._approvers().mapped("name")) if len(self) == 1 else ""
            raise UserError(
                self.env._("Only a billing approver decides this: %(names)s.", names=names or "—")
            )
        self.check_access("read")

    def _check_decidable(self):
        if self.state != "proposed":
            raise UserError(
                self.env._(
                    "%(name)s was decided already. Nothing was changed.", name=self.display_name
                )
            )
        if self.env.user in self._hands():
            raise UserError(
                self.env._(
                    "%(person)s had a hand in the figures of this month, so somebody else has to "
                    "decide.",
                    person=self.env.user.name,
                )
            )

    def _hands(self):
        """Return who had a hand in what this credit follows from."""
        level_sudo = self.level_id.sudo()
        decided_sudo = self.env["saas.service.exclusion"]._of(
            level_sudo.tenant_id, level_sudo.start_at, level_sudo.end_at
        )
        return self.sudo().prepared_by_id | level_sudo.reviewed_by_id | decided_sudo.user_id

    # The credit note

    def _draft_note(self):
        """Draft the credit note and have it posted; the same again changes nothing."""
        for credit in self.filtered(lambda one: not one.move_id):
            credit.lock_for_update()
            subscription = credit.subscription_id.with_company(credit.company_id)
            paper = Paper(subscription, REFUND, [credit._line_vals()])
            (move,) = subscription._create_together([paper], self.env["saas.billing.run"])
            credit.write({"move_id": move.id})
            move._saas_order_posting()

    def _line_vals(self):
        reader = self.subscription_id._invoice_partner()
        told = self.with_context(lang=reader.lang or self.env.lang)
        line = self._billed_line()
        vals = {
            "product_id": self.env.ref("saas_business_management.product_service_credit").id,
            "name": told._line_words(),
            "quantity": 1,
            "price_unit": self.amount,
        }
        if line:
            vals |= {
                "account_id": line.account_id.id,
                "tax_ids": [fields.Command.set(line.tax_ids.ids)],
            }
        return vals

    def _billed_line(self):
        """Return the line that charged the fee of the month: its account and taxes are taken."""
        end = fields.Date.add(self.month, months=1)
        return self.env["account.move.line"].search(
            [
                ("saas_period_id.subscription_id", "=", self.subscription_id.id),
                ("saas_item", "!=", False),
                ("parent_state", "=", "posted"),
                ("move_id.move_type", "=", INVOICE),
                ("saas_start_on", "<", end),
                ("saas_end_on", ">", self.month),
                ("price_subtotal", ">", 0),
            ],
            order="saas_start_on desc, id desc",
            limit=1,
        )

    def _line_words(self):
        return self.env._(
            "Service credit for %(month)s, %(tenant)s: %(reached)s %% available, %(promised)s %% "
            "promised; %(percent)s %% of %(fee)s",
            month=self._month_words(),
            tenant=self.tenant_id.name,
            reached=f"{self.availability:.3f}",
            promised=f"{self.target:g}",
            percent=f"{self.percent:g}",
            fee=formatLang(self.env, self.fee, currency_obj=self.currency_id),
        )

    def action_open_note(self) -> dict:
        """Open the credit note."""
        self.ensure_one()
        return self.move_id._saas_open()

    def action_open_level(self) -> dict:
        """Open the month it follows from."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.service.level",
            "res_id": self.level_id.id,
            "views": [(False, "form")],
        }


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    @api.private
    def _fee_of_month(self, first, zone_name):
        """Return the recurring fee of a month, after discounts: of its last day, or of the last one
        on which there was any.
        """
        history, unit = self._mrr_history(), self._unit()
        last = fields.Date.subtract(fields.Date.add(first, months=1), days=1)
        for back in range(last.day):
            fee = monthly_on(history, fields.Date.subtract(last, days=back), unit)
            if fee:
                return fee
        return Decimal(0)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._saas_service_credits().write({"state": "credited"})
        return posted

    def button_cancel(self):
        done = super().button_cancel()
        self._saas_service_credits().write({"state": "approved", "move_id": False})
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_opens_service_credits(self):
        """A draft that somebody removes leaves its credit approved, without a document."""
        self._saas_service_credits().write({"state": "approved", "move_id": False})

    def _saas_service_credits(self):
        return self.env["saas.service.credit"].sudo().search([("move_id", "in", self.ids)])
