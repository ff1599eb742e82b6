"""Sign-Up: whether strangers may sign up, how often, on which terms; one a company.

Owns: the settings and their screen, telling somebody when there are too many. Does not own:
counting (`saas_signup_count.py`), the form (`saas_signup_ask.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..kernel.signup.limits import Limit

HOUR, DAY, MINUTE = 3600, 86400, 60
# The kind of a counter → the field with its border, the length of its window.
LIMITS = {
    "address": ("address_day", DAY),
    "network": ("network_hour", HOUR),
    "domain": ("domain_day", DAY),
    "total": ("total_hour", HOUR),
    "check": ("check_minute", MINUTE),
}
AUDITED = {"is_open", "terms_url", *(name for name, _seconds in LIMITS.values())}


class SaasSignupPolicy(models.Model):
    _name = "saas.signup.policy"
    _description = "Sign-Up Settings"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "company_id"
    _rec_name = "company_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    is_open = fields.Boolean(
        string="Sign-Up Is Open", tracking=True, help="Closed: the pages say so, prices stay."
    )
    responsible_id = fields.Many2one(
        "res.users",
        string="Responsible",
        check_company=True,
        tracking=True,
        default=lambda self: self.env.user,
        help="Gets new tenants, and hears when something needs a person.",
    )
    terms_url = fields.Char(
        string="Terms Page",
        tracking=True,
        help="What people agree to. A brand's own terms page goes first.",
    )
    address_day = fields.Integer(
        string="Mails to One Address", default=5, required=True, tracking=True
    )
    network_hour = fields.Integer(
        string="From One Network", default=10, required=True, tracking=True
    )
    domain_day = fields.Integer(
        string="From One Mail Domain",
        default=10,
        required=True,
        tracking=True,
        help="Domains that many people share, such as gmail.com, are not counted.",
    )
    total_hour = fields.Integer(
        string="All Together", default=100, required=True, tracking=True, help="Then you are told."
    )
    check_minute = fields.Integer(
        string="Looks at Subdomains", default=40, required=True, tracking=True
    )
    pricing_url = fields.Char(compute="_compute_pricing_url", string="Pricing Page")
    offered_ids = fields.Many2many(
        "saas.plan", compute="_compute_offered_ids", string="On the Pricing Page"
    )

    _company_uniq = models.Constraint(
        "UNIQUE (company_id)", "This company has its sign-up settings already."
    )
    _borders = models.Constraint(
        "CHECK (address_day BETWEEN 1 AND 100 AND network_hour BETWEEN 1 AND 100000 "
        "AND domain_day BETWEEN 1 AND 100000 AND total_hour BETWEEN 1 AND 1000000 "
        "AND check_minute BETWEEN 1 AND 10000)",
        "Limits are whole numbers of at least 1; one address gets at most 100 mails a day.",
    )

    @api.constrains("terms_url")
    def _check_terms_url(self):
        for policy in self:
            if policy.terms_url and not policy.terms_url.startswith(("https://", "http://")):
                raise ValidationError(
                    self.env._(
                        "“%(text)s” is no address of a page: begin it with https://.",
                        text=policy.terms_url,
                    )
                )

    def _compute_pricing_url(self):
        for policy in self:
            policy.pricing_url = f"{policy.get_base_url()}/saas/pricing"

    def _compute_offered_ids(self):
        for policy in self:
            policy.offered_ids = self.env["saas.plan"]._signup_plans(policy.company_id)

    def write(self, vals):
        before = {policy: {name: policy[name] for name in AUDITED & vals.keys()} for policy in self}
        done = super().write(vals)
        for policy, was in before.items():
            changed = {name: [was[name], policy[name]] for name in was if policy[name] != was[name]}
            if changed:
                self.env["saas.audit.entry"]._note("signup_settings_changed", policy, **changed)
        return done

    def action_open_pricing(self):
        """Open the pricing page in a new tab."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.pricing_url, "target": "new"}

    @api.model
    @api.private
    def _of(self, company):
        """Return the settings of a company; an unsaved row, closed, when there is none."""
        found = self.sudo().search([("company_id", "=", company.id)], limit=1)
        return found or self.sudo().new({"company_id": company.id, "responsible_id": False})

    @api.private
    def _limit(self, kind):
        """Return the limit of a kind of counter."""
        name, seconds = LIMITS[kind]
        return Limit(self[name], seconds)

    @api.private
    def _tell_flood(self):
        """Write down that there are too many sign-ups, and ask the responsible person to look."""
        self.env["saas.security.event"]._record("signup_flood", source="all")
        if self._origin and self.responsible_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("More sign-ups in an hour than allowed"),
                note=self.env._(
                    "The limit of %(most)s an hour was reached; further ones are asked to come "
                    "back later. Look at the sign-ups: are these people?",
                    most=self.total_hour,
                ),
                user_id=self.responsible_id.id,
            )
