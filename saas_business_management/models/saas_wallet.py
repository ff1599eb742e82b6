"""A wallet: what a customer can spend in one currency with one company, and how it is filled.

Owns: that there is one of each, its figures, when it fills itself. Does not own: the money in it
(`saas_wallet_grant.py`), what takes of it (`saas_wallet_burn.py`), top-ups
(`saas_wallet_topup.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .. import messages
from ..kernel.billing.interval import Interval
from ..kernel.billing.topup import TopUpRule
from ..kernel.errors import Refused

TOPUPS = [
    ("hand", "By Hand Alone"),
    ("threshold", "When It Runs Low"),
    ("schedule", "On a Schedule"),
]
EVERY = [("week", "Week"), ("month", "Month"), ("quarter", "Quarter"), ("year", "Year")]
TURN = "UPDATE saas_wallet SET turn_count = turn_count + 1 WHERE id = %s"


class SaasWallet(models.Model):
    _name = "saas.wallet"
    _description = "Wallet"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "partner_id, currency_id, id"
    _rec_names_search = ["partner_id.name"]
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        ondelete="restrict",
        tracking=True,
        help="Only invoices in this currency use it; nothing is converted.",
    )
    grant_ids = fields.One2many("saas.wallet.grant", "wallet_id", readonly=True)
    entry_ids = fields.One2many("saas.wallet.entry", "wallet_id", readonly=True)
    balance = fields.Monetary(compute="_compute_balance", help="What can be used today.")
    balance_paid = fields.Monetary(
        string="Paid", compute="_compute_balance", help="Of it the customer has paid."
    )
    balance_promo = fields.Monetary(
        string="Promotional", compute="_compute_balance", help="Of it was given as a discount."
    )
    ordered = fields.Monetary(
        string="On Its Way", compute="_compute_balance", help="Top-ups that are not paid yet."
    )
    next_expiry_on = fields.Date(string="Next Expires", compute="_compute_balance")
    # How it is filled
    topup_kind = fields.Selection(
        TOPUPS, string="Top-Up", default="hand", required=True, tracking=True
    )
    topup_threshold = fields.Monetary(
        string="At or Below",
        tracking=True,
        help="Top-ups on their way count as if they were there.",
    )
    topup_target = fields.Monetary(string="Fill Up To", tracking=True)
    topup_amount = fields.Monetary(string="Amount", tracking=True)
    topup_every = fields.Selection(EVERY, string="Every", default="month", tracking=True)
    topup_from_on = fields.Date(string="First On", tracking=True)
    topup_next_on = fields.Date(string="Next Top-Up", readonly=True, copy=False)
    topup_months = fields.Integer(
        string="Top-Ups Are Valid For",
        help="Months after the payment; 0 means that they never expire.",
        tracking=True,
    )
    note = fields.Html(string="Notes")
    turn_count = fields.Integer(
        readonly=True, copy=False, default=0, help="Grows whenever money of it is moved."
    )

    _once = models.Constraint(
        "UNIQUE (partner_id, company_id, currency_id)",
        "This customer has a wallet in this currency already.",
    )
    _months_positive = models.Constraint(
        "CHECK (topup_months BETWEEN 0 AND 120)", "Top-ups are valid for 0 to 120 months."
    )

    @api.depends("partner_id.name", "currency_id.name")
    def _compute_display_name(self):
        for wallet in self:
            known = wallet.partner_id and wallet.currency_id
            name = f"{wallet.partner_id.name}, {wallet.currency_id.name}"
            wallet.display_name = name if known else self.env._("New Wallet")

    @api.depends("grant_ids.amount_left", "grant_ids.state")
    def _compute_balance(self):
        today = fields.Date.context_today(self)
        for wallet in self:
            usable = wallet.grant_ids.filtered(lambda grant: grant._is_usable(today))
            paid = usable.filtered(lambda grant: grant.kind == "paid")
            waiting = wallet.grant_ids.filtered(lambda grant: grant.state == "waiting")
            wallet.balance = sum(usable.mapped("amount_left"))
            wallet.balance_paid = sum(paid.mapped("amount_left"))
            wallet.balance_promo = sum((usable - paid).mapped("amount_left"))
            wallet.ordered = sum(waiting.mapped("amount"))
            ends = [day for day in usable.mapped("expires_on") if day]
            wallet.next_expiry_on = min(ends) if ends else False

    @api.constrains("partner_id")
    def _check_partner(self):
        for wallet in self:
            whole = wallet.partner_id.commercial_partner_id
            if whole != wallet.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s belongs to %(customer)s. Choose that customer: a wallet is for "
                        "all of its contacts.",
                        person=wallet.partner_id.name,
                        customer=whole.name,
                    )
                )

    @api.constrains("topup_kind", "topup_threshold", "topup_target", "topup_amount", "topup_every")
    def _check_topup(self):
        for wallet in self:
            try:
                wallet._check_rule()
            except Refused as error:
                raise ValidationError(messages.text(self.env, error)) from None

    def _check_rule(self):
        """Refuse a rule by which it would not be filled, or for ever.

        Raises: Refused (`topup_target`, `topup_incomplete`, `number_negative`).
        """
        if self.topup_kind == "threshold":
            self._topup_rule()
        if self.topup_kind == "schedule" and (not self.topup_from_on or self.topup_amount <= 0):
            raise Refused("topup_incomplete")

    @api.model_create_multi
    def create(self, vals_list):
        wallets = super().create(vals_list)
        wallets._plan_topup()
        return wallets

    def write(self, vals):
        if self.grant_ids and {"currency_id", "company_id", "partner_id"} & set(vals):
            raise ValidationError(
                self.env._("A wallet that has grants keeps its customer, currency and company.")
            )
        written = super().write(vals)
        if {"topup_kind", "topup_every", "topup_from_on"} & set(vals):
            self._plan_topup()
        return written

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if self.grant_ids:
            raise ValidationError(self.env._("A wallet that has grants stays: it says who owes."))

    def _topup_rule(self):
        """Return when it fills itself.

        Raises: Refused (`topup_target`).
        """
        amounts = (self.topup_threshold, self.topup_target)
        return TopUpRule(*(self.currency_id._exactly(amount) for amount in amounts))

    def _plan_topup(self):
        """Note the day of the next scheduled top-up; days that have passed are left out."""
        today = fields.Date.today()
        for wallet in self:
            first = wallet.topup_from_on if wallet.topup_kind == "schedule" else None
            if not first or first >= today:
                wallet.topup_next_on = first
            else:
                wallet.topup_next_on = wallet._topup_after(fields.Date.subtract(today, days=1))

    def _topup_after(self, day):
        """Return the first day of its schedule after a day, counted from the first one."""
        interval, first = Interval(self.topup_every), self.topup_from_on
        return interval.after(first, interval.count_until(first, day) + 1)

    # Whose it is

    @api.model
    def _of(self, company, partner, currency):
        """Return the wallet of a customer, or none."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("currency_id", "=", currency.id),
            ],
            limit=1,
        )

    @api.model
    def _open_for(self, company, partner, currency):
        """Return the wallet of a customer; a new one when there is none."""
        return self._of(company, partner, currency) or self.create(
            {
                "company_id": company.id,
                "partner_id": partner.commercial_partner_id.id,
                "currency_id": currency.id,
            }
        )

    def _take_turn(self):
        """Let whoever moves money of this wallet at the same moment wait, and then begin anew.

        The row is written, so that the other transaction fails instead of seeing what it was.
        """
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(SQL(TURN, self.id))
        self.invalidate_recordset(["turn_count"])

    # Buttons

    def action_add(self) -> dict:
        """Open the dialog that adds money of the kind that the context names."""
        self.ensure_one()
        return self.env["saas.wallet.add"]._open_for(
            self.company_id,
            self.partner_id,
            self.currency_id,
            self.env.context.get("saas_grant_kind", "paid"),
        )

    def action_view_entries(self) -> dict:
        """Open everything that was granted, used and expired."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_wallet_entry"
        )
        return dict(action, domain=[("wallet_id", "=", self.id)], context={}, path=False)

    def action_view_moves(self) -> dict:
        """Open the invoices of top-ups, and those that the wallet paid."""
        self.ensure_one()
        return (self.grant_ids.move_id | self.entry_ids.move_id)._saas_open()

    def action_view_subscriptions(self) -> dict:
        """Open the subscriptions whose invoices use this wallet."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_subscription"
        )
        domain = [
            ("partner_id", "child_of", self.partner_id.id),
            ("currency_id", "=", self.currency_id.id),
        ]
        return dict(action, domain=domain, context={}, path=False)
