"""A billing run: everything of a company that is due on a day, and what became of each part.

Owns: its course draft → rating → to approve → posting → done, who prepared and who approved it, the
figures. Does not own: billing one subscription (`saas_subscription_bill.py`), carrying the run
through (`saas_billing_run_work.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

STATES = [
    ("draft", "Draft"),
    ("rating", "Rating"),
    ("to_approve", "To Approve"),
    ("posting", "Posting"),
    ("done", "Done"),
]
LINE_STATES = [
    ("drafted", "To Invoice"),
    ("posted", "Invoiced"),
    ("skipped", "Skipped"),
    ("failed", "Failed"),
]


class SaasBillingRun(models.Model):
    _name = "saas.billing.run"
    _description = "Billing Run"
    _inherit = ["mail.thread", "mail.activity.mixin", "saas.operations"]
    _order = "id desc"
    _job_link = "run_id"

    name = fields.Char(string="Number", required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        string="Day",
        required=True,
        default=lambda self: fields.Date.context_today(self),
        help="What is due by now is billed; documents carry the day on which they are made.",
    )
    dry_run = fields.Boolean(
        string="Dry Run",
        readonly=True,
        copy=False,
        help="Everything is computed and shown, nothing is made.",
    )
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, copy=False, index=True, tracking=True
    )
    prepared_by_id = fields.Many2one(
        "res.users",
        string="Prepared By",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    approved_by_id = fields.Many2one(
        "res.users", string="Approved By", readonly=True, copy=False, ondelete="restrict"
    )
    approved_at = fields.Datetime(string="Approved", readonly=True, copy=False)
    approval_why = fields.Char(string="Why Approval", readonly=True, copy=False)
    subscription_count = fields.Integer(string="Subscriptions", readonly=True, copy=False)
    chunk_count = fields.Integer(readonly=True, copy=False)
    line_ids = fields.One2many("saas.billing.run.line", "run_id", readonly=True)
    to_invoice_line_ids = fields.One2many(
        "saas.billing.run.line",
        "run_id",
        domain=[("state", "in", ("drafted", "posted"))],
        readonly=True,
    )
    failed_line_ids = fields.One2many(
        "saas.billing.run.line", "run_id", domain=[("state", "=", "failed")], readonly=True
    )
    skipped_line_ids = fields.One2many(
        "saas.billing.run.line", "run_id", domain=[("state", "=", "skipped")], readonly=True
    )
    move_ids = fields.One2many("account.move", "saas_run_id", readonly=True, string="Documents")
    period_ids = fields.One2many("saas.billing.period", "run_id", readonly=True)
    move_count = fields.Integer(string="Number of Documents", compute="_compute_figures")
    total = fields.Monetary(
        compute="_compute_figures", help="Invoices less credit notes, before tax, in our currency."
    )
    to_invoice_count = fields.Integer(string="To Invoice", compute="_compute_figures")
    failed_count = fields.Integer(string="Failed", compute="_compute_figures")
    skipped_count = fields.Integer(string="Skipped", compute="_compute_figures")
    variance_ratio = fields.Float(
        string="Variance",
        readonly=True,
        copy=False,
        help="How much the fees differ from those of the same subscriptions the time before.",
    )
    variance_count = fields.Integer(string="Compared", readonly=True, copy=False)
    done_at = fields.Datetime(string="Ended", readonly=True, copy=False)

    _open_once = models.UniqueIndex(
        "(company_id) WHERE state IN ('rating', 'posting') AND dry_run IS NOT TRUE",
        "A run of this company is under way. Wait until it has ended.",
    )

    @api.depends("line_ids.state", "line_ids.amount", "move_ids.amount_untaxed_signed")
    def _compute_figures(self):
        lines = self.env["saas.billing.run.line"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        )
        counts = {(run.id, state): count for run, state, count in lines}
        moves = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                [("saas_run_id", "in", self.ids), ("state", "!=", "cancel")],
                ["saas_run_id"],
                ["__count", "amount_untaxed_signed:sum"],
            )
        )
        sums = {run.id: (count, total) for run, count, total in moves}
        for run in self:
            drafted = counts.get((run.id, "drafted"), 0) + counts.get((run.id, "posted"), 0)
            run.to_invoice_count = drafted
            run.failed_count = counts.get((run.id, "failed"), 0)
            run.skipped_count = counts.get((run.id, "skipped"), 0)
            run.move_count, run.total = sums.get(run.id, (0, 0.0))
            if run.dry_run:
                run.total = sum(run.line_ids.mapped("amount_company"))

    @api.constrains("prepared_by_id", "approved_by_id")
    def _check_four_eyes(self):
        for run in self:
            if run.approved_by_id and run.approved_by_id == run.prepared_by_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s prepared this run, so somebody else has to approve it.",
                        person=run.prepared_by_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            company = vals.get("company_id") or self.env.company.id
            numbers_sudo = self.env["ir.sequence"].sudo().with_company(company)
            vals["name"] = numbers_sudo.next_by_code("saas.billing.run") or "/"
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if any(run.state != "draft" for run in self):
            raise ValidationError(
                self.env._("A run that has begun stays: it says what was billed.")
            )

    def action_view_moves(self) -> dict:
        """Open the documents of this run."""
        self.ensure_one()
        return self.move_ids._saas_open()

    def action_view_subscriptions(self) -> dict:
        """Open the subscriptions that this run met."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_subscription"
        )
        met = self.line_ids.subscription_id.ids
        return dict(action, domain=[("id", "in", met)], context={}, path=False)

    @api.private
    def _note_line(self, subscription, state, move=None, amount=0.0, code="", text=""):
        """Note what became of a subscription in this run; without a run nothing is noted."""
        if not self:
            return
        lines_sudo = self.env["saas.billing.run.line"].sudo()
        if state == "failed":
            lines_sudo.search(
                [
                    ("run_id", "=", self.id),
                    ("subscription_id", "=", subscription.id),
                    ("state", "=", "failed"),
                ]
            ).unlink()
        told = {"code": code or False, "reason": text or False}
        lines_sudo.create(self._line_vals(subscription, state, move, amount) | told)

    @api.private
    def _note_drafts(self, drafts):
        """Note documents with what they were made from, as pairs of both."""
        if self:
            rows = [
                self._line_vals(paper.subscription, "drafted", move, paper.total)
                for paper, move in drafts
            ]
            self.env["saas.billing.run.line"].sudo().create(rows)

    def _line_vals(self, subscription, state, move, amount):
        return {
            "run_id": self.id,
            "subscription_id": subscription.id,
            "state": state,
            "move_id": move.id if move else False,
            "amount": -amount if move and move.move_type == "out_refund" else amount,
        }


class SaasBillingRunLine(models.Model):
    _name = "saas.billing.run.line"
    _description = "Line of a Billing Run"
    _order = "run_id desc, state, id"
    _rec_name = "subscription_id"

    run_id = fields.Many2one(
        "saas.billing.run", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="run_id.company_id", store=True, precompute=True, index=True
    )
    subscription_id = fields.Many2one(
        "saas.subscription", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="subscription_id.partner_id", string="Customer")
    plan_id = fields.Many2one(related="subscription_id.plan_id", string="Plan")
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    state = fields.Selection(LINE_STATES, required=True, readonly=True, index=True)
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    kind = fields.Char(readonly=True, string="What")
    amount = fields.Monetary(readonly=True, help="Before tax; less than zero is given back.")
    amount_company = fields.Monetary(
        compute="_compute_amount_company",
        currency_field="company_currency_id",
        string="In Our Currency",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Our Currency")
    before = fields.Monetary(readonly=True, string="The Time Before")
    code = fields.Char(readonly=True)
    reason = fields.Char(readonly=True)

    @api.depends("amount", "currency_id", "run_id.date")
    def _compute_amount_company(self):
        for line in self:
            line.amount_company = line.currency_id._convert(
                line.amount, line.company_currency_id, line.company_id, line.run_id.date
            )

    def action_mend(self):
        """Open the place where the cause of a failure is mended."""
        self.ensure_one()
        return self.subscription_id._place_to_mend(self.code)
