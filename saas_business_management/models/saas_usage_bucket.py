"""Usage of a meter by a subscription in a stretch of time, as it arrived. Append-only.

Owns: what was counted. Does not own: events it came from, what it costs (`saas_billing_rating.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby

from .. import messages
from ..kernel.billing.agreement import USAGE
from ..kernel.billing.late import ACCEPTED, LOOKBACK, period_status
from ..kernel.errors import Refused
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
    partner_id = fields.Many2one(related="subscription_id.partner_id", string="Customer")
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

    @api.constrains("subscription_id", "end_at")
    def _check_before_the_end(self):
        """Refuse usage after the end of its subscription."""
        for bucket in self:
            try:
                bucket._look_for_end(bucket.subscription_id, bucket.end_at)
            except Refused as error:
                raise UserError(messages.text(self.env, error)) from error

    @api.model
    @api.private
    def _look_for_end(self, one, end_at):
        """Raises: Refused (`usage_after_end`) when a subscription had ended before an instant."""
        if one.ends_on and end_at > one._instant(one.ends_on):
            raise Refused("usage_after_end", subscription=one.name, day=one.last_day)

    @api.constrains("subscription_id", "start_at")
    def _check_still_open(self):
        """Refuse usage of a period that does not change any more: nothing would come of it."""
        closed = self._closed_periods()
        for bucket in self:
            periods = closed.get(bucket.subscription_id, [])
            starts = [fields.Datetime.to_string(period.start_at) for period in periods]
            ours = [one for one in periods if one.start_at <= bucket.start_at < one.end_at]
            for period in ours:
                key = fields.Datetime.to_string(period.start_at)
                if period_status(starts, key) != ACCEPTED:
                    self._refuse_closed(bucket)

    def _closed_periods(self):
        """Return the invoiced periods of usage of each subscription, the oldest first."""
        found_sudo = (
            self.env["saas.billing.period"]
            .sudo()
            .search(
                [
                    ("subscription_id", "in", self.subscription_id.ids),
                    ("kind", "=", USAGE),
                    ("state", "in", ("posted", "closed")),
                ],
                order="start_at",
            )
        )
        return dict(groupby(found_sudo, lambda period: period.subscription_id))

    def _refuse_closed(self, bucket):
        day = bucket.subscription_id._day_of(bucket.start_at)
        error = Refused("usage_period_closed", meter=bucket.meter_id.name, day=day, count=LOOKBACK)
        raise UserError(messages.text(self.env, error))

    def write(self, vals):
        raise UserError(
            self.env._("Usage cannot be changed. Add a row that corrects it, with a minus sign.")
        )

    def unlink(self):
        raise UserError(
            self.env._("Usage cannot be removed. Add a row that corrects it, with a minus sign.")
        )
