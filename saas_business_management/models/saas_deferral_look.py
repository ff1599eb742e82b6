"""Deferred revenue seen from a subscription, a customer and an invoice.

Owns: what only screens need. Does not own: anything that is decided.
"""

from odoo import fields, models

USER = "saas_business_management.group_saas_billing_user"
ROWS = "saas_business_management.action_saas_deferral_row"


class SaasDeferral(models.Model):
    _inherit = "saas.deferral"

    def _opened(self, **context):
        """Return the action that shows these by month."""
        action = self.env["ir.actions.act_window"]._for_xml_id(ROWS)
        return dict(action, domain=[("deferral_id", "in", self.ids)], context=context, path=False)


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    deferred_count = fields.Integer(compute="_compute_deferred")
    deferred_amount = fields.Monetary(
        string="Deferred",
        compute="_compute_deferred",
        currency_field="company_currency_id",
        help="Invoiced, and revenue of months to come.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Our Currency")

    def _compute_deferred(self):
        deferrals = self.env["saas.deferral"]
        readable = deferrals.has_access("read")
        for one in self:
            found = deferrals
            if readable:
                found = deferrals.search([("subscription_id", "=", one._origin.id)])
            one.deferred_count = len(found)
            one.deferred_amount = sum(found.mapped("amount_deferred"))

    def action_view_deferred(self) -> dict:
        """Open the revenue of this subscription by month."""
        self.ensure_one()
        found = self.env["saas.deferral"].search([("subscription_id", "=", self.id)])
        return found._opened()


class ResPartner(models.Model):
    _inherit = "res.partner"

    saas_deferred_count = fields.Integer(compute="_compute_saas_deferred", groups=USER)

    def _compute_saas_deferred(self) -> None:
        groups = self.env["saas.deferral"]._read_group(
            [("partner_id", "in", self.commercial_partner_id.ids)], ["partner_id"], ["__count"]
        )
        counts = {partner.id: count for partner, count in groups}
        for partner in self:
            partner.saas_deferred_count = counts.get(partner.commercial_partner_id.id, 0)

    def action_view_saas_deferred(self) -> dict:
        """Open the deferred revenue of this customer by month."""
        self.ensure_one()
        whole = self.commercial_partner_id
        return self.env["saas.deferral"].search([("partner_id", "=", whole.id)])._opened()
