"""What touches tenants of a service: everything, clusters, tenants that were chosen.

Owns: the scope that incidents and maintenance have in common, and whom it touches. Does not own:
what touches them.
"""

from odoo import api, fields, models
from odoo.fields import Domain

from ..kernel.lifecycle.states import SERVING

# These tenants have users who would notice.
TOUCHED = (*SERVING, "migrating")


class SaasAffecting(models.AbstractModel):
    _name = "saas.affecting"
    _description = "What Touches Tenants"

    company_id = fields.Many2one(
        "res.company",
        string="Company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty: tenants of every company.",
    )
    everyone = fields.Boolean(string="All Tenants")
    affected_ids = fields.Many2many(
        "saas.tenant", compute="_compute_affected_ids", string="Affected Tenants"
    )
    affected_count = fields.Integer(compute="_compute_affected_ids", string="Affected")
    is_frozen = fields.Boolean(
        readonly=True, copy=False, help="It is over: the tenants that it touched are kept."
    )
    shown_brand_id = fields.Many2one("saas.brand", compute="_compute_shown_brand_id")

    @api.depends(
        *("company_id", "everyone", "cluster_ids", "tenant_ids", "frozen_ids", "is_frozen")
    )
    def _compute_affected_ids(self):
        for one in self:
            one.affected_ids = one._affected()
            one.affected_count = len(one.affected_ids)

    @api.depends_context("saas_brand_id")
    def _compute_shown_brand_id(self):
        brands_sudo = self.env["saas.brand"].sudo()
        told = brands_sudo.browse(self.env.context.get("saas_brand_id") or []).exists()
        self.shown_brand_id = told or brands_sudo._default()

    def _affected(self):
        """Return the tenants it touches now; those it touched once it is over."""
        if self.is_frozen:
            return self.frozen_ids
        return self.env["saas.tenant"].search(self._affected_domain())

    def _affected_domain(self):
        touched = Domain("state", "in", TOUCHED)
        if self.company_id:
            touched &= Domain("company_id", "=", self.company_id.id)
        if self.everyone:
            return touched
        chosen = Domain("id", "in", self.tenant_ids.ids)
        return touched & (chosen | Domain("cluster_id", "in", self.cluster_ids.ids))

    def _touches(self, tenant):
        """Tell whether it touches a tenant, or touched it."""
        return tenant in self.affected_ids

    def _brands(self):
        """Return the brands whose customers are touched."""
        default = self.env["saas.brand"]._default()
        own = self.affected_ids.sudo().mapped("brand_id")
        without = self.affected_ids.sudo().filtered(lambda one: not one.brand_id)
        found = own | default if without else own
        return found or (default if self.everyone else found)

    def action_view_affected(self):
        """Open the tenants it touches."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_tenant"
        )
        return dict(action, domain=[("id", "in", self.affected_ids.ids)], context={}, path=False)
