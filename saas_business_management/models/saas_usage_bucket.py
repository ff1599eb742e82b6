"""Usage of a meter by a subscription in a stretch of time, as it arrived. Append-only.

Owns: what was counted. Does not own: events it came from, what it costs (`saas_billing_rating.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .saas_decimal import Exact


class SaasUsageBucket(models.Model):
    _name = "saas.usage.bucket"
    _description = "Usage"
    _inherit = ["saas.exact"]
    _order = "start_at desc, id desc"
    _rec_name = "meter_id"

    subscription_id = fields.Many2one(
        "saas.subscription", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True, index=True
    )
    meter_id = fields.Many2one("saas.meter", required=True, index=True, ondelete="restrict")
    unit_label = fields.Char(related="meter_id.unit_label")
    start_at = fields.Datetime(string="From", required=True)
    end_at = fields.Datetime(string="Until", required=True)
    quantity = Exact(required=True, signed=True, help="In units of the meter.")
    event_count = fields.Integer(string="Events", default=1, required=True)
    ingested_at = fields.Datetime(
        string="Arrived", required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )
    source = fields.Char(help="Where it was counted, such as the name of an import.")

    _forward = models.Constraint(
        "CHECK (start_at < end_at)", "Usage is counted from an instant to a later one."
    )
    _of_period_idx = models.Index("(subscription_id, meter_id, start_at)")

    @api.constrains("quantity")
    def _check_quantity(self):
        """Refuse what is no number; `saas.exact` has looked at its digits."""
        for bucket in self:
            if not bucket.quantity:
                raise UserError(self.env._("Enter a quantity; 0 is one too."))

    def write(self, vals):
        raise UserError(
            self.env._("Usage cannot be changed. Add a row that corrects it, with a minus sign.")
        )

    def unlink(self):
        raise UserError(
            self.env._("Usage cannot be removed. Add a row that corrects it, with a minus sign.")
        )
