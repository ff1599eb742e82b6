"""What the usage of a meter in a period was rated at: a snapshot that explains an invoice line.

Owns: the facts of one computation, for ever. Does not own: computing (`kernel/billing`), usage
itself (`saas_usage_bucket.py`).
"""

from odoo import fields, models
from odoo.exceptions import UserError

from ..kernel.billing.late import SEPARATE_DOCUMENT
from ..kernel.period import Period
from .saas_decimal import Exact


class SaasBillingRating(models.Model):
    _name = "saas.billing.rating"
    _description = "Rating"
    _order = "period_id desc, id"
    _rec_name = "meter_id"

    period_id = fields.Many2one(
        "saas.billing.period", required=True, readonly=True, index=True, ondelete="restrict"
    )
    subscription_id = fields.Many2one(related="period_id.subscription_id", store=True, index=True)
    company_id = fields.Many2one(
        related="period_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="period_id.currency_id")
    charge_id = fields.Many2one(
        "saas.plan.charge", required=True, readonly=True, index=True, ondelete="restrict"
    )
    version_id = fields.Many2one(related="charge_id.version_id", string="Plan Version")
    meter_id = fields.Many2one(related="charge_id.meter_id", store=True, string="Meter")
    start_on = fields.Date(string="From", required=True, readonly=True)
    end_on = fields.Date(string="Until", required=True, readonly=True)
    service_to = fields.Datetime(
        required=True, readonly=True, help="Usage before this instant was counted."
    )
    ingested_before = fields.Datetime(
        required=True, readonly=True, help="Usage that had arrived by this instant was counted."
    )
    event_count = fields.Integer(string="Events", readonly=True)
    quantity = Exact(string="Used", required=True, readonly=True)
    included = Exact(readonly=True)
    amount = fields.Monetary(required=True, readonly=True, help="Without tax.")
    exact_amount = Exact(string="Before Rounding", readonly=True, signed=True)
    detail = fields.Json(readonly=True, help="The steps of the computation, to read.")
    reading = fields.Char(string="Computation", readonly=True)
    hash = fields.Char(readonly=True, help="Of everything above: equal facts give an equal hash.")
    corrects_id = fields.Many2one(
        "saas.billing.rating",
        string="Corrects",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="What came too late for this rating is settled here.",
    )
    correction_ids = fields.One2many("saas.billing.rating", "corrects_id", readonly=True)
    left_out = fields.Monetary(
        string="Not Invoiced",
        readonly=True,
        help="What came too late for this, and the plan does not invoice; below zero is not given "
        "back.",
    )
    line_ids = fields.One2many("account.move.line", "saas_rating_id", readonly=True)

    def _days(self):
        return Period(self.start_on, self.end_on)

    def _stands_apart(self):
        """Tell whether it is invoiced on a document of its own: it came too late, and the plan
        wants it so.
        """
        return self.corrects_id and self.version_id.late_policy == SEPARATE_DOCUMENT

    def write(self, vals):
        raise UserError(self.env._("A rating explains an invoice line and cannot be changed."))

    def unlink(self):
        if any(rating.period_id.state not in ("open", "rating", "draft") for rating in self):
            raise UserError(self.env._("A rating explains an invoice line and cannot be removed."))
        return super().unlink()
