"""A tenant's brand: its own or the default one, on its pages and in its mails."""

from odoo import api, fields, models


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    brand_id = fields.Many2one(
        "saas.brand",
        string="Brand",
        index=True,
        tracking=True,
        ondelete="restrict",
        check_company=True,
        help="Empty: the default brand.",
    )
    shown_brand_id = fields.Many2one("saas.brand", compute="_compute_shown_brand_id")

    @api.depends("brand_id")
    def _compute_shown_brand_id(self):
        default = self.env["saas.brand"]._default()
        for tenant in self:
            tenant.shown_brand_id = tenant.brand_id or default

    def write(self, vals):
        done = super().write(vals)
        if "brand_id" in vals:
            for tenant in self:
                tenant._sync_route()
        return done

    def _route_values(self):
        return {**super()._route_values(), "brand": self.brand_id.id or 0}
