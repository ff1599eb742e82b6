"""Compliance tags and data residency: what a customer's data needs, on the customer or the tenant.

Owns: the tags, the region in which data has to stay. Does not own: obeying
(`saas_placement_rule.py`, `kernel/provisioning/placement.py`).
"""

from odoo import api, fields, models

VIEWER = "saas_business_management.group_saas_viewer"


class SaasComplianceTag(models.Model):
    _name = "saas.compliance.tag"
    _description = "Compliance Tag"
    _order = "name, id"

    name = fields.Char(required=True, translate=True, help="Such as Health Data or ISO 27001.")
    color = fields.Integer()
    note = fields.Char(string="What It Asks For")

    _name_uniq = models.Constraint("UNIQUE (name)", "There is such a tag already.")


class ResPartner(models.Model):
    _inherit = "res.partner"

    saas_region = fields.Char(
        string="Data Must Stay In",
        groups=VIEWER,
        help="Region of clusters, such as eu-west. Empty: anywhere.",
    )
    saas_compliance_tag_ids = fields.Many2many(
        "saas.compliance.tag", string="Compliance", groups=VIEWER
    )


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    region = fields.Char(
        string="Data Must Stay In",
        tracking=True,
        help="Region of clusters, such as eu-west. Empty: as the customer says, or anywhere.",
    )
    compliance_tag_ids = fields.Many2many(
        "saas.compliance.tag",
        string="Compliance",
        groups=VIEWER,
        help="Besides those of the customer.",
    )

    @api.private
    def _residency(self):
        """Return the region in which the data has to stay, empty for anywhere."""
        customer_sudo = self.sudo().partner_id.commercial_partner_id
        return (self.region or customer_sudo.saas_region or "").strip()

    @api.private
    def _compliance(self):
        """Return the tags of the tenant and of its customer."""
        customer_sudo = self.sudo().partner_id.commercial_partner_id
        return self.sudo().compliance_tag_ids | customer_sudo.saas_compliance_tag_ids
