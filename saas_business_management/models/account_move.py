"""Odoo's documents as billing sees them: which subscriptions, run and period they are for.

Owns: the links from documents to what they were made of, and what happens to a period when its
draft is taken away. Does not own: making documents (`saas_subscription_bill.py`).
"""

from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    saas_subscription_ids = fields.Many2many(
        "saas.subscription", string="Subscriptions", readonly=True, copy=False
    )
    saas_run_id = fields.Many2one(
        "saas.billing.run",
        string="Billing Run",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    saas_subscription_count = fields.Integer(
        string="Number of Subscriptions", compute="_compute_saas_subscription_count"
    )
    saas_made = fields.Boolean(
        string="Made by Billing",
        readonly=True,
        copy=False,
        help="Not by a person: what it charges and credits is reckoned with by later documents.",
    )

    @api.depends("saas_subscription_ids")
    def _compute_saas_subscription_count(self):
        for move in self:
            move.saas_subscription_count = len(move.saas_subscription_ids)

    def action_saas_subscriptions(self) -> dict:
        """Open the subscriptions that this document is for."""
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "res_model": "saas.subscription",
            "name": self.env._("Subscriptions"),
        }
        ours = self.saas_subscription_ids
        if len(ours) == 1:
            return dict(action, res_id=ours.id, views=[(False, "form")])
        return dict(action, domain=[("id", "in", ours.ids)], view_mode="list,kanban,form")

    def action_saas_run(self) -> dict:
        """Open the billing run that made this document."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.billing.run",
            "res_id": self.saas_run_id.id,
            "views": [(False, "form")],
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_opens_periods(self):
        """A draft that somebody removes leaves its periods to be drafted again."""
        self._saas_periods_sudo()._without_document(self)
        self._saas_leave_wallets()

    def _saas_periods_sudo(self):
        """Return the periods whose document this is; of the lines nothing may be left any more."""
        return self.env["saas.billing.period"].sudo().search([("move_id", "in", self.ids)])

    def button_cancel(self):
        done = super().button_cancel()
        self._saas_periods_sudo()._without_document(self)
        return done

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._saas_periods_sudo()._posted_with(posted)
        posted._saas_withdraw()
        return posted

    @api.private
    def _saas_open(self):
        """Return the action that shows these documents."""
        action = {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "name": self.env._("Documents"),
            "context": {"create": False, "default_move_type": False},
        }
        if len(self) == 1:
            return dict(action, res_id=self.id, views=[(False, "form")])
        rows = self.env.ref("saas_business_management.view_saas_document_list")
        return dict(
            action, domain=[("id", "in", self.ids)], views=[(rows.id, "list"), (False, "form")]
        )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    saas_period_id = fields.Many2one(
        "saas.billing.period",
        string="Billing Period",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    saas_rating_id = fields.Many2one(
        "saas.billing.rating",
        string="Rating",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    saas_item = fields.Char(string="Billed Item", readonly=True)
    saas_start_on = fields.Date(string="Service From", readonly=True)
    saas_end_on = fields.Date(
        string="Service Until", readonly=True, help="The first day that is not part of it."
    )
    saas_last_day = fields.Date(compute="_compute_saas_last_day", string="Service To")

    @api.depends("saas_end_on")
    def _compute_saas_last_day(self):
        for line in self:
            line.saas_last_day = line.saas_end_on and fields.Date.subtract(line.saas_end_on, days=1)

    def action_saas_rating(self) -> dict:
        """Show how the amount of this line was computed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("How It Was Computed"),
            "res_model": "saas.billing.rating",
            "res_id": self.saas_rating_id.id,
            "views": [(False, "form")],
            "target": "new",
        }
