"""Payments and dunning as a subscription shows them.

Owns: what its screen needs. Does not own: charging (`saas_payment_charge.py`), ladders
(`saas_dunning_work.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    attempt_ids = fields.One2many("saas.payment.attempt", "subscription_id", readonly=True)
    attempt_count = fields.Integer(string="Payments", compute="_compute_attempt_count")
    dunning_stage = fields.Selection(related="dunning_id.stage", string="Dunning Stage")
    dunning_text = fields.Char(compute="_compute_dunning_text")

    @api.depends("attempt_ids")
    def _compute_attempt_count(self):
        for one in self:
            one.attempt_count = len(one.attempt_ids)

    @api.depends("dunning_id.stage", "dunning_id.next_on", "dunning_id.state")
    def _compute_dunning_text(self):
        for one in self:
            ladder = one.sudo().dunning_id
            text = False
            if ladder.state == "paused":
                text = self.env._("Dunning is paused: %(why)s", why=ladder.pause_reason)
            elif ladder and ladder.next_on:
                text = self.env._(
                    "%(amount)s is overdue. Next step: %(step)s on %(day)s.",
                    amount=one.currency_id.format(ladder.amount_due),
                    step=ladder.next_label,
                    day=ladder.next_on,
                )
            one.dunning_text = text

    def action_view_attempts(self) -> dict:
        """Open the attempts to charge invoices of this subscription."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_payment_attempt"
        )
        return dict(action, domain=[("subscription_id", "=", self.id)], context={}, path=False)

    def action_view_dunning(self) -> dict:
        """Open the ladder of this subscription, or all it ever had."""
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Dunning"),
            "res_model": "saas.dunning",
        }
        if self.dunning_id:
            return dict(action, res_id=self.dunning_id.id, views=[(False, "form")])
        return dict(action, domain=[("subscription_id", "=", self.id)], view_mode="list,form")

    def action_charge_now(self) -> bool:
        """Charge what is open of this subscription now, to its saved payment method."""
        self.check_access("write")
        for one in self:
            open_ = one._moves().filtered(lambda move: move._saas_is_open())
            if not open_._saas_order_charge("person"):
                raise UserError(
                    self.env._(
                        "Nothing of %(subscription)s can be charged now: nothing is open, no saved "
                        "payment method can be used, or a charge is under way.",
                        subscription=one.name,
                    )
                )
        return True
