"""What the usage of a meter in a period was rated at: a snapshot that explains an invoice line.

Owns: the facts of one computation, for ever. Does not own: computing (`kernel/billing`), usage
itself (`saas_usage_bucket.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..kernel.billing.late import SEPARATE_DOCUMENT
from ..kernel.billing.step import INCLUDED
from ..kernel.period import Period, bounds, zone
from .saas_decimal import Exact
from .saas_plan_charge_preview import STEPS


class SaasBillingRating(models.Model):
    _name = "saas.billing.rating"
    _description = "Rating"
    _inherit = ["saas.last.day"]
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
    unit_label = fields.Char(related="meter_id.unit_label")
    start_on = fields.Date(string="From", required=True, readonly=True)
    end_on = fields.Date(
        string="Until", required=True, readonly=True, help="The first day that is not counted."
    )
    days_text = fields.Char(compute="_compute_days_text", string="Days")
    counted_from = fields.Date(
        string="Counted From",
        readonly=True,
        help="Earlier than the period where the plan charges the usage of the trial before it.",
    )
    service_to = fields.Datetime(
        string="Counted Until",
        required=True,
        readonly=True,
        help="Usage before this instant was counted.",
    )
    ingested_before = fields.Datetime(
        string="Arrived Until",
        required=True,
        readonly=True,
        help="Usage that had arrived by this instant was counted.",
    )
    event_count = fields.Integer(string="Events", readonly=True)
    quantity = Exact(string="Used", required=True, readonly=True)
    included = Exact(readonly=True)
    amount = fields.Monetary(required=True, readonly=True, help="Without tax.")
    exact_amount = Exact(string="Before Rounding", readonly=True, signed=True)
    detail = fields.Json(
        readonly=True, help="The steps of the computation: kind, quantity, unit price, amount."
    )
    steps_text = fields.Text(compute="_compute_steps_text", string="Computation")
    reading = fields.Char(string="In a Line", readonly=True)
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
    move_id = fields.Many2one("account.move", compute="_compute_move_id", string="Document")

    @api.depends("start_on", "end_on", "counted_from")
    @api.depends_context("lang")
    def _compute_days_text(self):
        for rating in self:
            first = rating.counted_from or rating.start_on
            days = f"{format_date(self.env, first)} – {format_date(self.env, rating.last_day)}"
            rating.days_text = (
                self.env._("%(days)s, with the trial", days=days)
                if first < rating.start_on
                else days
            )

    @api.depends("detail")
    @api.depends_context("lang")
    def _compute_steps_text(self):
        for rating in self:
            rating.steps_text = "\n".join(rating._step_told(one) for one in rating.detail or [])

    def _step_told(self, one):
        """Return a step as people read it: what it is, and how it is computed."""
        spelled = self.env["saas.exact"]._spelled
        return self.env._(
            "%(what)s: %(count)s × %(price)s = %(amount)s",
            what=self.env._(STEPS[one["kind"]]),
            count=spelled(one["quantity"]),
            price=spelled(one["unit_price"]),
            amount=spelled(one["amount"]),
        )

    def _included_units(self):
        """Return the units that cost nothing, as their digits; empty when there are none."""
        if self.included and self.included != "0":
            return self.included
        free = [one["quantity"] for one in self.detail or [] if one["kind"] == INCLUDED]
        return free[0] if free else ""

    @api.depends("line_ids.move_id")
    def _compute_move_id(self):
        for rating in self:
            lines = rating.sudo().line_ids.filtered(lambda line: line.parent_state != "cancel")
            rating.move_id = lines.move_id[:1]

    def action_view_document(self):
        """Open the invoice or credit note that has the line of this rating."""
        self.ensure_one()
        return self.move_id._saas_open()

    def action_view_usage(self):
        """Open the usage that was counted."""
        self.ensure_one()
        days = self._days()
        first = self.counted_from or days.start
        span = bounds(Period(first, days.end), zone(self.period_id.timezone))
        start, end = (one.replace(tzinfo=None) for one in (span.start, span.end))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_usage_bucket"
        )
        domain = [
            ("subscription_id", "=", self.subscription_id.id),
            ("meter_id", "=", self.meter_id.id),
            ("start_at", ">=", start),
            ("start_at", "<", end),
            ("ingested_at", "<=", self.ingested_before),
        ]
        return dict(action, domain=domain, context={"create": False}, path=False)

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
