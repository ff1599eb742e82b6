"""Phases of a subscription: days on which the same plan version and quantity hold.

Owns: that phases never overlap. Does not own: making them (`saas_subscription_change.py`), what
follows from them (`kernel/billing`).
"""

from datetime import timezone

from odoo import api, fields, models


class SaasSubscriptionPhase(models.Model):
    _name = "saas.subscription.phase"
    _description = "Subscription Phase"
    _inherit = ["saas.last.day"]
    _order = "subscription_id, start_on, id"

    subscription_id = fields.Many2one(
        "saas.subscription", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    version_id = fields.Many2one(
        "saas.plan.version",
        string="Plan Version",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    quantity = fields.Integer(required=True, readonly=True)
    start_on = fields.Date(string="From", required=True, readonly=True)
    end_on = fields.Date(string="Until", readonly=True, help="The first day of the next phase.")
    anchor_on = fields.Date(
        required=True, readonly=True, help="The day that its periods are counted from."
    )
    begins_at = fields.Datetime(
        string="At",
        readonly=True,
        help="On its first day the fee is charged from this instant, by the second.",
    )
    served_ahead = fields.Boolean(
        readonly=True, help="Served before it is paid: the change to it is not prorated."
    )
    price = fields.Monetary(compute="_compute_price", help="For one period, without tax.")

    _days = models.Constraint(
        "CHECK (end_on IS NULL OR start_on < end_on)", "A phase ends after it began."
    )
    _apart = models.Constraint(
        "EXCLUDE USING gist (int4range(subscription_id, subscription_id, '[]') WITH &&, "
        "daterange(start_on, end_on) WITH &&)",
        "Two phases of a subscription cannot overlap.",
    )

    def _begins_at(self):
        """Return the aware instant from which the fee is charged, None for its first midnight."""
        return self.begins_at.replace(tzinfo=timezone.utc) if self.begins_at else None

    @api.depends("version_id", "quantity")
    def _compute_price(self):
        for phase in self:
            price = phase.version_id._price_in(phase.currency_id)
            phase.price = price.amount * phase.quantity
