"""A sign-up: what a stranger asked for, from the form to the open tenant.

Owns: the row, its way through the funnel, what operators do with it. Does not own: judging the form
(`saas_signup_ask.py`), what follows the confirmation (`saas_signup_confirm.py`), the pages
(`controllers/signup.py`).
"""

import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("waiting", "E-Mail Not Confirmed"),
    ("known", "Had an Account"),
    ("expired", "Link Expired"),
    ("confirmed", "Being Made"),
    ("failed", "Needs a Person"),
    ("open", "Open"),
    ("paid", "Paying"),
]
UNCONFIRMED = ("waiting", "known", "expired")


class SaasSignup(models.Model):
    _name = "saas.signup"
    _description = "Sign-Up"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["company_name", "email", "subdomain"]
    _rec_name = "company_name"

    company_name = fields.Char(string="Customer", required=True, readonly=True)
    name = fields.Char(string="Person", required=True, readonly=True)
    email = fields.Char(string="E-Mail", required=True, readonly=True)
    counted_email = fields.Char(required=True, readonly=True, index=True)
    mail_domain = fields.Char(readonly=True, index=True)
    network = fields.Char(readonly=True, help="First part of the address it came from.")
    country_id = fields.Many2one("res.country", readonly=True, ondelete="set null")
    lang = fields.Char(string="Language", readonly=True)
    timezone = fields.Char(string="Time Zone", readonly=True)
    subdomain = fields.Char(required=True, readonly=True)
    plan_id = fields.Many2one(
        "saas.plan", string="Plan", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    brand_id = fields.Many2one("saas.brand", readonly=True, index=True, ondelete="restrict")
    terms_url = fields.Char(string="Agreed To", readonly=True)
    terms_at = fields.Datetime(string="Agreed At", readonly=True)
    state = fields.Selection(
        STATES,
        default="waiting",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
        group_expand=True,
    )
    trouble = fields.Char(string="What Is Wrong", readonly=True)
    sent_at = fields.Datetime(string="Last Mail", readonly=True)
    sent_count = fields.Integer(string="Mails", readonly=True)
    confirmed_at = fields.Datetime(string="Confirmed", readonly=True)
    opened_at = fields.Datetime(string="Opened", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Contact", readonly=True, index=True, ondelete="set null"
    )
    tenant_id = fields.Many2one(
        "saas.tenant", readonly=True, index="btree_not_null", ondelete="set null"
    )
    reference = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: secrets.token_urlsafe(16),
    )
    shown_brand_id = fields.Many2one("saas.brand", compute="_compute_shown_brand_id")

    _reference_uniq = models.Constraint(
        "UNIQUE (reference)", "Two sign-ups cannot share a reference."
    )

    @api.depends("brand_id")
    def _compute_shown_brand_id(self):
        default = self.env["saas.brand"]._default()
        for one in self:
            one.shown_brand_id = one.brand_id or default

    def get_base_url(self):
        """Return where links of its mails and pages lead: the host of its brand, or ours."""
        own = self.brand_id.sudo()._public_url() if len(self) == 1 else ""
        return own or super().get_base_url()

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_confirmed(self):
        if any(one.tenant_id and one.tenant_id.state != "deleted" for one in self):
            raise UserError(
                self.env._(
                    "This sign-up has a tenant. It goes with the customer: choose Erase Customer."
                )
            )

    def action_view_tenant(self):
        """Open the tenant that was made."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.tenant",
            "res_id": self.tenant_id.id,
            "views": [(False, "form")],
        }

    def action_send_again(self):
        """Mail a fresh confirmation link."""
        self.check_access("write")
        for one in self.sudo():
            if one.state not in UNCONFIRMED:
                raise UserError(self.env._("This address is confirmed already."))
            one._send()
        return True

    def action_try_again(self):
        """Make the tenant of a confirmed sign-up that could not be made before."""
        self.check_access("write")
        for one in self.sudo():
            if one.state != "failed":
                raise UserError(self.env._("Nothing is wrong with this sign-up."))
            if one.tenant_id:
                raise UserError(self.env._("Its tenant is there: open it and choose Retry."))
            one._make_or_wait()
        return True

    @api.model
    @api.private
    def _found(self, reference):
        """Return the sign-up with a reference, or nothing."""
        if not reference:
            return self.sudo().browse()
        return self.sudo().search([("reference", "=", reference[:64])], limit=1)
