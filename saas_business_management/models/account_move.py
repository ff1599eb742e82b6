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
    saas_made = fields.Boolean(
        string="Made by Billing",
        readonly=True,
        copy=False,
        help="Not by a person: what it charges and credits is reckoned with by later documents.",
    )

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
            "context": {"create": False},
        }
        if len(self) == 1:
            return dict(action, res_id=self.id, views=[(False, "form")])
        return dict(action, domain=[("id", "in", self.ids)], view_mode="list,form")


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
    saas_end_on = fields.Date(string="Service Until", readonly=True)
