"""The dialog before a subscription is changed: what will happen, which documents, why.

Owns: the questions and the preview. Does not own: what is allowed and what it does
(`models/saas_subscription_change.py`, `models/saas_subscription_plan.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

CHANGES = [
    ("plan", "Change Plan"),
    ("addon", "Add an Add-on"),
    ("coupon", "Redeem a Coupon"),
    ("pause", "Pause"),
    ("cancel", "Cancel"),
    ("win_back", "Win Back"),
]
REASONS = [
    ("too_expensive", "Too expensive"),
    ("not_used", "Not used enough"),
    ("missing_feature", "Something is missing"),
    ("other_product", "Another product was chosen"),
    ("closed", "The customer closes"),
    ("other", "Something else"),
]


class SaasSubscriptionChange(models.TransientModel):
    _name = "saas.subscription.change"
    _description = "Change of a Subscription"

    change = fields.Selection(CHANGES, required=True, readonly=True)
    subscription_id = fields.Many2one("saas.subscription", required=True, readonly=True)
    company_id = fields.Many2one(related="subscription_id.company_id")
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    present = fields.Char(compute="_compute_present", string="Now")
    version_id = fields.Many2one("saas.plan.version", string="New Plan")
    addon_version_id = fields.Many2one("saas.plan.version", string="Add-on")
    coupon_id = fields.Many2one("saas.coupon", string="Coupon")
    quantity = fields.Integer(default=1)
    when = fields.Selection(
        [("now", "Now"), ("period_end", "At the End of the Period")], string="When", default="now"
    )
    reason = fields.Selection(REASONS, string="Reason")
    note = fields.Char(string="Why", help="For your team: it stands in the timeline.")
    settlement = fields.Selection(
        lambda self: (
            self.env["saas.subscription"]._fields["settlement"]._description_selection(self.env)
        ),
        string="The Days After Today",
        default="credit",
        help="What was charged for them, less what is not paid yet.",
    )
    effect = fields.Char(compute="_compute_effect", string="What Will Happen")
    previewed = fields.Boolean(readonly=True)
    problem = fields.Char(readonly=True)
    net = fields.Monetary(readonly=True, string="To Pay Now, With Tax")
    line_ids = fields.One2many("saas.subscription.change.line", "wizard_id", readonly=True)

    _quantity_positive = models.Constraint(
        "CHECK (quantity BETWEEN 1 AND 1000000)", "A quantity counts from 1 to 1,000,000."
    )

    @api.depends("subscription_id")
    def _compute_present(self):
        for wizard in self:
            one = wizard.subscription_id
            wizard.present = f"{one.version_id.display_name} × {one.quantity}, {one.price_label}"

    @api.onchange("version_id", "quantity")
    def _onchange_offer(self):
        one = self.subscription_id
        if self.change == "plan" and self.version_id:
            terms = one.version_id
            upgrade = one._is_upgrade(self.version_id, self.quantity)
            self.when = terms.upgrade_at if upgrade else terms.downgrade_at

    @api.onchange("version_id", "addon_version_id", "coupon_id", "quantity", "when", "settlement")
    def _onchange_wish(self):
        """What was shown is not what would be made any more."""
        self.previewed, self.problem, self.net = False, False, 0
        self.line_ids = [fields.Command.clear()]

    @api.depends("change", "subscription_id", "when")
    def _compute_effect(self):
        for wizard in self:
            wizard.effect = wizard._effect()

    def action_preview(self):
        """Show the very documents that the change would make; nothing is kept of them."""
        self.ensure_one()
        papers, problem = [], False
        if self._is_filled():
            try:
                papers = self.subscription_id._documents_of(
                    lambda one: self.with_env(one.env)._make()
                )
            except UserError as error:
                problem = error.args[0]
        rows = [fields.Command.create(row) for paper in papers for row in self._rows(paper)]
        self.write(
            {
                "previewed": True,
                "problem": problem,
                "net": sum(paper["total"] for paper in papers),
                "line_ids": [fields.Command.clear(), *rows],
            }
        )
        return self._show()

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["change"]._description_selection(self.env))[self.change],
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _rows(self, paper):
        """Return the rows that show a document: its lines, its tax, its total."""
        _, currency = self.env._, self.currency_id.id
        kind = _("Credit Note") if paper["move_type"] == "out_refund" else _("Invoice")
        rows = [{"name": line["name"], "amount": line["amount"]} for line in paper["lines"]]
        if paper["tax"]:
            rows.append({"name": _("Tax"), "amount": paper["tax"]})
        rows.append({"name": _("Total"), "amount": paper["total"], "is_total": True})
        return [{"document": kind, "currency_id": currency, **row} for row in rows]

    def _is_filled(self):
        offer = {
            "plan": self.version_id,
            "addon": self.addon_version_id,
            "coupon": self.coupon_id,
        }
        return bool(offer.get(self.change, True))

    def _effect(self):
        _, one = self.env._, self.subscription_id
        if self.change in ("plan", "cancel") and one.anchor_on and one.phase_ids:
            last = fields.Date.subtract(one._period_end(), days=1)
            if self.change == "plan" and self.when == "period_end":
                return _(
                    "The new plan begins when the period that ends on %(day)s is over.",
                    day=format_date(self.env, last),
                )
            if self.change == "cancel":
                day = last if self.when == "period_end" else one._today()
                return _("The last day is %(day)s.", day=format_date(self.env, day))
        if self.change == "pause":
            return _(
                "From tomorrow nothing is charged and its tenant is closed. Unused days of the "
                "present period are credited when it goes on."
            )
        if self.change == "win_back":
            return _(
                "It begins anew today with %(plan)s.", plan=one.plan_id.version_id.display_name
            )
        if self.change == "coupon":
            return _("It takes something off from the next invoice on.")
        return _("It begins today.")

    @api.model
    @api.private
    def _open_for(self, subscription, change):
        """Return the dialog for a subscription."""
        values = {
            "change": change,
            "subscription_id": subscription.id,
            # Other seats alone keep the version, also one that is not sold any more.
            "version_id": subscription.version_id.id if change == "plan" else False,
            "quantity": 1 if change == "addon" else subscription.quantity,
            "when": "period_end" if change == "cancel" else "now",
        }
        wizard = self.create(values)
        return wizard._show()

    def action_apply(self):
        """Make the change; its documents follow within seconds."""
        self.ensure_one()
        if self.change in ("pause", "cancel") and not self._why():
            raise UserError(self.env._("Choose a reason: it tells later why customers leave."))
        self._make()
        return {"type": "ir.actions.act_window_close"}

    def _make(self):
        one, why = self.subscription_id, self._why()
        if self.change == "plan":
            one._change_plan(self.version_id, self.quantity, self.when, why)
        elif self.change == "addon":
            one._add_addon(self.addon_version_id, self.quantity, why)
        elif self.change == "coupon":
            one._redeem(self.coupon_id)
        elif self.change == "pause":
            one.action_pause(why or "—")
        elif self.change == "win_back":
            one.action_win_back(why)
        elif self.when == "period_end":
            one.action_cancel_at_end(why or "—")
        else:
            one.action_cancel_now(why or "—", self.settlement or "credit")

    def _why(self):
        label = dict(self._fields["reason"]._description_selection(self.env)).get(self.reason, "")
        return ": ".join(one for one in (label, self.note or "") if one)


class SaasSubscriptionChangeLine(models.TransientModel):
    _name = "saas.subscription.change.line"
    _description = "Document of a Change"

    wizard_id = fields.Many2one("saas.subscription.change", ondelete="cascade")
    currency_id = fields.Many2one("res.currency")
    document = fields.Char(string="Document")
    name = fields.Char(string="What")
    amount = fields.Monetary(string="Amount")
    is_total = fields.Boolean()
