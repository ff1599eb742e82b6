"""Days without service, which cost nothing: a pause, or a suspension for an unpaid invoice.

Owns: that such days are counted once. Does not own: what is credited for them (`kernel/billing`).
"""

from odoo import fields, models

from ..kernel.billing import agreement


class SaasSubscriptionRest(models.Model):
    _name = "saas.subscription.rest"
    _description = "Days Without Service"
    _inherit = ["saas.last.day"]
    _order = "subscription_id, start_on, id"

    subscription_id = fields.Many2one(
        "saas.subscription", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True, index=True
    )
    why = fields.Selection(
        [(agreement.PAUSED, "Paused"), (agreement.SUSPENDED, "Suspended")],
        required=True,
        readonly=True,
    )
    start_on = fields.Date(string="From", required=True, readonly=True)
    end_on = fields.Date(string="Until", readonly=True, help="The first day with service again.")

    _apart = models.Constraint(
        "EXCLUDE USING gist (int4range(subscription_id, subscription_id, '[]') WITH &&, "
        "daterange(start_on, end_on) WITH &&)",
        "Days without service are counted once.",
    )
