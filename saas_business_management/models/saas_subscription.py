"""A subscription: what a customer has agreed to pay, for which tenant, on which terms.

Owns: who pays, in which currency, company and zone, how it looks to people. Does not own: its state
(`saas_subscription_course.py`), changes (`saas_subscription_change.py`), documents
(`saas_subscription_bill.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import messages
from ..kernel.billing.states import CANCELLED
from ..kernel.errors import Refused
from ..kernel.period import zone

STATES = [
    ("draft", "Draft"),
    ("trial", "Trial"),
    ("active", "Active"),
    ("past_due", "Past Due"),
    ("paused", "Paused"),
    ("suspended", "Suspended"),
    ("cancelled", "Cancelled"),
]
SUSPENDED_FOR = [("trial_end", "Trial ended"), ("payment", "Unpaid invoice")]
# What the documents of a running subscription were made with.
FIXED_AFTER_DRAFT = {"company_id", "currency_id", "tenant_id", "version_id", "quantity"}


class SaasSubscription(models.Model):
    _name = "saas.subscription"
    _description = "Subscription"
    _inherit = ["mail.thread", "mail.activity.mixin", "saas.operations"]
    _order = "id desc"
    _job_link = "subscription_id"
    _rec_names_search = ["name", "partner_id.name", "tenant_id.name", "purchase_reference"]
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, readonly=True, copy=False, default="/")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        tracking=True,
        check_company=True,
        ondelete="restrict",
    )
    billing_contact_id = fields.Many2one(
        "res.partner",
        string="Billing Contact",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Who receives invoices. Empty: the invoice address of the customer.",
    )
    tenant_id = fields.Many2one(
        "saas.tenant",
        string="Tenant",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        tracking=True,
        help="Empty: what is sold is no Odoo of ours.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
        tracking=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        ondelete="restrict",
        tracking=True,
        help="Every invoice is in this currency.",
    )
    state = fields.Selection(
        STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    suspended_for = fields.Selection(
        SUSPENDED_FOR, string="Suspended For", readonly=True, copy=False, tracking=True
    )
    state_since = fields.Datetime(
        string="Since", readonly=True, copy=False, default=lambda self: fields.Datetime.now()
    )
    # The offer in force; the phases are its history
    version_id = fields.Many2one(
        "saas.plan.version",
        string="Plan Version",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        domain="[('state', '=', 'published'), ('kind', '=', 'plan')]",
    )
    plan_id = fields.Many2one(
        related="version_id.plan_id", store=True, index=True, string="Billing Plan"
    )
    quantity = fields.Integer(default=1, required=True, tracking=True, help="Seats, for example.")
    phase_ids = fields.One2many("saas.subscription.phase", "subscription_id", readonly=True)
    addon_ids = fields.One2many("saas.subscription.addon", "subscription_id", readonly=True)
    rest_ids = fields.One2many("saas.subscription.rest", "subscription_id", readonly=True)
    event_ids = fields.One2many("saas.subscription.event", "subscription_id", readonly=True)
    period_ids = fields.One2many("saas.billing.period", "subscription_id", readonly=True)
    # Time
    timezone = fields.Selection(
        "_tz_get",
        string="Time Zone",
        required=True,
        default=lambda self: self.env.company.partner_id.tz or self.env.user.tz or "UTC",
        tracking=True,
        help="Days and periods are counted here. A change takes effect with the next period.",
    )
    started_on = fields.Date(string="Start", readonly=True, copy=False)
    anchor_on = fields.Date(
        string="Billed From",
        readonly=True,
        copy=False,
        help="Periods are counted from this day; after a trial it is the first day that is paid.",
    )
    trial_end_on = fields.Date(
        string="Trial Ends", readonly=True, copy=False, help="The first day after the trial."
    )
    ends_on = fields.Date(
        string="Ends",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
        help="The first day without it.",
    )
    billed_until = fields.Date(
        readonly=True, copy=False, help="The first day that is not charged any more."
    )
    last_day = fields.Date(compute="_compute_last_day", string="Last Day")
    cancel_reason = fields.Char(string="Cancelled Because", readonly=True, copy=False)
    next_bill_at = fields.Datetime(
        string="Next Document",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When something of it is due next.",
    )
    next_invoice_on = fields.Date(
        string="Next Invoice", compute="_compute_next_invoice_on", store=True
    )
    bill_count = fields.Integer(
        readonly=True, copy=False, default=0, help="Grows whenever documents of it are computed."
    )
    # Documents
    payment_term_id = fields.Many2one(
        "account.payment.term", string="Payment Terms", check_company=True, tracking=True
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        string="Fiscal Position",
        check_company=True,
        tracking=True,
        help="Empty: chosen by the address of the customer.",
    )
    purchase_reference = fields.Char(
        string="Purchase Reference", tracking=True, help="Stands on every invoice."
    )
    payment_token_id = fields.Many2one(
        "payment.token",
        string="Payment Method",
        check_company=True,
        ondelete="restrict",
        copy=False,
        domain="[('partner_id', 'child_of', partner_id)]",
    )
    note = fields.Html(string="Notes")

    _name_unique = models.Constraint(
        "UNIQUE (name, company_id)", "Another subscription has this number."
    )
    _tenant_unique = models.UniqueIndex(
        "(tenant_id) WHERE tenant_id IS NOT NULL AND state NOT IN ('draft', 'cancelled')",
        "This tenant has a subscription already.",
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity BETWEEN 1 AND 1000000)", "A quantity counts from 1 to 1,000,000."
    )
    _due_idx = models.Index("(company_id, next_bill_at) WHERE next_bill_at IS NOT NULL")

    @api.model
    def _tz_get(self):
        return self.env["res.partner"]._fields["tz"]._description_selection(self.env)

    @api.depends("name", "partner_id.name")
    def _compute_display_name(self):
        for one in self:
            known = one.name and one.name != "/"
            one.display_name = one.name if known else self.env._("New Subscription")

    @api.depends("next_bill_at", "timezone")
    def _compute_next_invoice_on(self):
        for one in self:
            one.next_invoice_on = one.next_bill_at and one._day_of(one.next_bill_at)

    @api.depends("ends_on")
    def _compute_last_day(self):
        for one in self:
            one.last_day = one.ends_on and fields.Date.subtract(one.ends_on, days=1)

    @api.onchange("tenant_id")
    def _onchange_tenant_id(self):
        tenant = self.tenant_id
        if tenant:
            self.company_id = tenant.company_id
            self.partner_id = tenant.partner_id or self.partner_id
            version = tenant.plan_id.version_id
            if version and not self.version_id:
                self.version_id = version

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        partner = self.partner_id.with_company(self.company_id)
        self.payment_term_id = partner.property_payment_term_id
        if partner.tz:
            self.timezone = partner.tz

    @api.onchange("version_id")
    def _onchange_version_id(self):
        sold_in = self.version_id.price_ids.currency_id
        if sold_in and self.currency_id not in sold_in:
            self.currency_id = self.version_id.currency_id

    @api.constrains("timezone")
    def _check_timezone(self):
        for one in self:
            try:
                zone(one.timezone)
            except Refused as error:
                raise ValidationError(messages.text(self.env, error)) from None

    @api.constrains("version_id", "currency_id")
    def _check_price(self):
        for one in self:
            if one.state != CANCELLED and not one.version_id._price_in(one.currency_id):
                raise ValidationError(
                    self.env._(
                        "%(plan)s has no price in %(currency)s. Add one to the plan and publish a "
                        "new version, or choose a currency it is sold in: %(sold)s.",
                        plan=one.version_id.display_name,
                        currency=one.currency_id.name,
                        sold=", ".join(one.version_id.price_ids.currency_id.mapped("name")) or "—",
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_state(vals_list)
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                company = vals.get("company_id") or self.env.company.id
                numbers_sudo = self.env["ir.sequence"].sudo().with_company(company)
                vals["name"] = numbers_sudo.next_by_code("saas.subscription") or "/"
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_state([vals])
        fixed = FIXED_AFTER_DRAFT & set(vals)
        if fixed and not self._is_fired():
            for one in self.filtered(lambda one: one.state != "draft"):
                if any(one._differs(name, vals[name]) for name in fixed):
                    raise ValidationError(
                        self.env._(
                            "%(subscription)s is running: its tenant, company and currency stay, "
                            "its plan and quantity change by Change Plan….",
                            subscription=one.name,
                        )
                    )
        return super().write(vals)

    def _differs(self, name, value):
        field = self._fields[name]
        cached = field.convert_to_cache(value, self)
        return self[name] != field.convert_to_record(cached, self)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(one.state != "draft" or one.event_ids for one in self):
            raise ValidationError(
                self.env._("Only a draft that never ran can be removed. Cancel the others instead.")
            )
