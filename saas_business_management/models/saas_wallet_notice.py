"""Telling customers before prepaid money expires, once for each grant.

Owns: which grants are told when, the facts in the mail. Does not own: expiring
(`saas_wallet_tend.py`), the text (`data/mail_wallet.xml`).
"""

from odoo import api, fields, models

from ..kernel.billing.wallet import PAID

NOTICE_DAYS, MOST_DAYS = 30, 366


class ResCompany(models.Model):
    _inherit = "res.company"

    saas_wallet_notice_days = fields.Integer(
        string="Tell Before Prepaid Money Expires",
        default=NOTICE_DAYS,
        required=True,
        help="Days before its last one. 0: nobody is told.",
    )

    _saas_wallet_notice_border = models.Constraint(
        f"CHECK (saas_wallet_notice_days BETWEEN 0 AND {MOST_DAYS})",
        "Customers are told 1 to 366 days before, or not at all with 0.",
    )


class SaasWalletGrant(models.Model):
    _inherit = "saas.wallet.grant"

    expiry_told_on = fields.Date(
        string="Expiry Told",
        readonly=True,
        help="When the billing contact was mailed that it is about to expire.",
    )

    @api.model
    def _to_tell(self, company):
        """Return the paid grants of a company whose customers are told today."""
        if not company.saas_wallet_notice_days:
            return self.browse()
        today = fields.Date.today()
        return self.search(
            [
                ("company_id", "=", company.id),
                ("kind", "=", PAID),
                ("state", "=", "open"),
                ("expiry_told_on", "=", False),
                ("expires_on", ">=", today),
                ("expires_on", "<=", fields.Date.add(today, days=company.saas_wallet_notice_days)),
            ],
            order="expires_on, id",
        )


class SaasWallet(models.Model):
    _inherit = "saas.wallet"

    @api.model
    def _companies_to_tend(self):
        grants_sudo = self.env["saas.wallet.grant"].sudo()
        companies = self.env["res.company"].sudo().search([])
        return super()._companies_to_tend() | companies.filtered(grants_sudo._to_tell)

    @api.private
    def _step_wallet_expire(self, company):
        """Take out what has expired, and tell whose money is next."""
        done = super()._step_wallet_expire(company)
        company_sudo = self.env["res.company"].sudo().browse(company)
        grants_sudo = self.env["saas.wallet.grant"].sudo()._to_tell(company_sudo)
        for wallet_sudo in grants_sudo.wallet_id:
            wallet_sudo._tell_expiry(grants_sudo & wallet_sudo.grant_ids)
        return done

    def _tell_expiry(self, grants):
        """Queue one mail about these grants; who has no address is told when there is one."""
        contact_sudo = self._billing_contact().sudo()
        if not contact_sudo.email:
            return
        template = self.env.ref("saas_business_management.mail_wallet_expiry")
        spoken = template.sudo().with_context(saas_grants=grants.ids)
        spoken.send_mail(self.id, force_send=False)
        grants._put({"expiry_told_on": fields.Date.today()})
        self.env["mail.mail"]._send_soon()

    # For the text of the mail

    def _billing_contact(self):
        """Return who gets the invoices of this customer."""
        return self.partner_id.browse(self.partner_id.address_get(["invoice"])["invoice"])

    def _mail_grants(self):
        """Return the grants that a mail is about, the next that expires first."""
        told = self.grant_ids.browse(self.env.context.get("saas_grants", ()))
        return told.sorted(lambda one: (one.expires_on, one.id))

    def _mail_amount(self):
        """Return what of them is left."""
        return sum(self._mail_grants().mapped("amount_left"))
