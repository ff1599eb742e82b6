"""The timeline of a subscription: every move and change, who made it, why. Append-only."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..messages.words import WORDS
from .saas_subscription import STATES


class SaasSubscriptionEvent(models.Model):
    _name = "saas.subscription.event"
    _description = "Subscription Timeline Entry"
    _order = "id desc"
    _rec_name = "event"

    subscription_id = fields.Many2one(
        "saas.subscription", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True, index=True
    )
    event = fields.Char(required=True, readonly=True)
    event_label = fields.Char(compute="_compute_event_label", string="What")
    from_state = fields.Selection(STATES, readonly=True, string="From")
    to_state = fields.Selection(STATES, readonly=True, string="To")
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, string="By", ondelete="restrict")
    facts = fields.Json(readonly=True)
    at = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now(), string="When"
    )

    @api.depends("event")
    @api.depends_context("lang")
    def _compute_event_label(self):
        for row in self:
            word = WORDS.get(f"event.{row.event}")
            row.event_label = self.env._(word) if word else (row.event or "").replace("_", " ")

    def write(self, vals):
        raise UserError(self.env._("The timeline cannot be changed."))

    def unlink(self):
        raise UserError(self.env._("The timeline cannot be deleted."))
