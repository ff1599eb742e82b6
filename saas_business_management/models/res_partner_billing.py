"""A customer's subscriptions, seen from the contact."""

from odoo import fields, models

USER = "saas_business_management.group_saas_billing_user"


class ResPartner(models.Model):
    _inherit = "res.partner"

    saas_subscription_count = fields.Integer(
        string="Subscriptions", compute="_compute_saas_subscription_count", groups=USER
    )

    def _compute_saas_subscription_count(self) -> None:
        """Count those of a contact together with those of the contacts below it."""
        everyone = self.with_context(active_test=False).search([("id", "child_of", self.ids)])
        groups = self.env["saas.subscription"]._read_group(
            [("partner_id", "in", everyone.ids)], ["partner_id"], ["__count"]
        )
        self.saas_subscription_count = 0
        for owner, count in groups:
            for partner in self.filtered(lambda one, owner=owner: owner._is_below(one)):
                partner.saas_subscription_count += count

    def action_view_saas_subscriptions(self) -> dict:
        """Open the subscriptions of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_subscription"
        )
        return dict(
            action,
            domain=[("partner_id", "child_of", self.id)],
            context={"default_partner_id": self.id},
            path=False,
        )
