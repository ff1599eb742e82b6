"""A customer's tenants, seen from the contact."""

from odoo import fields, models

VIEWER = "saas_business_management.group_saas_viewer"


class ResPartner(models.Model):
    _inherit = "res.partner"

    saas_tenant_count = fields.Integer(
        string="Tenants", compute="_compute_saas_tenant_count", groups=VIEWER
    )

    def _compute_saas_tenant_count(self) -> None:
        """Count the tenants of a contact together with those of the contacts below it."""
        everyone = (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search([("id", "child_of", self.ids)])
        )
        groups = self.env["saas.tenant"]._read_group(
            [("partner_id", "in", everyone.ids), ("state", "!=", "deleted")],
            ["partner_id"],
            ["__count"],
        )
        self.saas_tenant_count = 0
        for owner, count in groups:
            for partner in self.filtered(lambda one, owner=owner: owner._is_below(one)):
                partner.saas_tenant_count += count

    def _is_below(self, other: models.Model) -> bool:
        partner = self
        while partner and partner != other:
            partner = partner.parent_id
        return bool(partner)

    def action_view_saas_tenants(self) -> dict:
        """Open the tenants of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_tenant"
        )
        return dict(
            action,
            domain=[("partner_id", "child_of", self.id)],
            context={"default_partner_id": self.id},
            path=False,
        )
