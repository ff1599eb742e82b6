"""The schedule of an invoice line: which part of its fee is revenue of which month.

Owns: one schedule for a line, its rows by month, that they add up to nothing: what is deferred
comes back as revenue or is reversed with a credit note. Does not own: the amounts
(`kernel/billing/deferral.py`), what is scheduled when (`saas_deferral_work.py`), the entries
(`saas_deferral_entry.py`).

Amounts are in the currency of the company; above zero is revenue.
"""

from odoo import api, fields, models
from odoo.tools import format_date

from ..kernel.period import Period
from .res_company_deferral import METHODS

ROW_KINDS = [
    ("defer", "Deferred"),
    ("recognize", "Recognized"),
    ("reverse", "Reversed by a Credit Note"),
]


class SaasDeferral(models.Model):
    _name = "saas.deferral"
    _description = "Deferred Revenue Schedule"
    _inherit = ["saas.ledger"]
    _order = "start_on desc, id desc"
    _rec_name = "move_line_id"

    move_line_id = fields.Many2one(
        "account.move.line",
        string="Invoice Line",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index=True, ondelete="restrict"
    )
    period_id = fields.Many2one(
        "saas.billing.period", required=True, readonly=True, index=True, ondelete="restrict"
    )
    subscription_id = fields.Many2one(
        "saas.subscription", required=True, readonly=True, index=True, ondelete="restrict"
    )
    plan_id = fields.Many2one("saas.plan", readonly=True, string="Plan", ondelete="restrict")
    item = fields.Char(string="Billed Item", readonly=True)
    invoiced_on = fields.Date(string="Invoiced", required=True, readonly=True)
    start_on = fields.Date(string="Service From", required=True, readonly=True)
    end_on = fields.Date(
        string="Service Until",
        required=True,
        readonly=True,
        help="The first day that the invoice does not serve.",
    )
    method = fields.Selection(METHODS, string="Spread", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True, help="Of the line, without tax.")
    amount_recognized = fields.Monetary(
        string="Recognized", compute="_compute_amounts", help="In entries that are posted."
    )
    amount_reversed = fields.Monetary(string="Credited", compute="_compute_amounts")
    amount_deferred = fields.Monetary(
        string="Still Deferred", compute="_compute_amounts", help="Revenue of months to come."
    )
    income_account_id = fields.Many2one(
        "account.account", required=True, readonly=True, ondelete="restrict"
    )
    deferred_account_id = fields.Many2one(
        "account.account",
        readonly=True,
        ondelete="restrict",
        help="Chosen with the first entry; what waits there comes back from there.",
    )
    state = fields.Selection(
        [("running", "Running"), ("done", "Done")],
        default="running",
        required=True,
        readonly=True,
        index=True,
    )
    row_ids = fields.One2many("saas.deferral.row", "deferral_id", readonly=True)

    _once = models.Constraint("UNIQUE (move_line_id)", "This line has its schedule already.")

    @api.depends("row_ids.amount", "row_ids.entry_id", "amount")
    def _compute_amounts(self):
        groups = self.env["saas.deferral.row"]._read_group(
            [("deferral_id", "in", self.ids), ("kind", "!=", "defer")],
            ["deferral_id", "kind", "state"],
            ["amount:sum"],
        )
        sums = {(one.id, kind, state): amount for one, kind, state, amount in groups}
        for one in self:
            one.amount_recognized = sums.get((one.id, "recognize", "booked"), 0.0)
            one.amount_reversed = sum(
                sums.get((one.id, "reverse", state), 0.0) for state in ("planned", "booked")
            )
            one.amount_deferred = one.amount - one.amount_recognized - one.amount_reversed

    def _by_hand_text(self):
        return self.env._("Schedules are made from posted invoices, never by hand.")

    def _stays_text(self):
        return self.env._("A schedule stays: it explains the entries of its months.")

    def _service(self):
        return Period(self.start_on, self.end_on)

    def action_view_document(self) -> dict:
        """Open the invoice of this schedule."""
        self.ensure_one()
        return self.move_id._saas_open()


class SaasDeferralRow(models.Model):
    _name = "saas.deferral.row"
    _description = "Deferred Revenue of a Month"
    _inherit = ["saas.ledger"]
    _order = "month, deferral_id, id"
    _rec_name = "month"

    deferral_id = fields.Many2one(
        "saas.deferral",
        string="Schedule",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="deferral_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        related="deferral_id.partner_id", store=True, precompute=True, string="Customer"
    )
    subscription_id = fields.Many2one(
        related="deferral_id.subscription_id", store=True, precompute=True
    )
    plan_id = fields.Many2one(related="deferral_id.plan_id", store=True, precompute=True)
    move_id = fields.Many2one(related="deferral_id.move_id", string="Invoice")
    kind = fields.Selection(ROW_KINDS, string="What", required=True, readonly=True)
    month = fields.Date(required=True, readonly=True, help="Its first day.")
    month_label = fields.Char(string="Named Month", compute="_compute_month_label")
    amount = fields.Monetary(
        required=True, readonly=True, help="Above zero is revenue of the month."
    )
    refund_line_id = fields.Many2one(
        "account.move.line",
        string="Credited By",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    entry_id = fields.Many2one(
        "saas.deferral.entry",
        string="Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    state = fields.Selection(
        [("planned", "Planned"), ("booked", "Booked")],
        default="planned",
        required=True,
        readonly=True,
    )

    _month_once = models.UniqueIndex(
        "(deferral_id, month) WHERE kind = 'recognize'",
        "This month of the schedule is there already.",
    )
    _deferred_once = models.UniqueIndex(
        "(deferral_id) WHERE kind = 'defer'", "This line was deferred already."
    )
    _credited_once = models.UniqueIndex(
        "(deferral_id, refund_line_id) WHERE refund_line_id IS NOT NULL",
        "This credit was taken off the schedule already.",
    )
    _planned_idx = models.Index("(company_id, month) WHERE entry_id IS NULL")
    _first_day = models.Constraint(
        "CHECK (date_part('day', month) = 1)", "A month is named by its first day."
    )

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_label(self):
        for row in self:
            row.month_label = format_date(self.env, row.month, date_format="MMMM yyyy")

    def _by_hand_text(self):
        return self.env._("Rows of a schedule are written by its operation, never by hand.")

    def _stays_text(self):
        return self.env._("Rows of a schedule stay: they explain an entry.")

    def action_recognize(self) -> dict:
        """Recognize the revenue of every month that is over, now."""
        return self.env["saas.deferral"]._recognize_now()
