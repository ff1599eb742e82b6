"""A billing period: one subscription, one kind, its days, and the documents made of it.

Owns: that a period exists once and overlaps no other; its course open → rating → draft → posted →
closed, or skipped with the reason. Does not own: which periods there are
(`kernel/billing/schedule.py`), making documents (`saas_subscription_bill.py`).
"""

from odoo import api, fields, models

STATES = [
    ("open", "Open"),
    ("rating", "Rated"),
    ("draft", "Draft"),
    ("posted", "Posted"),
    ("closed", "Closed"),
    ("skipped", "Skipped"),
]
KINDS = [("recurring", "Fee"), ("usage", "Usage"), ("one_off", "One-Off")]
SKIPPED_FOR = [
    ("paused", "Paused"),
    ("suspended", "Suspended for an unpaid invoice"),
    ("free", "Nothing to charge"),
]
# Numbers for the kinds: ranges of numbers need no extension of the server to be kept apart.
NUMBERED = "CASE kind WHEN 'recurring' THEN 0 WHEN 'usage' THEN 1 ELSE 2 END"
LANE = f"subscription_id::bigint * 4 + ({NUMBERED})"


class SaasBillingPeriod(models.Model):
    _name = "saas.billing.period"
    _description = "Billing Period"
    _order = "start_on desc, kind, id desc"

    subscription_id = fields.Many2one(
        "saas.subscription", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(
        related="subscription_id.partner_id", store=True, string="Customer"
    )
    currency_id = fields.Many2one(related="subscription_id.currency_id", store=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    start_on = fields.Date(string="From", required=True, readonly=True)
    end_on = fields.Date(
        string="Until", required=True, readonly=True, help="The first day of the next period."
    )
    last_day = fields.Date(compute="_compute_last_day", string="To")
    whole_start_on = fields.Date(
        required=True, readonly=True, help="The cycle it is part of begins on this day."
    )
    whole_end_on = fields.Date(required=True, readonly=True)
    start_at = fields.Datetime(required=True, readonly=True, string="Begins At")
    end_at = fields.Datetime(required=True, readonly=True, string="Ends At")
    timezone = fields.Char(required=True, readonly=True, help="Of the subscription at that time.")
    due_at = fields.Datetime(required=True, readonly=True, string="Due")
    state = fields.Selection(STATES, default="open", required=True, readonly=True, index=True)
    skipped_for = fields.Selection(SKIPPED_FOR, readonly=True, string="Skipped Because")
    amount = fields.Monetary(readonly=True, help="Without tax.")
    adjustment = fields.Monetary(
        readonly=True,
        help="Added to reach the minimum of the period, or, below zero, left out beyond its "
        "maximum.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    run_id = fields.Many2one(
        "saas.billing.run",
        string="Billing Run",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    rating_ids = fields.One2many("saas.billing.rating", "period_id", readonly=True)
    line_ids = fields.One2many("account.move.line", "saas_period_id", readonly=True)

    _once = models.Constraint(
        "UNIQUE (subscription_id, kind, start_on)", "This period has been billed already."
    )
    _apart = models.Constraint(
        f"EXCLUDE USING gist (int8range({LANE}, {LANE}, '[]') WITH &&, "
        "daterange(start_on, end_on) WITH &&)",
        "Two periods of one kind cannot overlap.",
    )
    _days = models.Constraint("CHECK (start_on < end_on)", "A period ends after it began.")
    _waiting_idx = models.Index("(subscription_id) WHERE state IN ('open', 'rating', 'draft')")

    @api.depends("kind", "start_on", "end_on", "subscription_id.name")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for period in self:
            period.display_name = self.env._(
                "%(kind)s %(start)s – %(end)s",
                kind=labels.get(period.kind, ""),
                start=fields.Date.to_string(period.start_on) or "",
                end=fields.Date.to_string(period.last_day) or "",
            )

    @api.depends("end_on")
    def _compute_last_day(self):
        for period in self:
            period.last_day = period.end_on and fields.Date.subtract(period.end_on, days=1)

    def action_view_ratings(self):
        """Show how the usage of this period was computed."""
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("How It Was Computed"),
            "res_model": "saas.billing.rating",
        }
        if len(self.rating_ids) == 1:
            return dict(action, res_id=self.rating_ids.id, views=[(False, "form")])
        return dict(action, domain=[("period_id", "=", self.id)], view_mode="list,form")

    def action_view_document(self):
        """Open the document of this period."""
        self.ensure_one()
        return self.move_id._saas_open()
